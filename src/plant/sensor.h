// SPDX-License-Identifier: Apache-2.0
//
// The sensors of a machine: names, units, noise.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::plant {

enum SensorIndex : std::size_t {
  kLoad,
  kAmbientTemperature,
  kSpeed,
  kFlow,
  kSuctionPressure,
  kDischargePressure,
  kDischargeTemperature,
  kBearingTemperature,
  kWindingTemperature,
  kVibrationX,
  kVibrationY,
  kMotorCurrent,
  kOilPressure,
  kSealLeakage,
  kSensorCount,
};

struct SensorType {
  std::string_view name;
  std::string_view unit;
  double noise;           // Standard deviation, in the unit.
  double steps_per_unit;  // Resolution: a reading is a whole number of steps.
  // What a wrongly configured transmitter sends: value * factor + offset; factor 0 = has no other
  // unit.
  std::string_view other_unit;
  double other_factor;
  double other_offset;
};

using SensorValues = std::array<double, kSensorCount>;

const std::array<SensorType, kSensorCount>& sensor_types();

// `value` as a whole number of steps.
double at_resolution(const SensorType& type, double value);

// All names, in the order of SensorIndex.
std::vector<std::string> sensor_names();

}  // namespace skerry::plant
