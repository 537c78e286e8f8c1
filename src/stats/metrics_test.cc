// SPDX-License-Identifier: Apache-2.0
#include "stats/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace skerry::stats {
namespace {

using Rows = std::vector<double>;

const Rows kClasses = {1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0, 0};
const Rows kScores = {.9, .8, .8, .7, .7, .6, .5, .5, .4, .3, .3, .1};

TEST(Metrics, MeasureRegressionAsByHand) {
  const Rows truth = {1, 2, 3, 4};
  const Rows prediction = {1.5, 1, 3, 8};
  EXPECT_NEAR(*rmse(truth, prediction), std::sqrt((.25 + 1 + 0 + 16) / 4), 1e-12);
  EXPECT_NEAR(*mae(truth, prediction), 5.5 / 4, 1e-12);
  EXPECT_NEAR(*nasa_score(truth, prediction),
              (std::exp(.05) - 1) + (std::exp(1.0 / 13) - 1) + (std::exp(.4) - 1), 1e-12);
}

TEST(Metrics, NasaScorePunishesLateMoreThanEarly) {
  EXPECT_LT(*nasa_score(Rows{50}, Rows{40}), *nasa_score(Rows{50}, Rows{60}));
  EXPECT_EQ(*nasa_score(Rows{50}, Rows{50}), 0);
}

// Expected figures are scikit-learn's for the same rows.
TEST(Metrics, MeasureClassesWithTiesAsScikitLearn) {
  EXPECT_NEAR(*auc(kClasses, kScores), 0.6857142857142857, 1e-12);
  EXPECT_NEAR(*ap(kClasses, kScores), 0.6442424242424243, 1e-12);
  EXPECT_NEAR(*f1(kClasses, kScores), 0.6153846153846154, 1e-12);
}

TEST(Metrics, ConstantScoreIsWorthChance) {
  const Rows constant(kClasses.size(), 0.5);
  EXPECT_NEAR(*auc(kClasses, constant), 0.5, 1e-12);
  EXPECT_NEAR(*ap(kClasses, constant), 5.0 / 12, 1e-12);
}

TEST(Metrics, PerfectAndReversedOrderReachTheEnds) {
  const Rows truth = {0, 0, 1, 1};
  EXPECT_EQ(*auc(truth, Rows{.1, .2, .3, .4}), 1);
  EXPECT_EQ(*ap(truth, Rows{.1, .2, .3, .4}), 1);
  EXPECT_EQ(*auc(truth, Rows{.4, .3, .2, .1}), 0);
  EXPECT_EQ(*f1(truth, Rows{.1, .2, .3, .4}), 0);
}

TEST(Metrics, RefuseRowsThatHaveNoFigure) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInf = std::numeric_limits<double>::infinity();
  struct Case {
    std::string what;
    Rows truth;
    Rows prediction;
  };
  const std::vector<Case> cases = {
      {"no rows", {}, {}},
      {"truth has 2 rows", {0, 1}, {0}},
      {"prediction of row 1 is not finite", {0, 1}, {0, kNaN}},
      {"truth of row 0 is not finite", {kInf, 1}, {0, 1}},
  };
  for (const Case& c : cases) {
    for (const std::string_view key : {kRmse, kRmseUncapped, kMae, kNasaScore, kAuc, kAp, kF1}) {
      const Result<double> result = metric(key, c.truth, c.prediction);
      ASSERT_FALSE(result.ok()) << key << " " << c.what;
      EXPECT_EQ(result.error().code(), Code::kInvalidArgument);
      EXPECT_NE(result.error().message().find(c.what), std::string::npos)
          << result.error().message();
    }
  }
}

TEST(Metrics, RefuseOneClassOnlyAndOtherLabels) {
  for (const std::string_view key : {kAuc, kAp, kF1}) {
    EXPECT_FALSE(metric(key, Rows{1, 1}, Rows{.2, .9}).ok()) << key;
    EXPECT_FALSE(metric(key, Rows{0, 0}, Rows{.2, .9}).ok()) << key;
    EXPECT_FALSE(metric(key, Rows{0, 2}, Rows{.2, .9}).ok()) << key;
  }
}

TEST(Metrics, RefuseAFigureBeyondDoubles) {
  EXPECT_FALSE(nasa_score(Rows{0}, Rows{1e5}).ok());
  EXPECT_FALSE(rmse(Rows{0}, Rows{1e200}).ok());
  EXPECT_FALSE(mae(Rows{-1.5e308}, Rows{1.5e308}).ok());
}

TEST(Metrics, UnknownKeyIsNamed) {
  const Result<double> result = metric("r2", Rows{1}, Rows{1});
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().message().find("\"r2\""), std::string::npos);
}

}  // namespace
}  // namespace skerry::stats
