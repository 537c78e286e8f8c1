// SPDX-License-Identifier: Apache-2.0
#include "serve/metrics.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace skerry::serve {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

TEST(ModelCounters, PutsEachLatencyIntoTheBucketWithTheNextBound) {
  ModelCounters counters;
  for (const nanoseconds time :
       {nanoseconds(1), nanoseconds(1'000), nanoseconds(1'001), nanoseconds(4'000),
        nanoseconds(4'001), nanoseconds(3'600'000'000'000)}) {
    counters.succeeded({.request = time}, 1);
  }
  const Totals totals = counters.totals();
  EXPECT_EQ(totals.latency[0], 2u) << "up to 1 us";
  EXPECT_EQ(totals.latency[1], 1u) << "up to 2 us";
  EXPECT_EQ(totals.latency[2], 1u) << "up to 4 us";
  EXPECT_EQ(totals.latency[3], 1u);
  EXPECT_EQ(totals.latency[kLatencyBuckets - 1], 1u) << "an hour";
  EXPECT_EQ(totals.requests, 6u);
}

TEST(ModelCounters, GivesQuantilesAsTheBoundOfTheirBucket) {
  ModelCounters counters;
  EXPECT_EQ(quantile(counters.totals(), 0.5), microseconds(0));
  for (int i = 0; i < 99; ++i) counters.succeeded({.request = microseconds(7)}, 1);
  counters.succeeded({.request = microseconds(900)}, 1);
  EXPECT_EQ(quantile(counters.totals(), 0.5), microseconds(8));
  EXPECT_EQ(quantile(counters.totals(), 0.99), microseconds(8));
  EXPECT_EQ(quantile(counters.totals(), 1.0), microseconds(1024));
}

TEST(ModelCounters, LosesNothingAcrossThreads) {
  ModelCounters counters;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 10'000; ++i) counters.succeeded({.request = microseconds(3)}, 2);
        counters.failed(Failure::kRejected, microseconds(1));
      });
    }
  }
  EXPECT_EQ(counters.totals().requests, 40'000u);
  EXPECT_EQ(counters.totals().rows, 80'000u);
  EXPECT_EQ(counters.totals().rejected, 4u);
}

}  // namespace
}  // namespace skerry::serve
