// SPDX-License-Identifier: Apache-2.0
//
// What a simulated plant consists of: pump sets that wear, fail, are repaired and wear again, seen
// through sensors that fail too. For demonstrations and tests of the whole loop. Threads: values.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sys/clock.h"

namespace skerry::plant {

enum class FailureMode {
  kBearing,   // Hot, shaking bearing; oil pressure falls.
  kFouling,   // Flow and suction pressure fall, current rises.
  kSealLeak,  // Leakage rises, discharge pressure falls.
  kWinding,   // Hot winding, high current. Not enabled at first: the failure nobody has seen yet.
};

// "bearing", "fouling", "seal_leak", "winding".
std::string_view failure_mode_name(FailureMode mode);
// Errors: kInvalidArgument with the nearest name.
Result<FailureMode> failure_mode_from_name(std::string_view name);

// Probability for each sensor and row that a fault of the kind begins while there is none.
struct FaultRates {
  double stuck = 0.0002;         // Repeats its last value for 10 to 40 rows.
  double gap = 0.0005;           // Sends nothing for 1 to 12 rows.
  double spike = 0.0005;         // One value far outside.
  double unit_change = 0.00002;  // Sends another unit (F for C, psi for bar, ...) until the repair.
};

struct Options {
  std::uint64_t seed = 1;
  int assets = 10;          // 1 to 10,000: machine-1, machine-2, ...
  int lives = 1;            // Lives of each machine until the plant ends; 0 = no limit.
  int life_rows_min = 120;  // Rows from start to failure, 20 to 10,000.
  int life_rows_max = 350;
  double noise = 1;  // Factor on all sensor noise, 0 to 100.
  std::chrono::milliseconds interval =
      std::chrono::hours(1);  // Between rows of a machine; up to 30 days.
  // Of the plant's first rows; 1970 to 2199.
  sys::Time start{std::chrono::sys_days{std::chrono::year(2026) / 1 / 1}};
  std::string source = "plant";
  std::vector<FailureMode> modes_enabled = {FailureMode::kBearing, FailureMode::kFouling,
                                            FailureMode::kSealLeak};
  FaultRates faults;
};

// Errors: kInvalidArgument naming the option that is out of range.
Status check(const Options& options);

}  // namespace skerry::plant
