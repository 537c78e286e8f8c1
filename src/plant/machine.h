// SPDX-License-Identifier: Apache-2.0
//
// What the sensors of one machine would read without faults: a motor-driven pump whose
// temperatures, pressures, flow, current and vibration follow from load, medium, ambient
// temperature and wear. Threads: single-thread; the Simulator owns it.
#pragma once

#include <chrono>

#include "plant/life.h"
#include "plant/sensor.h"
#include "sys/random.h"

namespace skerry::plant {

class Machine {
 public:
  // Draws what makes this machine differ from the others: offsets and gains of a percent or so.
  Machine(double noise, sys::SeededRandom random);

  // A repair: the machine is cold and starts afresh.
  void restart();

  // The readings of the next row; `time_of_day` drives the ambient temperature.
  SensorValues step(const LifeRow& row, FailureMode mode, std::chrono::milliseconds time_of_day);

 private:
  SensorValues ideal(const LifeRow& row, FailureMode mode, double ambient);
  void add_noise(SensorValues& values, const LifeRow& row, FailureMode mode);

  const double noise_;
  sys::SeededRandom random_;
  SensorValues gain_{};

  // Slow states, carried from row to row.
  double weather_ = 0;    // Ambient temperature beside the daily course.
  double hydraulic_ = 0;  // A disturbance that pressures, flow and current share.
  double bearing_warmth_ = 0;
  double winding_warmth_ = 0;
  bool cold_ = true;
};

}  // namespace skerry::plant
