// SPDX-License-Identifier: Apache-2.0
#include "registry/remote/challenge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skerry::registry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(Challenge, IsReadAsRegistriesWriteIt) {
  const auto challenges = parse_challenges(
      R"(Bearer realm="https://auth.example/token",service="registry.example:5000",)"
      R"(scope="repository:a/b:pull,push",error="invalid_token")");
  ASSERT_EQ(challenges.size(), 1u);
  EXPECT_EQ(challenges[0].scheme, "bearer");
  EXPECT_THAT(challenges[0].parameters, ElementsAre(Pair("error", "invalid_token"),
                                                    Pair("realm", "https://auth.example/token"),
                                                    Pair("scope", "repository:a/b:pull,push"),
                                                    Pair("service", "registry.example:5000")));
}

TEST(Challenge, MayBeOneOfSeveral) {
  const auto challenges =
      parse_challenges(R"(Basic realm="a, \"b\"" , BEARER Realm = x, Negotiate)");
  ASSERT_EQ(challenges.size(), 3u);
  EXPECT_EQ(challenges[0].scheme, "basic");
  EXPECT_THAT(challenges[0].parameters, ElementsAre(Pair("realm", "a, \"b\"")));
  EXPECT_EQ(challenges[1].scheme, "bearer");
  EXPECT_THAT(challenges[1].parameters, ElementsAre(Pair("realm", "x")));
  EXPECT_EQ(challenges[2].scheme, "negotiate");
}

TEST(Challenge, IsReadAsFarAsItGoes) {
  EXPECT_THAT(parse_challenges(""), IsEmpty());
  EXPECT_THAT(parse_challenges(",, ,"), IsEmpty());
  EXPECT_THAT(parse_challenges("realm=\"x\""), IsEmpty());
  EXPECT_THAT(parse_challenges("\x01\x02"), IsEmpty());
  const auto open = parse_challenges("Basic realm=\"never closed\\");
  ASSERT_EQ(open.size(), 1u);
  EXPECT_THAT(open[0].parameters, ElementsAre(Pair("realm", "never closed")));
}

TEST(Challenge, IsBounded) {
  std::string many;
  for (int i = 0; i < 100; ++i) many += "scheme" + std::to_string(i) + ", ";
  EXPECT_EQ(parse_challenges(many).size(), 8u);
  std::string long_one = "Basic ";
  for (int i = 0; i < 100; ++i) long_one += "p" + std::to_string(i) + "=v, ";
  EXPECT_EQ(parse_challenges(long_one)[0].parameters.size(), 16u);
}

}  // namespace
}  // namespace skerry::registry
