// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace skerry {
namespace {

TEST(Name, AcceptsLowerCaseWordsWithInnerMarks) {
  for (const std::string& name : std::vector<std::string>{
           "a", "0", "turbofan-rul", "site-1", "a.b_c-d", "a--b", "v1.0", std::string(64, 'a')}) {
    EXPECT_TRUE(check_name(name).ok()) << name;
  }
}

TEST(Name, RefusesTheRestAndSaysWhichRuleIsBroken) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "1 to 64"},           {std::string(65, 'a'), "1 to 64"},
      {"A", "only a-z"},         {"a b", "only a-z"},
      {"a/b", "only a-z"},       {"a\\b", "only a-z"},
      {"a\n", "only a-z"},       {std::string("a\0b", 3), "only a-z"},
      {"\xc3\xa9", "only a-z"},  {"a:b", "only a-z"},
      {".", "starts and ends"},  {"..", "starts and ends"},
      {"-a", "starts and ends"}, {"a-", "starts and ends"},
      {".a", "starts and ends"}, {"a.", "starts and ends"},
      {"_a", "starts and ends"}};
  for (const auto& [name, message] : cases) {
    const Status status = check_name(name);
    ASSERT_FALSE(status.ok()) << name;
    EXPECT_EQ(status.error().code(), Code::kInvalidArgument) << name;
    EXPECT_NE(status.error().message().find(message), std::string::npos) << name;
  }
}

TEST(ExternalId, IsOneTo128PrintableAsciiCharacters) {
  for (const std::string& id :
       std::vector<std::string>{"x", "Engine 17/b#2", "~", " ", std::string(128, 'z')}) {
    EXPECT_TRUE(check_external_id(id).ok()) << id;
  }
  for (const std::string& id : std::vector<std::string>{
           "", std::string(129, 'z'), "a\n", "a\t", "a\x7f", "\xc3\xa9", std::string("\0", 1)}) {
    const Status status = check_external_id(id);
    ASSERT_FALSE(status.ok()) << id;
    EXPECT_EQ(status.error().code(), Code::kInvalidArgument);
  }
}

TEST(Uuid, CarriesVersionFourAndTheVariantInGivenBytes) {
  std::array<std::uint8_t, 16> bytes{};
  EXPECT_EQ(uuid_from_random(bytes), "00000000-0000-4000-8000-000000000000");
  bytes.fill(0xff);
  EXPECT_EQ(uuid_from_random(bytes), "ffffffff-ffff-4fff-bfff-ffffffffffff");
  for (std::uint8_t i = 0; i < 16; ++i) bytes[i] = i;
  EXPECT_EQ(uuid_from_random(bytes), "00010203-0405-4607-8809-0a0b0c0d0e0f");
}

TEST(NearestWord, FindsALikelyTypingMistake) {
  const std::vector<std::string> known{"generation", "models", "policy", "ring"};
  const std::vector<std::pair<std::string, std::string>> cases{{"generation", "generation"},
                                                               {"genration", "generation"},
                                                               {"geeneration", "generation"},
                                                               {"model", "models"},
                                                               {"Models", "models"},
                                                               {"polcy", "policy"},
                                                               {"rings", "ring"},
                                                               {"xyz", ""},
                                                               {"", ""},
                                                               {"completely-different", ""}};
  for (const auto& [word, nearest] : cases) EXPECT_EQ(nearest_word(word, known), nearest) << word;
  EXPECT_EQ(nearest_word("a", {}), "");
}

TEST(NearestWord, TakesTheFirstOfEquallyNearWords) {
  const std::vector<std::string> known{"mean", "mead"};
  EXPECT_EQ(nearest_word("meax", known), "mean");
}

TEST(NearestWord, GivesNothingForALongWord) {
  const std::vector<std::string> known{std::string(64, 'a'), std::string(65, 'a')};
  EXPECT_EQ(nearest_word(std::string(64, 'a'), known), known[0]);
  EXPECT_EQ(nearest_word(std::string(65, 'a'), known), "");
}

TEST(NearestWord, PassesOverLongCandidatesUnread) {
  // Without the bound these comparisons would take minutes.
  const std::vector<std::string> known(200, std::string(4 << 20, 'a'));
  EXPECT_EQ(nearest_word(std::string(64, 'a'), known), "");
}

}  // namespace
}  // namespace skerry
