// SPDX-License-Identifier: Apache-2.0
#include "stats/conformal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace skerry::stats {
namespace {

// Noise that grows with the level: y = x + (1 + x / 20) u, u uniform in [-1, 1].
std::pair<std::vector<double>, std::vector<double>> rows(std::size_t count, unsigned seed) {
  std::mt19937_64 random(seed);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  std::vector<double> truth;
  std::vector<double> prediction;
  for (std::size_t i = 0; i < count; ++i) {
    const double level = 125 * uniform();
    prediction.push_back(level);
    truth.push_back(level + (1 + level / 20) * (2 * uniform() - 1));
  }
  return {truth, prediction};
}

TEST(ConformalTable, CoversNewRowsAtEveryLevel) {
  const auto [truth, prediction] = rows(4000, 1);
  const ConformalTable table = *fit_conformal(truth, prediction);
  EXPECT_EQ(table.upper.size(), 9u);
  const auto [new_truth, new_prediction] = rows(20000, 2);
  for (const double from : {0.0, 100.0}) {
    double inside = 0;
    double seen = 0;
    for (std::size_t i = 0; i < new_truth.size(); ++i) {
      if (new_prediction[i] < from || new_prediction[i] > from + 25) continue;
      const Interval band = interval(table, new_prediction[i]);
      inside += new_truth[i] >= band.low && new_truth[i] <= band.high ? 1 : 0;
      seen += 1;
    }
    EXPECT_NEAR(inside / seen, 0.9, 0.03) << from;
  }
  const Interval low = interval(table, 5);
  const Interval high = interval(table, 120);
  EXPECT_GT(high.high - high.low, 2 * (low.high - low.low));
}

TEST(ConformalTable, TakesTheOrderStatisticsByHand) {
  // Residuals 1 to 100 in any order: (100 + 1) x 0.05 = 5.05, so the 5th from each end.
  std::vector<double> truth;
  for (int i = 0; i < 100; ++i) truth.push_back(1 + i * 37 % 100);
  const ConformalTable table = *fit_conformal(truth, std::vector<double>(100, 0.0));
  EXPECT_TRUE(table.upper.empty());
  EXPECT_EQ(table.lower_quantile, (std::vector<double>{5}));
  EXPECT_EQ(table.upper_quantile, (std::vector<double>{96}));
}

TEST(ConformalTable, PutsEqualPredictionsIntoOneBucket) {
  auto [truth, prediction] = rows(3000, 3);
  for (std::size_t i = 0; i < 2000; ++i) prediction[i] = 125;
  const ConformalTable table = *fit_conformal(truth, prediction);
  ASSERT_EQ(table.upper.size(), 3u);  // 300 rows each, and the 2,000 equal ones in the last.
  EXPECT_LT(table.upper.back(), 125);
  EXPECT_EQ(table.lower_quantile.size(), 4u);
}

TEST(ConformalTable, RefusesRowsItCannotUse) {
  const auto [truth, prediction] = rows(1000, 4);
  std::vector<double> shorter(truth.begin(), truth.end() - 1);
  EXPECT_FALSE(fit_conformal(shorter, prediction).ok());
  const auto [few_truth, few] = rows(99, 4);
  EXPECT_FALSE(fit_conformal(few_truth, few).ok());
  // 99.9 % needs 1,999 rows for both tails.
  EXPECT_FALSE(fit_conformal(truth, prediction, 0.999).ok());
  EXPECT_FALSE(fit_conformal(truth, prediction, 1).ok());
  EXPECT_FALSE(fit_conformal(truth, prediction, 0).ok());
  std::vector<double> broken = truth;
  broken[17] = std::numeric_limits<double>::quiet_NaN();
  const auto result = fit_conformal(broken, prediction);
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().message().find("17"), std::string::npos);
}

TEST(ConformalTable, ReadsAndWritesItsGoldenFile) {
  std::ifstream file(SKERRY_SOURCE_DIR "/tests/golden/stats/conformal_table.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const ConformalTable table = *conformal_table_from_json(*json::parse(text));
  EXPECT_EQ(json::dump_pretty(to_json(table)), text);
  const Interval band = interval(table, 50);
  EXPECT_EQ(band.low, 40.5);
  EXPECT_EQ(band.high, 62.25);
}

TEST(ConformalTable, GivesABandThatContainsThePredictionEvenWhenItIsBiased) {
  ConformalTable table;
  table.lower_quantile = {-9};
  table.upper_quantile = {-2};
  EXPECT_EQ(interval(table, 50).low, 41);
  EXPECT_EQ(interval(table, 50).high, 50);
  table.lower_quantile = {3};
  table.upper_quantile = {8};
  EXPECT_EQ(interval(table, 50).low, 50);
  EXPECT_EQ(interval(table, 50).high, 58);
}

TEST(ConformalTable, SurvivesARoundTripBitForBit) {
  const auto [truth, prediction] = rows(2500, 6);
  const ConformalTable table = *fit_conformal(truth, prediction);
  const ConformalTable read = *conformal_table_from_json(*json::parse(json::dump(to_json(table))));
  EXPECT_EQ(read.upper, table.upper);
  EXPECT_EQ(read.lower_quantile, table.lower_quantile);
  EXPECT_EQ(read.upper_quantile, table.upper_quantile);
}

TEST(ConformalTable, RefusesBrokenDocuments) {
  for (const std::string text : {
           R"([])",
           R"({"coverage":0.9,"upper":[1],"lower_quantile":[0],"upper_quantile":[1,2]})",
           R"({"coverage":0.9,"upper":[2,1],"lower_quantile":[0,0,0],"upper_quantile":[1,2,3]})",
           R"({"coverage":0.9,"upper":[],"lower_quantile":[3],"upper_quantile":[1]})",
           R"({"coverage":1.5,"upper":[],"lower_quantile":[0],"upper_quantile":[1]})",
           R"({"coverage":0.9,"upper":[],"lower_quantile":[0],"upper_quantile":["x"]})",
           R"({"coverage":0.9,"upper":[],"lower_quantile":[0],"upper_quantile":[1],"extra":1})",
           R"({"coverage":0.9,"upper":[],"lower_quantile":[]})",
       }) {
    const auto result = conformal_table_from_json(*json::parse(text));
    ASSERT_FALSE(result.ok()) << text;
    EXPECT_EQ(result.error().code(), Code::kInvalidArgument) << text;
  }
}

}  // namespace
}  // namespace skerry::stats
