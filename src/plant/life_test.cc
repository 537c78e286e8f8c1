// SPDX-License-Identifier: Apache-2.0
#include "plant/life.h"

#include <gtest/gtest.h>

#include <set>

namespace skerry::plant {
namespace {

TEST(PlanLife, WearGrowsFromLittleToExactlyOneInTheLastRow) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    sys::SeededRandom random(seed);
    const Life life = plan_life({}, seed % 2 == 1, random);
    ASSERT_GE(life.rows.size(), 120u);
    ASSERT_LE(life.rows.size(), 350u);
    EXPECT_LE(life.rows.front().wear, 0.08);
    EXPECT_EQ(life.rows.back().wear, 1);
    for (std::size_t i = 1; i < life.rows.size(); ++i) {
      ASSERT_GT(life.rows[i].wear, life.rows[i - 1].wear) << "seed " << seed << " row " << i;
    }
  }
}

TEST(PlanLife, WearAcceleratesTowardsTheFailure) {
  sys::SeededRandom random(5);
  const Life life = plan_life({}, false, random);
  EXPECT_LT(life.rows[life.rows.size() / 2].wear, 0.35);
}

TEST(PlanLife, RepairLeavesMoreWearThanANewMachineHas) {
  double first = 0;
  double repaired = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    sys::SeededRandom a(seed);
    sys::SeededRandom b(seed);
    first += plan_life({}, false, a).rows.front().wear;
    repaired += plan_life({}, true, b).rows.front().wear;
  }
  EXPECT_GT(repaired, 1.3 * first);
}

TEST(PlanLife, OperatesInSeveralRegimesAndGrades) {
  sys::SeededRandom random(1);
  std::set<int> grades;
  double lowest = 1;
  double highest = 0;
  for (int i = 0; i < 10; ++i) {
    for (const LifeRow& row : plan_life({}, false, random).rows) {
      grades.insert(row.grade);
      lowest = std::min(lowest, row.load);
      highest = std::max(highest, row.load);
    }
  }
  EXPECT_EQ(grades, (std::set<int>{0, 1, 2}));
  EXPECT_LT(lowest, 0.4);
  EXPECT_GT(highest, 0.95);
}

TEST(PlanLife, DrawsOnlyEnabledModes) {
  Options options;
  std::set<FailureMode> seen;
  sys::SeededRandom random(2);
  for (int i = 0; i < 100; ++i) seen.insert(plan_life(options, true, random).mode);
  EXPECT_EQ(seen,
            (std::set<FailureMode>{options.modes_enabled.begin(), options.modes_enabled.end()}));
  EXPECT_FALSE(seen.contains(FailureMode::kWinding));
  options.modes_enabled = {FailureMode::kWinding};
  EXPECT_EQ(plan_life(options, true, random).mode, FailureMode::kWinding);
}

}  // namespace
}  // namespace skerry::plant
