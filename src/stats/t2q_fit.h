// SPDX-License-Identifier: Apache-2.0
//
// Fits the T2/Q monitor on healthy rows of raw sensors (step 1). Its limits are order statistics of
// rows that the fit did not see: each life is scored by a model of the other lives. Threads: pure
// functions. Source: Lowry et al. 1992 (multivariate EWMA), Jackson and Mudholkar 1979 (Q), Vovk et
// al. 2005 (conformal order statistic).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "stats/detector_reference.h"

namespace skerry::stats {

struct T2QOptions {
  double alpha = 0.005;  // Share of calibration rows above a limit, before the margin.
  double margin = 1.5;   // Factor on both limits: an EWMA makes neighbouring rows dependent.
  double ridge = 0.05;   // Added to the diagonal of the covariance.
  double variance_share = 0.95;  // Explained by the components that Q takes away.
  std::size_t folds_max = 10;
  std::size_t rows_max = 4u << 20;
};

// Healthy rows of one life, oldest first, row-major with one number for each channel; NaN =
// missing.
using Life = std::vector<double>;

// Channels with zero MAD or without a value are left out, then rows with a missing channel.
// Errors: kInvalidArgument for an infinite value or a life whose length is no multiple of the
// channels; kFailedPrecondition, naming the reason, where the data allow no monitor: fewer than two
// channels that vary or more than 64, fewer than two lives, fewer rows than the order statistic
// needs (199).
Result<T2Q> fit_t2q(const std::vector<std::string>& channels, const std::vector<Life>& lives,
                    const T2QOptions& options = {});

}  // namespace skerry::stats
