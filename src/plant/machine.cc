// SPDX-License-Identifier: Apache-2.0
#include "plant/machine.h"

#include <algorithm>

#include "plant/draw.h"

namespace skerry::plant {
namespace {

constexpr double kThermalShare =
    0.45;  // Of the way to its final temperature that a part goes in a row.

// Share of the failure's full effect; 0 for every other mode.
double effect(FailureMode of, FailureMode mode, const LifeRow& row) {
  return of == mode ? row.wear : 0;
}

// -1 at midnight, 1 at noon, two parabolas in between: a day without the sine of the library.
double course_of_day(std::chrono::milliseconds time_of_day) {
  constexpr double kDay = 86'400'000;
  const double phase = static_cast<double>(time_of_day.count()) / kDay * 4;  // 0 to 4, noon at 2.
  const double from_six = phase - 1;
  if (from_six >= 0 && from_six <= 2) return 1 - (from_six - 1) * (from_six - 1);
  const double from_midnight = phase < 1 ? phase : phase - 4;
  return from_midnight * from_midnight - 1;
}

}  // namespace

Machine::Machine(double noise, sys::SeededRandom random) : noise_(noise), random_(random) {
  for (double& gain : gain_) gain = 1 + 0.008 * bell(random_);
  // What the controller sets and the weather are measured alike everywhere.
  gain_[kLoad] = 1;
  gain_[kAmbientTemperature] = 1;
}

void Machine::restart() { cold_ = true; }

SensorValues Machine::step(const LifeRow& row, FailureMode mode,
                           std::chrono::milliseconds time_of_day) {
  weather_ = 0.97 * weather_ + 0.6 * bell(random_);
  hydraulic_ = 0.5 * hydraulic_ + bell(random_);
  const double ambient = 21 + 5 * course_of_day(time_of_day) + weather_;
  SensorValues values = ideal(row, mode, ambient);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] *= gain_[i];
  add_noise(values, row, mode);
  return values;
}

SensorValues Machine::ideal(const LifeRow& row, FailureMode mode, double ambient) {
  const double bearing = effect(FailureMode::kBearing, mode, row);
  const double fouling = effect(FailureMode::kFouling, mode, row);
  const double leak = effect(FailureMode::kSealLeak, mode, row);
  const double winding = effect(FailureMode::kWinding, mode, row);
  const double viscosity = 0.5 * row.grade;  // 0 light to 1 heavy.

  SensorValues values{};
  values[kLoad] = 100 * row.load;
  values[kAmbientTemperature] = ambient;
  values[kSpeed] = 900 + 600 * row.load - 15 * row.load * (1 + winding) - 6 * viscosity;
  const double speed = values[kSpeed] / 1500;
  values[kFlow] = 120 * speed * (1 - 0.08 * viscosity) * (1 - 0.3 * fouling) * (1 - 0.08 * leak);
  values[kSuctionPressure] = 2.2 - 0.4 * values[kFlow] / 120 - 0.35 * fouling;
  values[kDischargePressure] =
      8 * speed * speed * (1 + 0.05 * viscosity) * (1 - 0.15 * leak) * (1 + 0.05 * fouling);
  values[kMotorCurrent] = 18 + 62 * row.load * (1 + 0.1 * viscosity) + 7 * bearing + 9 * fouling -
                          3 * leak + 14 * winding;
  values[kDischargeTemperature] =
      28 + 0.35 * ambient + 7 * row.load + 2 * viscosity + 8 * fouling + 2 * leak;
  values[kSealLeakage] = 0.4 + 0.08 * values[kDischargePressure] + 5 * leak + 0.3 * bearing;
  values[kVibrationX] = 1.1 + 0.9 * speed + 4.5 * bearing + 0.9 * fouling + 0.4 * leak;
  values[kVibrationY] = 0.9 + 0.8 * speed + 3.4 * bearing + 1.3 * fouling + 0.4 * leak;

  const double current = values[kMotorCurrent] / 80;
  const double bearing_end = 14 + 20 * speed + 30 * bearing;
  const double winding_end = 18 + 38 * current * current + 34 * winding;
  const double share = cold_ ? 1 : kThermalShare;
  cold_ = false;
  bearing_warmth_ += share * (bearing_end - bearing_warmth_);
  winding_warmth_ += share * (winding_end - winding_warmth_);
  values[kBearingTemperature] = ambient + bearing_warmth_;
  values[kWindingTemperature] = ambient + winding_warmth_;
  values[kOilPressure] = 3.9 - 0.012 * values[kBearingTemperature] - 0.8 * bearing;
  return values;
}

void Machine::add_noise(SensorValues& values, const LifeRow& row, FailureMode mode) {
  values[kFlow] += noise_ * 0.8 * hydraulic_;
  values[kDischargePressure] += noise_ * 0.05 * hydraulic_;
  values[kSuctionPressure] -= noise_ * 0.01 * hydraulic_;
  values[kMotorCurrent] += noise_ * 0.3 * hydraulic_;
  // A worn bearing shakes more unevenly, in both directions at once.
  const double shaking = noise_ * (0.06 + 0.5 * effect(FailureMode::kBearing, mode, row));
  const double shared = shaking * bell(random_);
  values[kVibrationX] += shared;
  values[kVibrationY] += 0.7 * shared;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const SensorType& type = sensor_types()[i];
    values[i] = at_resolution(type, values[i] + noise_ * type.noise * bell(random_));
  }
  // These cannot be negative.
  values[kVibrationX] = std::max(values[kVibrationX], 0.0);
  values[kVibrationY] = std::max(values[kVibrationY], 0.0);
  values[kSealLeakage] = std::max(values[kSealLeakage], 0.0);
}

}  // namespace skerry::plant
