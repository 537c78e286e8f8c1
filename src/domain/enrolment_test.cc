// SPDX-License-Identifier: Apache-2.0
#include "domain/enrolment.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "domain/golden_test.h"

namespace skerry {
namespace {

TEST(Enrolment, ReadsEveryMemberAndWritesTheGoldenFileAgain) {
  const Result<Enrolment> enrolment = enrolment_from_json(golden("enrolment.json"));
  ASSERT_TRUE(enrolment.ok()) << enrolment.error().to_string();
  EXPECT_EQ(enrolment->site, "site-1");
  EXPECT_EQ(enrolment->ring, "canary");
  EXPECT_EQ(enrolment->registry, "http://127.0.0.1:5000");
  EXPECT_EQ(enrolment->storage, "http://127.0.0.1:9000");
  EXPECT_EQ(enrolment->token, "0123456789abcdef");
  EXPECT_EQ(enrolment->hub_key, "");
  EXPECT_EQ(enrolment->hmac_keys.at("plant"), "/etc/skerry/plant.key");
  EXPECT_EQ(json::dump_pretty(enrolment_to_json(*enrolment)), golden_text("enrolment.json"));
}

TEST(Enrolment, NeedsNoDataChannelAndNoKeys) {
  json::Value document = golden("enrolment.json");
  for (const std::string pointer : {"/storage", "/hub_key", "/hmac_keys"}) {
    document = edited(document, pointer, "");
  }
  const Result<Enrolment> enrolment = enrolment_from_json(document);
  ASSERT_TRUE(enrolment.ok()) << enrolment.error().to_string();
  EXPECT_EQ(enrolment->storage, "");
  EXPECT_TRUE(enrolment->hmac_keys.empty());
}

TEST(Enrolment, RefusesEachBadMemberByItsName) {
  struct Case {
    std::string pointer;
    std::string value;
    std::string message;
  };
  const std::vector<Case> cases{
      {"/site", "", "\"site\" is missing"},
      {"/site", "\"Site 1\"", "\"site\": a name has only"},
      {"/ring", "", "\"ring\" is missing"},
      {"/ring", "\"a/b\"", "\"ring\": a name has only"},
      {"/registry", "", "\"registry\" is missing"},
      {"/registry", "1", "\"registry\" is not a string"},
      {"/storage", "null", "\"storage\" is not a string"},
      {"/token", "", "\"token\" is missing"},
      {"/hub_key", "{}", "\"hub_key\" is not a string"},
      {"/hmac_keys", "[]", "\"hmac_keys\" is not an object"},
      {"/hmac_keys/plant", "1", "\"plant\" is not a string"},
      {"/tokn", "\"x\"", "unknown member \"tokn\"; did you mean \"token\"?"}};
  for (const Case& c : cases) {
    const Result<Enrolment> enrolment =
        enrolment_from_json(edited(golden("enrolment.json"), c.pointer, c.value));
    ASSERT_FALSE(enrolment.ok()) << c.pointer << " = " << c.value;
    EXPECT_EQ(enrolment.error().code(), Code::kInvalidArgument);
    EXPECT_NE(enrolment.error().message().find(c.message), std::string::npos)
        << c.pointer << " = " << c.value << " gave " << enrolment.error().message();
  }
  EXPECT_FALSE(enrolment_from_json(json::Value("site-1")).ok());
}

TEST(Enrolment, ShowsNoTokenInAnError) {
  const json::Value document = edited(golden("enrolment.json"), "/ring", "\"A\"");
  const std::string text = enrolment_from_json(document).error().to_string();
  EXPECT_EQ(text.find("0123456789abcdef"), std::string::npos) << text;
}

}  // namespace
}  // namespace skerry
