// SPDX-License-Identifier: Apache-2.0
#include "train/dataset_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "base/digest.h"
#include "base/result.h"
#include "sys/files.h"

namespace skerry::train {
namespace {

using ::testing::ElementsAre;

DatasetFile sample() {
  const float missing = std::numeric_limits<float>::quiet_NaN();
  return {
      .features = {"age", "s2"},
      .rows = {.columns = 2, .values = {1, 641.82f, 2, missing, 3, 642.5f}, .labels = {2, 1, 0}},
      .fold = {0, 1, 1},
      .folds = 2};
}

// The bytes with a checksum that fits, so that the checks behind it are reached.
std::string sealed(const std::string& body) { return body + Digest::of(body).hex(); }

std::string body_of(const std::string& bytes) { return bytes.substr(0, bytes.size() - 64); }

TEST(DatasetFile, ReadsBackWhatWasWritten) {
  const std::string bytes = encode_dataset(sample());
  const auto read = decode_dataset(bytes);
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_THAT(read->features, ElementsAre("age", "s2"));
  EXPECT_EQ(read->rows.columns, 2u);
  EXPECT_EQ(read->rows.values[1], 641.82f);
  EXPECT_TRUE(std::isnan(read->rows.values[3]));
  EXPECT_THAT(read->rows.labels, ElementsAre(2, 1, 0));
  EXPECT_THAT(read->fold, ElementsAre(0, 1, 1));
  EXPECT_EQ(encode_dataset(*read), bytes);
}

TEST(DatasetFile, EqualsTheGoldenFile) {
  const std::string path = std::string(SKERRY_SOURCE_DIR) + "/tests/golden/train/dataset.bin";
  const std::string bytes = encode_dataset(sample());
  if (std::getenv("SKERRY_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(sys::write_file_atomically(sys::real_file_system(), path, bytes).ok());
  }
  const auto golden = sys::read_file(sys::real_file_system(), path, 1u << 20);
  ASSERT_TRUE(golden.ok());
  EXPECT_EQ(bytes, *golden);
}

TEST(DatasetFile, EveryFlippedBitAndEveryCutIsNoticed) {
  const std::string bytes = encode_dataset(sample());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    EXPECT_FALSE(decode_dataset(damaged).ok()) << at;
    EXPECT_FALSE(decode_dataset(std::string_view(bytes).substr(0, at)).ok()) << at;
  }
  EXPECT_EQ(decode_dataset(bytes + "x").error().code(), Code::kDataLoss);
}

TEST(DatasetFile, SizesThatDoNotFitAreRefusedBeforeAnyAllocation) {
  const std::string body = body_of(encode_dataset(sample()));
  // Version, columns, rows and folds follow the 8 bytes of the magic.
  const auto changed = [&](std::size_t at, std::string_view bytes) {
    std::string edited = body;
    return decode_dataset(sealed(edited.replace(at, bytes.size(), bytes)));
  };
  EXPECT_EQ(changed(8, std::string_view("\2\0\0\0", 4)).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(changed(12, std::string_view("\0\0\0\0", 4)).error().code(), Code::kDataLoss);
  EXPECT_EQ(changed(12, "\xff\xff\xff\xff").error().code(), Code::kDataLoss);
  EXPECT_EQ(changed(16, "\xff\xff\xff\xff\xff\xff\xff\xff").error().code(), Code::kDataLoss);
  EXPECT_EQ(changed(16, std::string_view("\0\0\0\0\1\0\0\0", 8)).error().code(), Code::kDataLoss);
  EXPECT_EQ(changed(24, std::string_view("\1\0\0\0", 4)).error().code(), Code::kDataLoss);
  EXPECT_EQ(decode_dataset(sealed(body + "x")).error().code(), Code::kDataLoss);
}

TEST(DatasetFile, HoldsOneFoldOut) {
  const auto sides = hold_out(sample(), 1);
  ASSERT_TRUE(sides.ok());
  EXPECT_THAT(sides->kept.labels, ElementsAre(2));
  EXPECT_THAT(sides->held_out.labels, ElementsAre(1, 0));
  EXPECT_EQ(sides->held_out.values.size(), 4u);
  EXPECT_EQ(hold_out(sample(), 2).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(hold_out(sample(), -1).error().code(), Code::kInvalidArgument);
  DatasetFile one_sided = sample();
  one_sided.fold = {1, 1, 1};
  EXPECT_EQ(hold_out(one_sided, 1).error().code(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace skerry::train
