// SPDX-License-Identifier: Apache-2.0
#include "stats/bins.h"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>
#include <vector>

namespace skerry::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(Bins, SplitDistinctValuesEvenly) {
  std::vector<double> values(100);
  std::iota(values.rbegin(), values.rend(), 0.0);
  const Bins bins = *fit_bins("s1", values, 10);
  EXPECT_EQ(bins.edges, (std::vector<double>{10, 20, 30, 40, 50, 60, 70, 80, 90}));
  EXPECT_EQ(bins.shares, std::vector<double>(10, 0.1));
  EXPECT_EQ(bins.name, "s1");
  EXPECT_EQ(bins.minimum, 0);
  EXPECT_EQ(bins.maximum, 99);
  EXPECT_EQ(bins.missing, 0);
}

TEST(Bins, KeepEqualValuesTogetherAndLeaveNoneEmpty) {
  std::vector<double> values(90, 125.0);
  for (int i = 0; i < 10; ++i) values.push_back(i);
  const Bins bins = *fit_bins("rul", values, 10);
  EXPECT_EQ(bins.edges, (std::vector<double>{125}));
  EXPECT_EQ(bins.shares, (std::vector<double>{0.1, 0.9}));
}

TEST(Bins, GiveOneBinToAConstant) {
  const Bins bins = *fit_bins("s1", std::vector<double>(7, 3.5));
  EXPECT_TRUE(bins.edges.empty());
  EXPECT_EQ(bins.shares, (std::vector<double>{1}));
}

TEST(Bins, CountMissingValuesApart) {
  const Bins bins = *fit_bins("s1", std::vector<double>{1, kNaN, 2, kNaN}, 2);
  EXPECT_EQ(bins.missing, 0.5);
  EXPECT_EQ(bins.edges, (std::vector<double>{2}));
  EXPECT_EQ(bins.shares, (std::vector<double>{0.5, 0.5}));
}

TEST(Bins, HoldAtLeastTheirShareForAnyPatternOfTies) {
  for (std::size_t period = 1; period <= 40; ++period) {
    std::vector<double> values;
    for (std::size_t i = 0; i < 400; ++i) values.push_back(static_cast<double>(i * i % period));
    const Bins bins = *fit_bins("s", values, 10);
    double sum = 0;
    for (const double share : bins.shares) {
      EXPECT_GE(share, 0.1) << period;
      sum += share;
    }
    EXPECT_NEAR(sum, 1, 1e-12);
  }
}

TEST(Bins, PutAnEdgeIntoTheUpperBin) {
  const std::vector<double> edges = {1, 2};
  EXPECT_EQ(bin_of(edges, 0.9), 0u);
  EXPECT_EQ(bin_of(edges, 1), 1u);
  EXPECT_EQ(bin_of(edges, 2), 2u);
  EXPECT_EQ(bin_of({}, 5), 0u);
}

TEST(Bins, RefuseInfinityAndSeriesWithoutValue) {
  EXPECT_FALSE(fit_bins("s", std::vector<double>{1, std::numeric_limits<double>::infinity()}).ok());
  EXPECT_FALSE(fit_bins("s", std::vector<double>{}).ok());
  EXPECT_FALSE(fit_bins("s", std::vector<double>{kNaN}).ok());
}

}  // namespace
}  // namespace skerry::stats
