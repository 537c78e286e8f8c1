// SPDX-License-Identifier: Apache-2.0
#include "train/onnx/convert.h"

#include <gtest/gtest.h>
#include <onnx/checker.h>
#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

#include "tests/support/golden_booster.h"

namespace skerry::train::onnx {
namespace {

ConvertOptions options() {
  ConvertOptions result;
  result.graph_name = "plant";
  result.feature_count = 4;
  return result;
}

std::string golden(const std::string& name) {
  return test::golden_boosters().at("booster_" + name + ".json").booster_json;
}

::onnx::ModelProto parsed(const Graph& graph) {
  ::onnx::ModelProto model;
  EXPECT_TRUE(model.ParseFromString(graph.bytes));
  return model;
}

std::vector<std::string> operators(const ::onnx::ModelProto& model) {
  std::vector<std::string> names;
  for (const auto& node : model.graph().node()) names.push_back(node.op_type());
  return names;
}

const ::onnx::AttributeProto& attribute(const ::onnx::ModelProto& model, const std::string& name) {
  for (const auto& node : model.graph().node()) {
    for (const auto& attribute : node.attribute()) {
      if (attribute.name() == name) return attribute;
    }
  }
  ADD_FAILURE() << name;
  return ::onnx::AttributeProto::default_instance();
}

TEST(Convert, PassesTheOnnxCheckerForEveryXgboostVersion) {
  for (const auto& [name, booster] : test::golden_boosters()) {
    const Result<Graph> graph = convert(booster.booster_json, options());
    ASSERT_TRUE(graph.ok()) << name << ": " << graph.error().message();
    const ::onnx::ModelProto model = parsed(*graph);
    EXPECT_EQ(model.ir_version(), 8);
    EXPECT_NO_THROW(::onnx::checker::check_model(model)) << name;
    EXPECT_EQ(graph->trees > 0 && graph->nodes > graph->trees, true) << name;
  }
}

TEST(Convert, MapsObjectivesToOrdinaryOperators) {
  using Names = std::vector<std::string>;
  const std::vector<std::pair<std::string, Names>> cases = {
      {"1.7.6_squarederror", {"TreeEnsembleRegressor", "Identity"}},
      {"1.7.6_logistic", {"TreeEnsembleRegressor", "Sigmoid"}},
      {"3.2.0_poisson", {"TreeEnsembleRegressor", "Exp"}},
      {"3.2.0_softprob", {"TreeEnsembleRegressor", "Softmax"}},
      {"2.1.4_softmax", {"TreeEnsembleRegressor", "ArgMax", "Cast"}},
      {"1.7.6_category", {"Floor", "Where", "TreeEnsembleRegressor", "Identity"}},
  };
  for (const auto& [name, expected] : cases) {
    EXPECT_EQ(operators(parsed(*convert(golden(name), options()))), expected) << name;
  }
}

TEST(Convert, DescribesInputAndOutputs) {
  ConvertOptions named = options();
  named.input_name = "x";
  named.prediction_name = "rul";
  named.margin_name = "raw";
  const ::onnx::ModelProto model = parsed(*convert(golden("3.2.0_softprob"), named));
  EXPECT_EQ(model.graph().name(), "plant");
  EXPECT_EQ(model.graph().input(0).name(), "x");
  EXPECT_EQ(model.graph().input(0).type().tensor_type().shape().dim(1).dim_value(), 4);
  EXPECT_EQ(model.graph().output(0).name(), "rul");
  EXPECT_EQ(model.graph().output(0).type().tensor_type().shape().dim(1).dim_value(), 3);
  EXPECT_EQ(model.graph().output(1).name(), "raw");
  const ::onnx::ModelProto softmax = parsed(*convert(golden("2.1.4_softmax"), options()));
  EXPECT_EQ(softmax.graph().output(0).type().tensor_type().shape().dim(1).dim_value(), 1);
  EXPECT_EQ(softmax.graph().output(1).type().tensor_type().shape().dim(1).dim_value(), 3);
}

TEST(Convert, PutsBaseScoresIntoMarginSpace) {
  // 1.7.6 starts at probability 0.5, which is margin 0 and takes no leaf.
  const Graph half = *convert(golden("1.7.6_logistic"), options());
  EXPECT_EQ(attribute(parsed(half), "nodes_modes").strings(0), "BRANCH_LT");
  // 3.2.0 estimates one base for each class.
  const ::onnx::ModelProto classes = parsed(*convert(golden("3.2.0_softprob"), options()));
  EXPECT_EQ(attribute(classes, "n_targets").i(), 3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(attribute(classes, "nodes_modes").strings(i), "LEAF");
    EXPECT_EQ(attribute(classes, "target_ids").ints(i), i);
  }
}

TEST(Convert, SameBoosterGivesTheSameBytes) {
  const std::string booster = golden("3.2.0_dart");
  EXPECT_EQ(convert(booster, options())->bytes, convert(booster, options())->bytes);
}

TEST(Convert, RefusesWhatItCannotMap) {
  const std::string booster = golden("1.7.6_squarederror");
  ConvertOptions wrong = options();
  wrong.feature_count = 5;
  EXPECT_EQ(convert(booster, wrong).error().code(), Code::kInvalidArgument);
  wrong = options();
  wrong.margin_name = "features";
  EXPECT_EQ(convert(booster, wrong).error().code(), Code::kInvalidArgument);
  wrong = options();
  wrong.graph_name.clear();
  EXPECT_EQ(convert(booster, wrong).error().code(), Code::kInvalidArgument);
  wrong = options();
  wrong.ensemble_nodes_max = 3;
  EXPECT_EQ(convert(booster, wrong).error().code(), Code::kResourceExhausted);

  std::string unknown = booster;
  const std::string name = "reg:squarederror";
  unknown.replace(unknown.rfind(name), name.size(), "reg:expectileerror");
  const auto result = convert(unknown, options());
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), Code::kInvalidArgument);
  EXPECT_NE(result.error().message().find("reg:expectileerror"), std::string::npos);
}

TEST(Convert, RefusesAFeatureOfBothKinds) {
  std::string text = golden("1.7.6_category");
  // Makes every numeric split read the categorical feature 2.
  const std::string key = "\"split_indices\":[";
  for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at + 1)) {
    for (std::size_t i = at + key.size(); text[i] != ']'; ++i) {
      if (text[i] != ',') text[i] = '2';
    }
  }
  const auto result = convert(text, options());
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().message().find("feature 2"), std::string::npos)
      << result.error().message();
}

}  // namespace
}  // namespace skerry::train::onnx
