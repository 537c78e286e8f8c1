// SPDX-License-Identifier: Apache-2.0
#include "plant/machine.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace skerry::plant {
namespace {

constexpr std::chrono::milliseconds kNoon = std::chrono::hours(12);

// Mean readings of many rows at one operating point.
SensorValues mean_readings(LifeRow row, FailureMode mode, double noise = 1,
                           std::chrono::milliseconds time_of_day = kNoon) {
  constexpr int kRows = 800;
  Machine machine(noise, sys::SeededRandom(11));
  SensorValues sum{};
  for (int i = 0; i < kRows; ++i) {
    const SensorValues values = machine.step(row, mode, time_of_day);
    for (std::size_t sensor = 0; sensor < sum.size(); ++sensor)
      sum[sensor] += values[sensor] / kRows;
  }
  return sum;
}

struct ModeCase {
  FailureMode mode;
  std::set<SensorIndex> rises;
  std::set<SensorIndex> falls;
};

class FailureModeSignature : public testing::TestWithParam<ModeCase> {};

// A sensor counts as moved by five of its standard deviations; all others stay below that.
TEST_P(FailureModeSignature, MovesItsSensorsAndNoOthers) {
  const ModeCase& expected = GetParam();
  const SensorValues sound = mean_readings({0.8, 0.02, 1}, expected.mode);
  const SensorValues broken = mean_readings({0.8, 1.0, 1}, expected.mode);
  std::set<SensorIndex> rises;
  std::set<SensorIndex> falls;
  for (std::size_t i = 0; i < kSensorCount; ++i) {
    const double moved = (broken[i] - sound[i]) / sensor_types()[i].noise;
    if (moved > 5) rises.insert(static_cast<SensorIndex>(i));
    if (moved < -5) falls.insert(static_cast<SensorIndex>(i));
  }
  EXPECT_EQ(rises, expected.rises);
  EXPECT_EQ(falls, expected.falls);
}

INSTANTIATE_TEST_SUITE_P(
    All, FailureModeSignature,
    testing::Values(ModeCase{FailureMode::kBearing,
                             {kBearingTemperature, kWindingTemperature, kVibrationX, kVibrationY,
                              kMotorCurrent},
                             {kOilPressure}},
                    ModeCase{FailureMode::kFouling,
                             {kDischargePressure, kMotorCurrent, kDischargeTemperature,
                              kWindingTemperature, kVibrationX, kVibrationY},
                             {kFlow, kSuctionPressure}},
                    ModeCase{FailureMode::kSealLeak,
                             {kSealLeakage, kDischargeTemperature},
                             {kFlow, kDischargePressure, kMotorCurrent}},
                    ModeCase{
                        FailureMode::kWinding, {kWindingTemperature, kMotorCurrent}, {kSpeed}}));

TEST(Machine, LoadMovesEveryHydraulicAndElectricSensor) {
  const SensorValues idle = mean_readings({0.35, 0.02, 1}, FailureMode::kBearing);
  const SensorValues peak = mean_readings({1.0, 0.02, 1}, FailureMode::kBearing);
  for (const SensorIndex sensor : {kSpeed, kFlow, kDischargePressure, kMotorCurrent,
                                   kWindingTemperature, kBearingTemperature, kVibrationX}) {
    EXPECT_GT(peak[sensor], idle[sensor] * 1.05) << sensor_types()[sensor].name;
  }
}

TEST(Machine, AfternoonIsWarmerThanMidnight) {
  const LifeRow row{0.8, 0.02, 1};
  const double noon = mean_readings(row, FailureMode::kBearing)[kAmbientTemperature];
  const double midnight =
      mean_readings(row, FailureMode::kBearing, 1, std::chrono::hours(0))[kAmbientTemperature];
  const double evening =
      mean_readings(row, FailureMode::kBearing, 1, std::chrono::hours(18))[kAmbientTemperature];
  EXPECT_NEAR(noon - midnight, 10, 0.5);
  EXPECT_NEAR(noon - evening, 5, 0.5);
}

TEST(Machine, SensorsOfOneCauseVaryTogether) {
  Machine machine(1, sys::SeededRandom(4));
  constexpr int kRows = 2000;
  std::array<double, 2> mean{};
  std::array<double, 2> variance{};
  double covariance = 0;
  for (int i = 0; i < kRows; ++i) {
    const SensorValues values = machine.step({0.8, 0.6, 1}, FailureMode::kBearing, kNoon);
    const std::array<double, 2> pair = {values[kVibrationX] - 5, values[kVibrationY] - 4};
    for (std::size_t k = 0; k < 2; ++k) mean[k] += pair[k] / kRows;
    for (std::size_t k = 0; k < 2; ++k) variance[k] += pair[k] * pair[k] / kRows;
    covariance += pair[0] * pair[1] / kRows;
  }
  covariance -= mean[0] * mean[1];
  for (std::size_t k = 0; k < 2; ++k) variance[k] -= mean[k] * mean[k];
  EXPECT_GT(covariance / std::sqrt(variance[0] * variance[1]), 0.7);
}

TEST(Machine, MachinesDifferAndNoiseCanBeSwitchedOff) {
  Machine one(0, sys::SeededRandom(1));
  Machine other(0, sys::SeededRandom(2));
  const LifeRow row{0.8, 0.1, 0};
  const SensorValues first = one.step(row, FailureMode::kBearing, kNoon);
  EXPECT_NE(first[kFlow], other.step(row, FailureMode::kBearing, kNoon)[kFlow]);
  EXPECT_EQ(first[kFlow], one.step(row, FailureMode::kBearing, kNoon)[kFlow]);
  EXPECT_EQ(first[kLoad], 80);
}

TEST(Machine, TemperatureFollowsALoadChangeSlowlyAndARestartBeginsAtRest) {
  Machine machine(0, sys::SeededRandom(1));
  const auto warmth = [&](double load) {
    const SensorValues values = machine.step({load, 0.02, 1}, FailureMode::kBearing, kNoon);
    return values[kWindingTemperature] - values[kAmbientTemperature];
  };
  const double idle = warmth(0.4);
  const double after_one = warmth(1.0);
  double later = 0;
  for (int i = 0; i < 20; ++i) later = warmth(1.0);
  EXPECT_GT(after_one, idle + 1);
  EXPECT_GT(later, after_one + 1);
  machine.restart();
  EXPECT_NEAR(warmth(0.4), idle, 1);
}

}  // namespace
}  // namespace skerry::plant
