// SPDX-License-Identifier: Apache-2.0
//
// Faults of sensors, as opposed to faults of the machine.
// Threads: single-thread; the Simulator owns it.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "plant/options.h"
#include "plant/sensor.h"
#include "sys/random.h"

namespace skerry::plant {

enum class FaultKind { kStuck, kGap, kSpike, kUnitChange };

// "stuck", "gap", "spike", "unit_change".
std::string_view fault_kind_name(FaultKind kind);

// A fault that shows in a row.
struct SensorFault {
  SensorIndex sensor = kLoad;
  FaultKind kind = FaultKind::kStuck;
};

class FaultInjector {
 public:
  FaultInjector(FaultRates rates, sys::SeededRandom random) : rates_(rates), random_(random) {}

  // Ends every fault: maintenance looks after the sensors too.
  void repair();

  // Changes the readings of one row as the faults of its sensors do (NaN = nothing sent) and
  // returns the faults that show.
  std::vector<SensorFault> apply(SensorValues& values);

 private:
  struct Condition {
    std::optional<FaultKind> fault;
    int rows_left = 0;  // 0 = until the repair.
    double last = 0;    // The latest value before a fault, repeated by a stuck sensor.
    bool has_last = false;
  };

  void begin(Condition& condition, const SensorType& type);
  double distort(const Condition& condition, const SensorType& type, double value);

  const FaultRates rates_;
  sys::SeededRandom random_;
  std::array<Condition, kSensorCount> conditions_{};
};

}  // namespace skerry::plant
