// SPDX-License-Identifier: Apache-2.0
#include "train/onnx/objective.h"

#include <gtest/gtest.h>

#include <cmath>

namespace skerry::train::onnx {
namespace {

TEST(ObjectiveMapping, BaseScoreLeavesPredictionSpace) {
  EXPECT_EQ(*base_margin(*mapping_of("reg:squarederror"), 7.5F), 7.5F);
  EXPECT_EQ(*base_margin(*mapping_of("binary:logistic"), 0.5F), 0);
  EXPECT_NEAR(*base_margin(*mapping_of("binary:logistic"), 0.9F), std::log(9.0), 1e-6);
  EXPECT_EQ(*base_margin(*mapping_of("binary:logitraw"), 0.5F), 0.5F);
  EXPECT_EQ(*base_margin(*mapping_of("count:poisson"), 1), 0);
  EXPECT_EQ(*base_margin(*mapping_of("multi:softprob"), 0.5F), 0.5F);
}

TEST(ObjectiveMapping, RefusesBaseScoresWithoutMargin) {
  EXPECT_FALSE(base_margin(*mapping_of("binary:logistic"), 0).ok());
  EXPECT_FALSE(base_margin(*mapping_of("binary:logistic"), 1).ok());
  EXPECT_FALSE(base_margin(*mapping_of("binary:logistic"), 1.5F).ok());
  EXPECT_FALSE(base_margin(*mapping_of("reg:gamma"), -1).ok());
  EXPECT_FALSE(base_margin(*mapping_of("reg:gamma"), 0).ok());
}

TEST(ObjectiveMapping, UnknownObjectiveIsNamed) {
  const auto mapping = mapping_of("reg:expectileerror");
  ASSERT_FALSE(mapping.ok());
  EXPECT_EQ(mapping.error().code(), Code::kInvalidArgument);
  EXPECT_NE(mapping.error().message().find("reg:expectileerror"), std::string::npos);
}

}  // namespace
}  // namespace skerry::train::onnx
