// SPDX-License-Identifier: Apache-2.0
#include "base/digest.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace skerry {
namespace {

// FIPS 180-4 example messages.
const std::string kTwoBlocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

TEST(Digest, EqualsKnownSha256Answers) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
      {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {kTwoBlocks, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
      {std::string(1'000'000, 'a'),
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"}};
  for (const auto& [bytes, hex] : cases) {
    EXPECT_EQ(Digest::of(bytes).hex(), hex);
    EXPECT_EQ(Digest::of(bytes).to_string(), "sha256:" + hex);
  }
}

TEST(Digest, EqualsKnownSha512Answers) {
  const Digest digest = Digest::of("abc", HashAlgorithm::kSha512);
  EXPECT_EQ(digest.algorithm_name(), "sha512");
  EXPECT_EQ(digest.hex(),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST(Digest, ReadsBackWhatItWrites) {
  for (const HashAlgorithm algorithm : {HashAlgorithm::kSha256, HashAlgorithm::kSha512}) {
    const Digest digest = Digest::of("skerry", algorithm);
    const Result<Digest> back = Digest::parse(digest.to_string());
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(*back, digest);
    EXPECT_EQ(back->algorithm(), algorithm);
  }
}

TEST(Digest, RefusesOtherTexts) {
  const std::string hex(64, 'a');
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "no algorithm"},
      {hex, "no algorithm"},
      {":" + hex, "neither sha256 nor sha512"},
      {"sha1:" + std::string(40, 'a'), "neither sha256 nor sha512"},
      {"SHA256:" + hex, "neither sha256 nor sha512"},
      {" sha256:" + hex, "neither sha256 nor sha512"},
      {"sha256:", "64 lower-case"},
      {"sha256:" + std::string(63, 'a'), "64 lower-case"},
      {"sha256:" + std::string(65, 'a'), "64 lower-case"},
      {"sha256:" + std::string(64, 'A'), "64 lower-case"},
      {"sha256:" + std::string(63, 'a') + "g", "64 lower-case"},
      {"sha256:" + std::string(63, 'a') + std::string(1, '\0'), "64 lower-case"},
      {"sha256:" + std::string(62, 'a') + "/.", "64 lower-case"},
      {"sha256:" + hex + "\n", "64 lower-case"},
      {"sha256::" + hex, "64 lower-case"},
      {"sha512:" + hex, "128 lower-case"},
      {"sha256:" + hex + hex, "64 lower-case"}};
  for (const auto& [text, message] : cases) {
    const Result<Digest> digest = Digest::parse(text);
    ASSERT_FALSE(digest.ok()) << text;
    EXPECT_EQ(digest.error().code(), Code::kInvalidArgument) << text;
    EXPECT_NE(digest.error().message().find(message), std::string::npos)
        << text << " gave " << digest.error().message();
  }
}

TEST(Digest, ComparesByAlgorithmAndDigits) {
  const std::string hex(64, '0');
  EXPECT_EQ(Digest::of("a"), Digest::of("a"));
  EXPECT_NE(Digest::of("a"), Digest::of("b"));
  EXPECT_NE(Digest::of("a"), Digest::of("a", HashAlgorithm::kSha512));
  const std::set<Digest> set{Digest::of("a"), Digest::of("a"), Digest::of("b")};
  EXPECT_EQ(set.size(), 2u);
}

TEST(Hasher, GivesTheSameDigestInPiecesAsInOneGo) {
  std::string bytes;
  for (int i = 0; i < 1000; ++i) bytes += static_cast<char>(i * 7);
  for (const HashAlgorithm algorithm : {HashAlgorithm::kSha256, HashAlgorithm::kSha512}) {
    const Digest whole = Digest::of(bytes, algorithm);
    for (const std::size_t piece : {1u, 3u, 63u, 64u, 65u, 128u, 999u, 1000u, 5000u}) {
      Hasher hasher(algorithm);
      for (std::size_t at = 0; at < bytes.size(); at += piece) {
        hasher.update(std::string_view(bytes).substr(at, piece));
      }
      EXPECT_EQ(hasher.digest(), whole) << piece;
    }
  }
}

TEST(Hasher, GoesOnAfterADigestWasTaken) {
  Hasher hasher;
  EXPECT_EQ(hasher.digest(), Digest::of(""));
  hasher.update("ab");
  EXPECT_EQ(hasher.digest(), Digest::of("ab"));
  hasher.update("");
  hasher.update("c");
  EXPECT_EQ(hasher.digest(), Digest::of("abc"));
  EXPECT_EQ(hasher.digest(), Digest::of("abc"));
}

TEST(Hasher, MovesWithItsState) {
  Hasher first;
  first.update("ab");
  Hasher second(std::move(first));
  second.update("c");
  EXPECT_EQ(second.digest(), Digest::of("abc"));
}

}  // namespace
}  // namespace skerry
