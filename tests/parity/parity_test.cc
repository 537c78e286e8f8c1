// SPDX-License-Identifier: Apache-2.0
//
// |ONNX Runtime - XGBoost| <= 1e-5 + 1e-5 |x| for every objective, and no difference at all where
// the base margin is zero: the runtime adds the base last, XGBoost first.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "serve/onnx/runtime.h"
#include "serve/onnx/test_runtime_test.h"
#include "tests/parity/oracle.h"
#include "tests/support/golden_booster.h"
#include "train/xgboost/booster.h"

namespace skerry::parity {
namespace {

struct Difference {
  double largest = 0;
  bool within = true;  // |a - b| <= 1e-5 + 1e-5 |b| everywhere.
};

Difference compare(const std::vector<float>& actual, const std::vector<float>& expected) {
  Difference difference;
  difference.within = actual.size() == expected.size();
  for (std::size_t i = 0; i < actual.size() && i < expected.size(); ++i) {
    const double apart = std::abs(static_cast<double>(actual[i]) - expected[i]);
    difference.within = difference.within && apart <= 1e-5 + 1e-5 * std::abs(expected[i]);
    difference.largest = std::max(difference.largest, apart);
  }
  return difference;
}

// Skips where the machine has no ONNX Runtime.
class Parity : public ::testing::Test {
 protected:
  void SetUp() override {
    auto runtime = serve::onnx::open_onnx_runtime(serve::onnx::test_options());
    if (!runtime.ok()) GTEST_SKIP() << "no ONNX Runtime: " << runtime.error().message();
    runtime_ = *std::move(runtime);
  }

  // Trains, converts and compares.
  void check(const std::string& name, RowSource source, const Parameters& parameters, int rounds) {
    train::Matrix rows = source.take(1500);
    fit_labels(rows, parameters.front().second);
    const auto booster = train_booster(rows, parameters, rounds, source.category_column);
    ASSERT_TRUE(booster.ok()) << name << ": " << booster.error().message();
    train::Matrix fresh = source.take(1000);
    if (source.category_column < source.columns) add_odd_codes(fresh, source.category_column);
    const auto graph = run_graph(*runtime_, *booster, fresh);
    ASSERT_TRUE(graph.ok()) << name << ": " << graph.error().message();
    const auto library = train::xgboost::Booster::load(*booster);
    ASSERT_TRUE(library.ok()) << name << ": " << library.error().message();
    const Difference margin = compare(graph->margin, *library->predict(fresh, true));
    const Difference prediction = compare(graph->prediction, *library->predict(fresh, false));
    std::printf("%-28s max |margin| diff %.3g, max |prediction| diff %.3g\n", name.c_str(),
                margin.largest, prediction.largest);
    EXPECT_TRUE(margin.within) << name;
    EXPECT_EQ(margin.largest, 0) << name;
    EXPECT_TRUE(prediction.within) << name;
  }

  // Codes that were not trained on: unknown, negative, fractional, huge.
  static void add_odd_codes(train::Matrix& rows, std::size_t column) {
    const float odd[] = {1000, -1, -0.5F, 2.7F, 0.5F, 5.999F, 3e7F, -0.0F};
    for (std::size_t i = 0; i < 8 * 20; ++i) {
      rows.values[i * rows.columns + column] = odd[i % 8];
    }
  }

  static Parameters with(Parameters parameters, const Parameters& more) {
    for (const auto& parameter :
         Parameters{{"max_depth", "5"}, {"seed", "7"}, {"nthread", "2"}, {"verbosity", "0"}}) {
      parameters.push_back(parameter);
    }
    parameters.insert(parameters.end(), more.begin(), more.end());
    if (parameters.back().first != "tree_method") parameters.emplace_back("tree_method", "hist");
    return parameters;
  }

  std::unique_ptr<serve::Runtime> runtime_;
};

TEST_F(Parity, EveryObjectiveWithItsDefaultBase) {
  struct Case {
    std::string objective;
    Parameters more;
  };
  const Case cases[] = {
      {"reg:squarederror", {}},
      {"reg:squaredlogerror", {}},
      {"reg:absoluteerror", {}},
      {"reg:pseudohubererror", {}},
      {"reg:logistic", {}},
      {"binary:logistic", {}},
      {"binary:logitraw", {}},
      {"binary:hinge", {}},
      {"count:poisson", {}},
      {"reg:gamma", {}},
      {"reg:tweedie", {{"tweedie_variance_power", "1.4"}}},
      {"multi:softprob", {{"num_class", "4"}}},
      {"multi:softmax", {{"num_class", "4"}}},
  };
  for (const Case& c : cases) {
    check(c.objective, {.random = std::mt19937_64(1)}, with({{"objective", c.objective}}, c.more),
          30);
  }
}

TEST_F(Parity, ChosenBaseScores) {
  for (const std::string base : {"0", "0.25", "0.9"}) {
    check("squarederror base " + base, {.random = std::mt19937_64(2)},
          with({{"objective", "reg:squarederror"}}, {{"base_score", base}}), 30);
  }
  for (const std::string objective :
       {"binary:logistic", "binary:logitraw", "binary:hinge", "reg:logistic", "count:poisson",
        "reg:gamma", "reg:tweedie"}) {
    check(objective + " base 0.25", {.random = std::mt19937_64(3)},
          with({{"objective", objective}}, {{"base_score", "0.25"}}), 30);
  }
}

TEST_F(Parity, ManyAndDeepTrees) {
  check("500 trees of depth 6", {.random = std::mt19937_64(4)},
        with({{"objective", "binary:logistic"}}, {{"max_depth", "6"}}), 500);
  check("30 trees of depth 12", {.random = std::mt19937_64(5)},
        with({{"objective", "binary:logistic"}}, {{"max_depth", "12"}}), 30);
  check("one column", {.columns = 1, .random = std::mt19937_64(6)},
        with({{"objective", "binary:logistic"}}, {}), 10);
}

TEST_F(Parity, OtherWaysToGrowTrees) {
  check("dart", {.random = std::mt19937_64(7)},
        with({{"objective", "binary:logistic"}}, {{"booster", "dart"}, {"rate_drop", "0.3"}}), 40);
  check("exact with pruned nodes", {.random = std::mt19937_64(8)},
        with({{"objective", "binary:logistic"}}, {{"gamma", "5"}, {"tree_method", "exact"}}), 40);
  check(
      "forest of 3", {.random = std::mt19937_64(9)},
      with({{"objective", "binary:logistic"}}, {{"num_parallel_tree", "3"}, {"subsample", "0.6"}}),
      20);
  check("only leaves", {.random = std::mt19937_64(10)},
        with({{"objective", "binary:logistic"}}, {{"gamma", "1e9"}}), 3);
}

TEST_F(Parity, CategoricalSplitsWithOddCodes) {
  for (const int categories : {3, 12, 60}) {
    check(std::to_string(categories) + " categories",
          {.category_column = 2, .categories = categories, .random = std::mt19937_64(11)},
          with({{"objective", "binary:logistic"}}, {{"max_cat_to_onehot", "1"}}), 30);
  }
  check("one-hot categories",
        {.category_column = 0, .categories = 6, .random = std::mt19937_64(12)},
        with({{"objective", "binary:logistic"}}, {{"max_cat_to_onehot", "30"}}), 30);
}

TEST_F(Parity, SetsBeyondTheLimitAreRefused) {
  RowSource source{.category_column = 2, .categories = 300, .random = std::mt19937_64(13)};
  const train::Matrix rows = source.take(6000);
  const auto booster = train_booster(
      rows, with({{"objective", "reg:squarederror"}}, {{"max_cat_to_onehot", "1"}}), 5, 2);
  ASSERT_TRUE(booster.ok()) << booster.error().message();
  const auto graph = run_graph(*runtime_, *booster, rows);
  ASSERT_FALSE(graph.ok());
  EXPECT_EQ(graph.error().code(), Code::kInvalidArgument);
  EXPECT_NE(graph.error().message().find("categories"), std::string::npos);
}

TEST_F(Parity, GoldenBoostersOfEveryVersion) {
  for (const auto& [name, golden] : test::golden_boosters()) {
    const train::Matrix rows{4, golden.rows, {}};
    const auto graph = run_graph(*runtime_, golden.booster_json, rows);
    ASSERT_TRUE(graph.ok()) << name << ": " << graph.error().message();
    EXPECT_TRUE(compare(graph->margin, golden.margin).within) << name;
    EXPECT_TRUE(compare(graph->prediction, golden.prediction).within) << name;
  }
}

}  // namespace
}  // namespace skerry::parity
