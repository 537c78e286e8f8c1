// SPDX-License-Identifier: Apache-2.0
#include "domain/model_ref.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace skerry {
namespace {

TEST(ModelRef, IsANameAndATag) {
  const Result<ModelRef> ref = ModelRef::parse("turbofan-rul:v3");
  ASSERT_TRUE(ref.ok());
  EXPECT_EQ(ref->name, "turbofan-rul");
  EXPECT_EQ(ref->tag, "v3");
  EXPECT_EQ(ref->to_string(), "turbofan-rul:v3");
  EXPECT_EQ(ref->repository(), "models/turbofan-rul");
  EXPECT_EQ(ModelRef::parse("m:Champion_1.0-x")->tag, "Champion_1.0-x");
}

TEST(ModelRef, RefusesOtherTexts) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "NAME:TAG"},
      {"turbofan-rul", "NAME:TAG"},
      {":v1", "model name"},
      {"Turbofan:v1", "model name"},
      {"models/turbofan:v1", "model name"},
      {"../x:v1", "model name"},
      {"turbofan:", "model tag"},
      {"turbofan:v1:v2", "model tag"},
      {"turbofan:v1@sha256", "model tag"},
      {"turbofan:-v1", "model tag"},
      {"turbofan:" + std::string(129, 'v'), "model tag"}};
  for (const auto& [text, message] : cases) {
    const Result<ModelRef> ref = ModelRef::parse(text);
    ASSERT_FALSE(ref.ok()) << text;
    EXPECT_EQ(ref.error().code(), Code::kInvalidArgument) << text;
    EXPECT_NE(ref.error().message().find(message), std::string::npos) << text;
  }
}

TEST(ModelVersion, IsATag) { EXPECT_EQ(version_tag(7), "v7"); }

}  // namespace
}  // namespace skerry
