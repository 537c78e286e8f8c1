// SPDX-License-Identifier: Apache-2.0
//
// One life of a machine, decided when it begins: how it is operated, what breaks, and how wear
// grows to the failure. So the remaining life is known at each row. Threads: a value.
#pragma once

#include <vector>

#include "plant/options.h"
#include "sys/random.h"

namespace skerry::plant {

struct LifeRow {
  double load = 0;  // Of the nominal load, about 0.3 to 1.
  double wear = 0;  // Grows from a few percent to exactly 1 in the last row.
  int grade = 0;    // Of what is pumped: 0 light, 1 medium, 2 heavy.
};

struct Life {
  FailureMode mode = FailureMode::kBearing;
  std::vector<LifeRow> rows;
};

// `repaired`: a repair leaves more wear than a new machine has.
Life plan_life(const Options& options, bool repaired, sys::SeededRandom& random);

}  // namespace skerry::plant
