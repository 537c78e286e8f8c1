// SPDX-License-Identifier: Apache-2.0
#include "plant/sensor.h"

#include <cmath>

namespace skerry::plant {

const std::array<SensorType, kSensorCount>& sensor_types() {
  static constexpr std::array<SensorType, kSensorCount> types = {{
      {"load", "%", 0.4, 100, "", 0, 0},
      {"ambient_temperature", "C", 0.2, 100, "F", 1.8, 32},
      {"speed", "rpm", 2.0, 10, "", 0, 0},
      {"flow", "m3/h", 0.9, 100, "gpm", 4.402868, 0},
      {"suction_pressure", "bar", 0.015, 1000, "psi", 14.503774, 0},
      {"discharge_pressure", "bar", 0.04, 1000, "psi", 14.503774, 0},
      {"discharge_temperature", "C", 0.3, 100, "F", 1.8, 32},
      {"bearing_temperature", "C", 0.5, 100, "F", 1.8, 32},
      {"winding_temperature", "C", 0.6, 100, "F", 1.8, 32},
      {"vibration_x", "mm/s", 0.08, 1000, "in/s", 0.03937, 0},
      {"vibration_y", "mm/s", 0.08, 1000, "in/s", 0.03937, 0},
      {"motor_current", "A", 0.5, 100, "", 0, 0},
      {"oil_pressure", "bar", 0.03, 1000, "psi", 14.503774, 0},
      {"seal_leakage", "l/h", 0.06, 1000, "gal/h", 0.264172, 0},
  }};
  return types;
}

double at_resolution(const SensorType& type, double value) {
  return std::floor(value * type.steps_per_unit + 0.5) / type.steps_per_unit;
}

std::vector<std::string> sensor_names() {
  std::vector<std::string> names;
  for (const SensorType& type : sensor_types()) names.emplace_back(type.name);
  return names;
}

}  // namespace skerry::plant
