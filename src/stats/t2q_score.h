// SPDX-License-Identifier: Apache-2.0
//
// One step of the T2/Q monitor. Fitting calibrates with this code, so that a limit means the same
// number when a row is scored at the edge (step 4). Threads: a T2QState belongs to one life of one
// asset and is single-thread.
#pragma once

#include <span>
#include <vector>

#include "stats/detector_reference.h"

namespace skerry::stats {

// The EWMA of a life; empty before its first row.
struct T2QState {
  std::vector<double> ewma;
};

struct T2QScore {
  double t2 = 0;
  double q = 0;
};

// `row` holds one finite number for each of t2q.channels, in that order.
T2QScore advance(const T2Q& t2q, T2QState& state, std::span<const double> row);

}  // namespace skerry::stats
