// SPDX-License-Identifier: Apache-2.0
#include "feature/pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>

namespace skerry::feature {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Pipeline pipeline_of(const std::string& text) {
  auto value = json::parse(text);
  EXPECT_TRUE(value.ok());
  auto pipeline = Pipeline::parse(*value);
  if (!pipeline) ADD_FAILURE() << pipeline.error().to_string();
  return std::move(pipeline).value();
}

// Feeds `values` as sensor "a" of one life and returns the first feature after each.
std::vector<float> feed(const std::string& feature, const std::vector<double>& values) {
  const Pipeline pipeline = pipeline_of("[" + feature + "]");
  AssetState state = pipeline.start();
  std::vector<float> features;
  for (const double value : values) {
    Observation observation;
    observation.values["a"] = value;
    float out = 0;
    pipeline.advance(state, observation, {&out, 1});
    features.push_back(out);
  }
  return features;
}

struct OperationCase {
  std::string feature;
  std::vector<float> expected;  // For the values 2, 4, 9, 1.
};

class OperationMeaning : public testing::TestWithParam<OperationCase> {};

TEST_P(OperationMeaning, IsAsDocumented) {
  const std::vector<float> actual = feed(GetParam().feature, {2, 4, 9, 1});
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const float expected = GetParam().expected[i];
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(actual[i])) << i;
    } else {
      EXPECT_FLOAT_EQ(actual[i], expected) << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, OperationMeaning,
    testing::Values(OperationCase{R"({"op": "last", "sensor": "a"})", {2, 4, 9, 1}},
                    OperationCase{R"({"op": "lag", "sensor": "a", "n": 2})", {kNan, kNan, 2, 4}},
                    OperationCase{R"({"op": "delta", "sensor": "a", "n": 1})", {kNan, 2, 5, -8}},
                    OperationCase{R"({"op": "mean", "sensor": "a", "n": 2})", {2, 3, 6.5, 5}},
                    OperationCase{R"({"op": "sd", "sensor": "a", "n": 2})", {0, 1, 2.5, 4}},
                    OperationCase{R"({"op": "min", "sensor": "a", "n": 2})", {2, 2, 4, 1}},
                    OperationCase{R"({"op": "max", "sensor": "a", "n": 2})", {2, 4, 9, 9}},
                    OperationCase{R"({"op": "slope", "sensor": "a", "n": 3})", {0, 2, 3.5, -1.5}},
                    OperationCase{R"({"op": "ewma", "sensor": "a", "alpha": 0.5})", {2, 3, 6, 3.5}},
                    OperationCase{R"({"op": "first_mean", "sensor": "a", "n": 3})", {2, 3, 5, 5}},
                    OperationCase{R"({"op": "difference", "of": [{"op": "last", "sensor": "a"},
                         {"op": "min", "sensor": "a", "n": 9}]})",
                                  {0, 2, 7, 0}},
                    OperationCase{R"({"op": "age"})", {1, 2, 3, 4}}));

TEST(Pipeline, MissingValueGivesNanAndLeavesTheWindowsAlone) {
  for (const double missing : {std::nan(""), kInfinity, -kInfinity, 1e300}) {
    const auto features = feed(R"({"op": "mean", "sensor": "a", "n": 2})", {2, missing, 4, 9});
    EXPECT_EQ(features[0], 2);
    EXPECT_TRUE(std::isnan(features[1]));
    EXPECT_EQ(features[2], 3);
    EXPECT_EQ(features[3], 6.5);
  }
}

TEST(Pipeline, AbsentSensorIsMissingAndAgeCountsTheRowAllTheSame) {
  const Pipeline pipeline = pipeline_of(R"([{"op": "age"}, {"op": "last", "sensor": "b"},
    {"op": "difference", "of": [{"op": "last", "sensor": "a"}, "b"]}])");
  AssetState state = pipeline.start();
  std::vector<float> out(3);
  Observation observation;
  observation.values = {{"a", 3}, {"c", 5}};
  pipeline.advance(state, observation, out);
  EXPECT_EQ(out[0], 1);
  EXPECT_TRUE(std::isnan(out[1]));
  EXPECT_TRUE(std::isnan(out[2]));
  observation.values = {{"a", 3}, {"aa", 1}, {"b", 5}, {"c", 5}};
  pipeline.advance(state, observation, out);
  EXPECT_EQ(out, (std::vector<float>{2, 5, -2}));
}

TEST(Pipeline, CategoryIsThePlaceOfItsLevel) {
  const Pipeline pipeline =
      pipeline_of(R"([{"op": "category", "sensor": "grade", "levels": ["L", "M", "H"]}])");
  AssetState state = pipeline.start();
  float out = 0;
  for (const auto& [text, code] : std::map<std::string, float>{{"L", 0}, {"M", 1}, {"H", 2}}) {
    Observation observation;
    observation.categories["grade"] = text;
    pipeline.advance(state, observation, {&out, 1});
    EXPECT_EQ(out, code);
  }
  Observation unknown;
  unknown.categories["grade"] = "m";
  pipeline.advance(state, unknown, {&out, 1});
  EXPECT_TRUE(std::isnan(out));
  pipeline.advance(state, Observation{}, {&out, 1});
  EXPECT_TRUE(std::isnan(out));
}

TEST(Pipeline, ResultBeyondTheRangeOfAFloatIsNan) {
  const auto features = feed(R"({"op": "delta", "sensor": "a", "n": 1})", {-3e38, 3e38, 3e38});
  EXPECT_TRUE(std::isnan(features[1]));
  EXPECT_EQ(features[2], 0);
}

TEST(Pipeline, NewLifeIsANewState) {
  const Pipeline pipeline =
      pipeline_of(R"([{"op": "age"}, {"op": "mean", "sensor": "a", "n": 5}])");
  AssetState worn = pipeline.start();
  std::vector<float> out(2);
  Observation observation;
  observation.values["a"] = 100;
  for (int i = 0; i < 9; ++i) pipeline.advance(worn, observation, out);
  AssetState repaired = pipeline.start();
  observation.values["a"] = 1;
  pipeline.advance(repaired, observation, out);
  EXPECT_EQ(out, (std::vector<float>{1, 1}));
}

TEST(Pipeline, StateOutlivesItsPipelineAndWorksWithAnEqualOne) {
  const std::string text = R"([{"op": "sd", "sensor": "a", "n": 3}])";
  auto first = std::make_unique<Pipeline>(pipeline_of(text));
  AssetState state = first->start();
  first.reset();
  const Pipeline second = pipeline_of(text);
  float out = -1;
  Observation observation;
  observation.values["a"] = 4;
  second.advance(state, observation, {&out, 1});
  EXPECT_EQ(out, 0);
  EXPECT_TRUE(second.restore(state.serialize()).ok());
}

TEST(PipelineDeathTest, RefusesTheStateOfAnotherPipeline) {
  const Pipeline one = pipeline_of(R"([{"op": "sd", "sensor": "a", "n": 3}])");
  const Pipeline other = pipeline_of(R"([{"op": "sd", "sensor": "a", "n": 4}])");
  AssetState state = one.start();
  float out = 0;
  EXPECT_DEATH(other.advance(state, Observation{}, {&out, 1}), "digest");
}

}  // namespace
}  // namespace skerry::feature
