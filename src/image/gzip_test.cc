// SPDX-License-Identifier: Apache-2.0
#include "image/gzip.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "sys/fake/files.h"

namespace skerry::image {
namespace {

std::string sample_text() {
  std::string text;
  for (std::int64_t i = 0; i < 100'000; ++i) text += std::to_string(i * i % 977);
  return text;
}

TEST(Gzip, CarriesNothingOfItsMakerInTheHeader) {
  const auto bytes = gzip("content", 9);
  ASSERT_TRUE(bytes);
  // Magic, deflate, no flags, time 0, best compression, unknown system (RFC 1952 section 2.3).
  EXPECT_EQ(bytes->substr(0, 10), std::string("\x1f\x8b\x08\0\0\0\0\0\x02\xff", 10));
  EXPECT_EQ(*bytes, *gzip("content", 9));
}

TEST(Gzip, UnpacksToWhatWentIn) {
  for (const std::string& text : {std::string(), std::string("x"), sample_text()}) {
    for (const int level : {1, 9}) {
      const auto bytes = gzip(text, level);
      ASSERT_TRUE(bytes);
      const auto back = gunzip(*bytes, text.size());
      ASSERT_TRUE(back) << back.error().to_string();
      EXPECT_EQ(*back, text);
    }
  }
}

TEST(Gzip, RefusesDamageTruncationAndRest) {
  const std::string bytes = *gzip(sample_text(), 6);
  for (std::size_t size = 0; size < bytes.size(); size += 997) {
    EXPECT_FALSE(gunzip(std::string_view(bytes).substr(0, size), 1u << 30)) << size;
  }
  std::string flipped = bytes;
  flipped[bytes.size() / 2] = static_cast<char>(flipped[bytes.size() / 2] ^ 4);
  EXPECT_EQ(gunzip(flipped, 1u << 30).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(gunzip(bytes + "x", 1u << 30).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(gunzip("text", 1u << 30).error().code(), Code::kInvalidArgument);
}

TEST(Gzip, StopsABombAtItsLimit) {
  const std::string bomb = *gzip(std::string(64u << 20, '\0'), 9);
  EXPECT_EQ(gunzip(bomb, 1u << 20).error().code(), Code::kResourceExhausted);
}

TEST(Gzip, RefusesOtherLevels) {
  EXPECT_EQ(gzip("x", 0).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(gzip("x", 10).error().code(), Code::kInvalidArgument);
}

TEST(LayerCache, KeepsTheBytesOfTheFirstTime) {
  sys::fake::FakeFileSystem fs;
  const std::string tar = sample_text();
  const Digest diff_id = Digest::of(tar);
  LayerCache first(fs, "/cache", 1);
  const std::string bytes = *first.compressed(tar, diff_id);
  // Other bytes for the same layer stand for another version of zlib.
  const std::string path = "/cache/" + diff_id.hex() + ".level1.gz";
  const std::string other = *gzip(tar, 6);
  ASSERT_NE(bytes, other);
  ASSERT_TRUE(sys::write_file_atomically(fs, path, other));
  EXPECT_EQ(*first.compressed(tar, diff_id), other);
}

TEST(LayerCache, ReplacesADamagedFile) {
  sys::fake::FakeFileSystem fs;
  const std::string tar = sample_text();
  const Digest diff_id = Digest::of(tar);
  LayerCache cache(fs, "/cache", 1);
  const std::string bytes = *cache.compressed(tar, diff_id);
  const std::string path = "/cache/" + diff_id.hex() + ".level1.gz";
  ASSERT_TRUE(fs.flip_bit(path, 8000));
  EXPECT_EQ(*cache.compressed(tar, diff_id), bytes);
  EXPECT_EQ(*sys::read_file(fs, path, 1u << 30), bytes);
}

TEST(LayerCache, WorksWithoutAFolder) {
  sys::fake::FakeFileSystem fs;
  LayerCache cache(fs, "", 9);
  EXPECT_EQ(*cache.compressed("tar", Digest::of("tar")), *gzip("tar", 9));
}

}  // namespace
}  // namespace skerry::image
