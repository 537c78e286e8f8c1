// SPDX-License-Identifier: Apache-2.0
#include "plant/fault.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace skerry::plant {
namespace {

constexpr FaultRates kNone{0, 0, 0, 0};

SensorValues readings(double value) {
  SensorValues values{};
  values.fill(value);
  return values;
}

// How often each kind began in `rows` rows.
std::map<FaultKind, int> count_begun(FaultRates rates, int rows) {
  FaultInjector injector(rates, sys::SeededRandom(9));
  std::map<FaultKind, int> begun;
  std::map<SensorIndex, FaultKind> before;
  for (int row = 0; row < rows; ++row) {
    SensorValues values = readings(row);
    std::map<SensorIndex, FaultKind> now;
    for (const SensorFault& fault : injector.apply(values)) {
      now.emplace(fault.sensor, fault.kind);
      if (!before.contains(fault.sensor)) ++begun[fault.kind];
    }
    before = now;
    if (row % 500 == 0) injector.repair();
  }
  return begun;
}

TEST(FaultInjector, WithoutRatesNothingChanges) {
  FaultInjector injector(kNone, sys::SeededRandom(1));
  for (int row = 0; row < 1000; ++row) {
    SensorValues values = readings(row);
    EXPECT_TRUE(injector.apply(values).empty());
    EXPECT_EQ(values, readings(row));
  }
}

TEST(FaultInjector, FaultsBeginAtAboutTheirRates) {
  const FaultRates rates{.stuck = 0.0005, .gap = 0.001, .spike = 0.002, .unit_change = 0.0004};
  constexpr int kRows = 40'000;
  auto begun = count_begun(rates, kRows);
  const double sensor_rows = kRows * static_cast<double>(kSensorCount);
  EXPECT_NEAR(begun[FaultKind::kStuck], rates.stuck * sensor_rows,
              0.25 * rates.stuck * sensor_rows);
  EXPECT_NEAR(begun[FaultKind::kGap], rates.gap * sensor_rows, 0.25 * rates.gap * sensor_rows);
  EXPECT_NEAR(begun[FaultKind::kSpike], rates.spike * sensor_rows,
              0.25 * rates.spike * sensor_rows);
  // Three sensors have no other unit.
  EXPECT_NEAR(begun[FaultKind::kUnitChange], rates.unit_change * sensor_rows * 11 / 14,
              0.3 * rates.unit_change * sensor_rows);
}

TEST(FaultInjector, StuckSensorRepeatsItsLastValueForTenToFortyRows) {
  FaultInjector injector({.stuck = 1, .gap = 0, .spike = 0, .unit_change = 0},
                         sys::SeededRandom(1));
  SensorValues first = readings(7);
  EXPECT_TRUE(injector.apply(first).empty()) << "nothing to be stuck at";
  for (int row = 0; row < 10; ++row) {
    SensorValues values = readings(8 + row);
    EXPECT_EQ(injector.apply(values).size(), kSensorCount);
    EXPECT_EQ(values, readings(7));
  }
}

TEST(FaultInjector, StuckSensorRecovers) {
  FaultInjector injector({.stuck = 0.01, .gap = 0, .spike = 0, .unit_change = 0},
                         sys::SeededRandom(3));
  int longest = 0;
  int run = 0;
  for (int row = 0; row < 5000; ++row) {
    SensorValues values = readings(row);
    bool flow_stuck = false;
    for (const SensorFault& fault : injector.apply(values)) flow_stuck |= fault.sensor == kFlow;
    run = flow_stuck ? run + 1 : 0;
    longest = std::max(longest, run);
    EXPECT_EQ(values[kFlow] != row, flow_stuck);
  }
  EXPECT_GE(longest, 10);
  EXPECT_LE(longest, 80) << "two in a row at most";
}

TEST(FaultInjector, GapSendsNothing) {
  FaultInjector injector({.stuck = 0, .gap = 1, .spike = 0, .unit_change = 0},
                         sys::SeededRandom(1));
  SensorValues values = readings(7);
  const auto faults = injector.apply(values);
  ASSERT_EQ(faults.size(), kSensorCount);
  for (const SensorFault& fault : faults) {
    EXPECT_EQ(fault.kind, FaultKind::kGap);
    EXPECT_TRUE(std::isnan(values[fault.sensor]));
  }
}

TEST(FaultInjector, SpikeIsFarOutsideForOneRow) {
  FaultInjector injector({.stuck = 0, .gap = 0, .spike = 0.05, .unit_change = 0},
                         sys::SeededRandom(1));
  int spikes = 0;
  for (int row = 0; row < 200; ++row) {
    SensorValues values = readings(500);
    for (const SensorFault& fault : injector.apply(values)) {
      ++spikes;
      const double away = std::abs(values[fault.sensor] - 500) / sensor_types()[fault.sensor].noise;
      EXPECT_GE(away, 24);
      EXPECT_LE(away, 81);
      values[fault.sensor] = 500;
    }
    EXPECT_EQ(values, readings(500));
  }
  EXPECT_GT(spikes, 50);
}

TEST(FaultInjector, UnitChangeLastsUntilTheRepair) {
  FaultInjector injector({.stuck = 0, .gap = 0, .spike = 0, .unit_change = 1},
                         sys::SeededRandom(1));
  for (int row = 0; row < 500; ++row) {
    SensorValues values = readings(20);
    EXPECT_EQ(injector.apply(values).size(), 11u);
    EXPECT_DOUBLE_EQ(values[kBearingTemperature], 68) << "20 C in F";
    EXPECT_DOUBLE_EQ(values[kOilPressure], 290.075) << "20 bar in psi";
    EXPECT_EQ(values[kSpeed], 20) << "has no other unit";
  }
}

TEST(FaultInjector, RepairEndsEveryFault) {
  FaultInjector injector({.stuck = 1, .gap = 0, .spike = 0, .unit_change = 0},
                         sys::SeededRandom(1));
  SensorValues values = readings(1);
  injector.apply(values);
  values = readings(2);
  EXPECT_FALSE(injector.apply(values).empty());
  injector.repair();
  values = readings(3);
  EXPECT_TRUE(injector.apply(values).empty());
  EXPECT_EQ(values, readings(3));
}

}  // namespace
}  // namespace skerry::plant
