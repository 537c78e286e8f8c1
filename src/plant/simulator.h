// SPDX-License-Identifier: Apache-2.0
//
// A plant of simulated machines, read row by row: what the machines send, in order of time, and the
// truth behind it. The same options give the same readings on every machine. Threads:
// single-thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/observation.h"
#include "plant/fault.h"
#include "plant/life.h"
#include "plant/machine.h"
#include "plant/options.h"

namespace skerry::plant {

// What nobody at the plant knows while it happens.
struct Truth {
  std::int64_t row = 0;                      // Of this life, from 1.
  std::int64_t rows_remaining = 0;           // 0 in the row of the failure, the last of a life.
  double health = 1;                         // 1 minus wear; 0 at the failure.
  FailureMode mode = FailureMode::kBearing;  // What this life ends with.
  std::vector<SensorFault> faults;           // Sensors that misread this row.
};

struct Reading {
  // Asset "machine-<n>", lives from 1, id "<life>-<row>", values by sensor name (a gap is absent),
  // and the category "grade" ("L", "M" or "H").
  Observation observation;
  Truth truth;
};

class Simulator {
 public:
  // Errors: kInvalidArgument as check(options).
  static Result<std::unique_ptr<Simulator>> open(const Options& options);

  // The next reading; times never go back. Empty once every machine has lived its lives, and
  // after the year 2199.
  std::optional<Reading> next();

 private:
  struct Asset {
    Asset(const Options& options, int number, sys::SeededRandom seeds);

    std::string name;
    sys::SeededRandom fate;  // Lives and repairs.
    Machine machine;
    FaultInjector faults;
    Life life;
    std::int64_t life_number = 1;
    std::size_t row = 0;
    sys::Time time;  // Of the next row.
  };

  // The asset with the earliest next row comes first, by number among equals.
  struct Turn {
    sys::Time time;
    std::size_t asset;
    bool operator>(const Turn& other) const {
      return time != other.time ? time > other.time : asset > other.asset;
    }
  };

  explicit Simulator(const Options& options);
  Reading read(Asset& asset);
  // False when the asset has lived its lives.
  bool move_on(Asset& asset);

  const Options options_;
  std::vector<Asset> assets_;
  std::priority_queue<Turn, std::vector<Turn>, std::greater<>> turns_;
};

}  // namespace skerry::plant
