// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "feature/graph.h"
#include "feature/pipeline.h"

namespace skerry::feature {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

json::Value value_of(const std::string& text) {
  auto value = json::parse(text);
  EXPECT_TRUE(value.ok()) << text;
  return value.ok() ? *value : json::Value();
}

Pipeline pipeline_of(const std::string& text) {
  auto pipeline = Pipeline::parse(value_of(text));
  if (!pipeline) ADD_FAILURE() << pipeline.error().to_string();
  return std::move(pipeline).value();
}

TEST(Declaration, NamesFeaturesByOperation) {
  const Pipeline pipeline = pipeline_of(R"([
    {"op": "age"}, {"op": "last", "sensor": "a"}, {"op": "lag", "sensor": "a", "n": 3},
    {"op": "delta", "sensor": "a", "n": 1}, {"op": "mean", "sensor": "a", "n": 20},
    {"op": "sd", "sensor": "a", "n": 20}, {"op": "min", "sensor": "a", "n": 5},
    {"op": "max", "sensor": "a", "n": 5}, {"op": "slope", "sensor": "a", "n": 10},
    {"op": "ewma", "sensor": "a", "alpha": 0.1}, {"op": "first_mean", "sensor": "a", "n": 20},
    {"op": "difference", "of": ["a_mean_20", "a_first_20"]},
    {"op": "category", "sensor": "Type", "levels": ["L", "M", "H"]}])");
  EXPECT_THAT(
      pipeline.names(),
      ElementsAre("age", "a", "a_lag_3", "a_delta_1", "a_mean_20", "a_sd_20", "a_min_5", "a_max_5",
                  "a_slope_10", "a_ewma_0.1", "a_first_20", "a_mean_20-a_first_20", "Type"));
  EXPECT_THAT(pipeline.sensors(), ElementsAre("Type", "a"));
  EXPECT_THAT(pipeline.categories(), ElementsAre("Type"));
}

TEST(Declaration, GroupExpandsSensorBySensor) {
  const Pipeline pipeline = pipeline_of(R"([{"for": ["b", "a"], "features": [
    {"op": "last"}, {"op": "sd", "n": 4, "name": "{sensor} noise"},
    {"op": "difference", "of": ["{sensor}", {"op": "first_mean", "n": 2}]}]}])");
  EXPECT_THAT(pipeline.names(),
              ElementsAre("b", "b noise", "b-b_first_2", "a", "a noise", "a-a_first_2"));
}

TEST(Declaration, DigestDoesNotDependOnTheSpelling) {
  const Pipeline short_form = pipeline_of(R"([{"op": "mean", "sensor": "a", "n": 20},
    {"for": ["a", "b"], "features": [
      {"op": "difference", "of": [{"op": "mean", "n": 20}, {"op": "first_mean", "n": 20}]}]}])");
  const Pipeline long_form =
      pipeline_of(R"([{"n": 20, "op": "mean", "sensor": "a", "name": "a_mean_20"},
    {"op": "difference", "name": "a_mean_20-a_first_20",
     "of": ["a_mean_20", {"op": "first_mean", "sensor": "a", "n": 20}]},
    {"op": "difference",
     "of": [{"op": "mean", "sensor": "b", "n": 20}, {"op": "first_mean", "sensor": "b", "n": 20}]}])");
  EXPECT_EQ(short_form.digest(), long_form.digest());
  EXPECT_EQ(json::dump(short_form.to_json()), json::dump(long_form.to_json()));
}

TEST(Declaration, CanonicalFormIsAFixedPoint) {
  const Pipeline pipeline = pipeline_of(R"([{"op": "age", "name": "cycle"},
    {"op": "difference", "of": [{"op": "difference", "of": [{"op": "lag", "sensor": "a", "n": 1},
      {"op": "lag", "sensor": "a", "n": 2}]}, {"op": "ewma", "sensor": "b", "alpha": 1}]},
    {"op": "lag", "sensor": "a", "n": 1}])");
  const std::string text = json::dump(pipeline.to_json());
  EXPECT_EQ(text,
            R"([{"name":"cycle","op":"age"},{"name":"a_lag_1-a_lag_2-b_ewma_1","op":"difference",)"
            R"("of":[{"op":"difference","of":[{"op":"lag","sensor":"a","n":1},)"
            R"({"op":"lag","sensor":"a","n":2}]},{"op":"ewma","sensor":"b","alpha":1}]},)"
            R"({"name":"a_lag_1","op":"lag","sensor":"a","n":1}])");
  const Pipeline again = pipeline_of(text);
  EXPECT_EQ(again.digest(), pipeline.digest());
  EXPECT_EQ(json::dump(again.to_json()), text);
}

TEST(Declaration, DigestCoversEveryParameterNameAndOrder) {
  const std::string base = R"({"op": "ewma", "sensor": "a", "alpha": 0.1})";
  const std::string other = R"({"op": "last", "sensor": "a"})";
  const Digest digest = pipeline_of("[" + base + "," + other + "]").digest();
  for (const std::string& changed :
       {"[" + other + "," + base + "]", "[" + base + "]",
        std::string(R"([{"op": "ewma", "sensor": "a", "alpha": 0.2},)") + other + "]",
        std::string(R"([{"op": "ewma", "sensor": "a", "alpha": 0.1, "name": "x"},)") + other +
            "]"}) {
    EXPECT_NE(pipeline_of(changed).digest(), digest) << changed;
  }
}

struct BadCase {
  std::string declaration;
  std::string message;
};

class BadDeclaration : public testing::TestWithParam<BadCase> {};

TEST_P(BadDeclaration, IsAnErrorThatNamesThePlace) {
  const auto pipeline = Pipeline::parse(value_of(GetParam().declaration));
  ASSERT_FALSE(pipeline.ok()) << GetParam().declaration;
  EXPECT_EQ(pipeline.error().code(), Code::kInvalidArgument);
  EXPECT_THAT(pipeline.error().message(), HasSubstr(GetParam().message));
}

std::string nested_difference(int depth) {
  if (depth == 0) return R"({"op": "age"})";
  const std::string inner = nested_difference(depth - 1);
  return R"({"op": "difference", "of": [)" + inner + R"(, {"op": "age"}]})";
}

std::string many_windows(int count) {
  std::string sensors;
  for (int i = 0; i < count; ++i) sensors += (i ? ",\"s" : "\"s") + std::to_string(i) + "\"";
  return R"([{"for": [)" + sensors + R"(], "features": [{"op": "mean", "n": 10000}]}])";
}

INSTANTIATE_TEST_SUITE_P(
    All, BadDeclaration,
    testing::Values(
        BadCase{"{}", "the feature list is not an array"},
        BadCase{"[]", "the feature list is empty"},
        BadCase{"[7]", "feature entry 1 is not an object"},
        BadCase{R"([{"op": "last", "sensor": "a"}, {"sensor": "a"}])", "feature entry 2: "},
        BadCase{R"([{"op": "meen", "sensor": "a", "n": 3}])", "did you mean \"mean\"?"},
        BadCase{R"([{"op": "teapot", "sensor": "a"}])", "unknown operation \"teapot\""},
        BadCase{R"([{"op": "mean", "sensor": "a", "m": 3}])", "unknown member \"m\""},
        BadCase{R"([{"op": "ewma", "sensor": "a", "alpa": 0.1}])", "did you mean \"alpha\"?"},
        BadCase{R"([{"op": "last", "sensor": "a", "n": 3}])", "unknown member \"n\""},
        BadCase{R"([{"op": "age", "sensor": "a"}])", "unknown member \"sensor\""},
        BadCase{R"([{"op": "last"}])", "\"sensor\""},
        BadCase{R"([{"op": "last", "sensor": ""}])", "is empty"},
        BadCase{R"([{"op": "last", "sensor": "a\nb"}])", "control character"},
        BadCase{R"([{"op": "last", "sensor": ")" + std::string(129, 'x') + "\"}]",
                "more than 128 bytes"},
        BadCase{R"([{"op": "age", "name": ")" + std::string(257, 'x') + "\"}]",
                "more than 256 bytes"},
        BadCase{R"([{"op": "mean", "sensor": "a", "n": 0, "name": "x"}])",
                "feature \"x\": \"n\" is 0, outside 1..10000"},
        BadCase{R"([{"op": "mean", "sensor": "a", "n": 10001}])", "outside 1..10000"},
        BadCase{R"([{"op": "lag", "sensor": "a", "n": -1}])", "outside 1..10000"},
        BadCase{R"([{"op": "lag", "sensor": "a", "n": 1.5}])", "\"n\""},
        BadCase{R"([{"op": "ewma", "sensor": "a", "alpha": 0}])", "\"alpha\""},
        BadCase{R"([{"op": "ewma", "sensor": "a", "alpha": 1.01}])", "\"alpha\""},
        BadCase{R"([{"op": "last", "sensor": "a"}, {"op": "last", "sensor": "a"}])",
                "feature \"a\" is declared twice"},
        BadCase{R"([{"op": "age", "name": "a"}, {"op": "last", "sensor": "a"}])", "declared twice"},
        BadCase{R"([{"op": "difference", "of": ["speed", "sped"]}])",
                "\"speed\" is not declared before"},
        BadCase{
            R"([{"op": "last", "sensor": "speed"}, {"op": "difference", "of": ["speed", "sped"]}])",
            "did you mean \"speed\"?"},
        BadCase{R"([{"op": "difference", "of": [")" + std::string(300, 'x') + R"(", "a"]}])",
                "an operand has more than 256 bytes"},
        BadCase{R"([{"op": ")" + std::string(300, 'x') + "\"}]", "\"op\" has more than 128 bytes"},
        BadCase{R"([{"op": "difference", "name": "d", "of": ["d", "d"]}])", "not declared before"},
        BadCase{R"([{"op": "difference", "of": [{"op": "age"}]}])", "\"of\" has not two entries"},
        BadCase{R"([{"op": "difference", "of": [{"op": "age", "name": "x"}, 3]}])", "\"name\""},
        BadCase{R"([{"op": "difference", "of": [{"op": "age"}, 3]}])",
                "an operand is not an object"},
        BadCase{"[" + nested_difference(10) + "]", "nested deeper than 8"},
        BadCase{R"([{"op": "category", "sensor": "t", "levels": []}])", "\"levels\""},
        BadCase{R"([{"op": "category", "sensor": "t", "levels": ["a", "a"]}])",
                "\"a\" is listed twice"},
        BadCase{
            R"([{"op": "category", "sensor": "t", "levels": ["a"]}, {"op": "mean", "sensor": "t", "n": 2}])",
            "both as a number and as a category"},
        BadCase{R"([{"for": [], "features": [{"op": "last"}]}])", "names no sensor"},
        BadCase{R"([{"for": ["a"], "features": []}])", "\"features\" is empty"},
        BadCase{R"([{"for": ["a"], "feature": [{"op": "last"}]}])", "did you mean \"features\"?"},
        BadCase{R"([{"for": ["a"], "features": [{"op": "last", "sensor": "b"}]}])", "for \"a\": "},
        BadCase{R"([{"for": ["a"], "features": [{"op": "last", "name": "x"}]}])",
                "write {sensor} into it"},
        BadCase{many_windows(90), "the windows of one asset would take"}));

TEST(Graph, EqualOperationsExistOnce) {
  const auto graph = parse_graph(value_of(R"([{"op": "mean", "sensor": "a", "n": 2},
    {"op": "mean", "sensor": "a", "n": 2, "name": "again"},
    {"op": "difference", "of": [{"op": "mean", "sensor": "a", "n": 2}, "again"]}])"));
  ASSERT_TRUE(graph.ok());
  EXPECT_EQ(graph->nodes.size(), 2u);
  EXPECT_EQ(graph->outputs.size(), 3u);
}

}  // namespace
}  // namespace skerry::feature
