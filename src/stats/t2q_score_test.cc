// SPDX-License-Identifier: Apache-2.0
#include "stats/t2q_score.h"

#include <gtest/gtest.h>

#include <vector>

namespace skerry::stats {
namespace {

T2Q two_channels() {
  T2Q t2q;
  t2q.channels = {"s1", "s2"};
  t2q.median = {10, 100};
  t2q.scale = {2, 10};
  t2q.inverse = {0.5, 0, 0, 0.25};
  t2q.components = {1, 0};
  t2q.component_count = 1;
  t2q.clip = 5;
  return t2q;
}

TEST(T2QScore, FollowsTheFormulaByHand) {
  const T2Q t2q = two_channels();
  T2QState state;
  // z = (1, -2), e = 0.3 z, T2 = 0.5 e1^2 + 0.25 e2^2, Q = z2^2.
  const T2QScore first = advance(t2q, state, std::vector<double>{12, 80});
  EXPECT_NEAR(first.t2, 0.5 * 0.09 + 0.25 * 0.36, 1e-12);
  EXPECT_NEAR(first.q, 4, 1e-12);
  // z = (0, 0): Q vanishes at once, the EWMA decays by 0.7.
  const T2QScore second = advance(t2q, state, std::vector<double>{10, 100});
  EXPECT_NEAR(second.t2, 0.49 * first.t2, 1e-12);
  EXPECT_EQ(second.q, 0);
}

TEST(T2QScore, ClipsExtremeValues) {
  const T2Q t2q = two_channels();
  T2QState state;
  const T2QScore score = advance(t2q, state, std::vector<double>{1e300, -1e300});
  EXPECT_NEAR(score.t2, 0.5 * 2.25 + 0.25 * 2.25, 1e-12);
  EXPECT_NEAR(score.q, 25, 1e-12);
}

TEST(T2QScore, FreshStateStartsANewLife) {
  const T2Q t2q = two_channels();
  T2QState used;
  (void)advance(t2q, used, std::vector<double>{20, 10});
  T2QState fresh;
  T2QState other;
  EXPECT_EQ(advance(t2q, fresh, std::vector<double>{12, 80}).t2,
            advance(t2q, other, std::vector<double>{12, 80}).t2);
  EXPECT_NE(advance(t2q, used, std::vector<double>{12, 80}).t2,
            advance(t2q, fresh, std::vector<double>{12, 80}).t2);
}

}  // namespace
}  // namespace skerry::stats
