// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>

#include "base/digest.h"
#include "feature/pipeline.h"

namespace skerry::feature {
namespace {

constexpr std::size_t kHeaderBytes = 4 + 4 + 64;  // Magic, version, digest.

Pipeline small_pipeline(int window = 3) {
  const auto value =
      json::parse(R"([{"op": "mean", "sensor": "a", "n": )" + std::to_string(window) +
                  R"(}, {"op": "first_mean", "sensor": "a", "n": 2},
                                 {"op": "ewma", "sensor": "a", "alpha": 0.5},
                                 {"op": "lag", "sensor": "a", "n": 2}])");
  return std::move(Pipeline::parse(*value)).value();
}

AssetState advanced(const Pipeline& pipeline, int rows) {
  AssetState state = pipeline.start();
  std::vector<float> out(pipeline.names().size());
  for (int i = 0; i < rows; ++i) {
    Observation observation;
    observation.values["a"] = i + 0.25;
    pipeline.advance(state, observation, out);
  }
  return state;
}

// The bytes with a checksum that fits, as an attacker would write them.
std::string sealed(const std::string& body) { return body + Digest::of(body).hex().substr(0, 16); }

std::string body_of(const std::string& bytes) { return bytes.substr(0, bytes.size() - 16); }

void expect_refused(const Pipeline& pipeline, const std::string& bytes,
                    const std::string& message) {
  const auto restored = pipeline.restore(bytes);
  ASSERT_FALSE(restored.ok());
  EXPECT_EQ(restored.error().code(), Code::kDataLoss);
  EXPECT_THAT(restored.error().message(), testing::HasSubstr(message));
}

TEST(AssetState, SerializesAndRestoresAtEveryAge) {
  const Pipeline pipeline = small_pipeline();
  for (int rows = 0; rows < 12; ++rows) {
    const std::string bytes = advanced(pipeline, rows).serialize();
    const auto restored = pipeline.restore(bytes);
    ASSERT_TRUE(restored.ok()) << restored.error().to_string();
    EXPECT_EQ(restored->serialize(), bytes);
  }
}

TEST(AssetState, LayoutOfItsBytesIsFixed) {
  const std::string bytes = advanced(small_pipeline(), 1).serialize();
  EXPECT_EQ(bytes.substr(0, 4), "SKFS");
  EXPECT_EQ(bytes.substr(4, 4), std::string("\1\0\0\0", 4));
  EXPECT_EQ(bytes.substr(8, 64), small_pipeline().digest().hex());
  EXPECT_EQ(bytes.substr(72, 8), std::string("\1\0\0\0\0\0\0\0", 8));
  // Window, delay, smoother and first mean each hold one value.
  EXPECT_EQ(bytes.size(), kHeaderBytes + 8 + 4 * (4 + 8) + 16);
}

TEST(AssetState, EveryTruncationIsAnError) {
  const Pipeline pipeline = small_pipeline();
  const std::string bytes = advanced(pipeline, 7).serialize();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(pipeline.restore(bytes.substr(0, size)).ok()) << size;
  }
  for (std::size_t size = 0; size < body_of(bytes).size(); ++size) {
    EXPECT_FALSE(pipeline.restore(sealed(bytes.substr(0, size))).ok()) << size;
  }
}

TEST(AssetState, EveryFlippedBitIsAnError) {
  const Pipeline pipeline = small_pipeline();
  const std::string bytes = advanced(pipeline, 7).serialize();
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(pipeline.restore(damaged).ok()) << bit;
  }
}

TEST(AssetState, RefusesForgedBytesWithAFittingChecksum) {
  const Pipeline pipeline = small_pipeline();
  const std::string body = body_of(advanced(pipeline, 7).serialize());
  expect_refused(pipeline, sealed("XKFS" + body.substr(4)), "no feature state");
  expect_refused(pipeline, sealed(body.substr(0, 4) + '\2' + body.substr(5)), "version");
  expect_refused(pipeline, sealed(body + '\0'), "after its end");

  std::string count = body;
  count[kHeaderBytes + 8] = 6;  // The window of 3 counts to 5.
  expect_refused(pipeline, sealed(count), "count out of range");

  const double not_finite = std::numeric_limits<double>::infinity();
  std::string value = body;
  std::memcpy(&value[kHeaderBytes + 8 + 4], &not_finite, sizeof(not_finite));
  expect_refused(pipeline, sealed(value), "value out of range");
}

TEST(AssetState, RefusesTheStateOfAnotherPipeline) {
  expect_refused(small_pipeline(4), advanced(small_pipeline(3), 5).serialize(), "another pipeline");
}

TEST(AssetState, RestoresMeansOfTheLargestFloats) {
  const Pipeline pipeline = small_pipeline();
  AssetState state = pipeline.start();
  std::vector<float> out(pipeline.names().size());
  Observation observation;
  observation.values["a"] = std::numeric_limits<float>::max();
  for (int i = 0; i < 20; ++i) pipeline.advance(state, observation, out);
  EXPECT_TRUE(pipeline.restore(state.serialize()).ok());
}

}  // namespace
}  // namespace skerry::feature
