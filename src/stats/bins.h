// SPDX-License-Identifier: Apache-2.0
//
// Equal-frequency bins of a reference series, so that drift of a later window can be measured
// against it. Threads: pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "stats/detector_reference.h"

namespace skerry::stats {

// Edges that split ascending `sorted` into at most `bins` groups: a value below the first edge is
// in group 0, from edge i on in group i + 1. Equal values stay together and every group holds at
// least floor(size / bins) values, so ties give fewer groups, never an empty one.
std::vector<double> equal_frequency_edges(std::span<const double> sorted, std::size_t bins);

// Reference bins of one series; NaN counts as missing.
// Errors: kInvalidArgument for an infinite value or a series without any value.
Result<Bins> fit_bins(std::string name, std::span<const double> values, std::size_t bins = 10);

// The group of `value` (not NaN), 0 to edges.size().
std::size_t bin_of(std::span<const double> edges, double value);

}  // namespace skerry::stats
