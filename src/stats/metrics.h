// SPDX-License-Identifier: Apache-2.0
//
// Model metrics (step 1, and the gates of step 7). Every function takes truth and prediction of the
// same length and returns an error where the figure would not be a finite number. Threads: pure
// functions. Source: S-score of Saxena et al., PHM 2008; average precision and midrank AUC as
// scikit-learn has them.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"

namespace skerry::stats {

// Keys under which runs and gates name the metrics.
inline constexpr std::string_view kRmse = "rmse";
// The same figure as kRmse, against targets before a cap was applied.
inline constexpr std::string_view kRmseUncapped = "rmse_uncapped";
inline constexpr std::string_view kMae = "mae";
inline constexpr std::string_view kNasaScore = "nasa_score";
inline constexpr std::string_view kAuc = "auc";
inline constexpr std::string_view kAp = "ap";
inline constexpr std::string_view kF1 = "f1";

using Series = std::span<const double>;

// All of them: kInvalidArgument for no rows, different lengths, a number that is not finite or a
// result too large for a double.

// Root mean squared error.
Result<double> rmse(Series truth, Series prediction);

// Mean absolute error.
Result<double> mae(Series truth, Series prediction);

// Sum over rows with d = prediction - truth of e^(-d/13) - 1 for d < 0, else e^(d/10) - 1: a
// failure seen too late costs more than one seen too early. Units: d in cycles.
Result<double> nasa_score(Series truth, Series prediction);

// The three below take truth 0 or 1 and a score in `prediction`; kInvalidArgument for any other
// truth and where only one class is present.

// Area under the ROC curve; equal scores share their mean rank.
Result<double> auc(Series truth, Series prediction);

// Sum of (recall step x precision) over falling thresholds; equal scores form one step.
Result<double> ap(Series truth, Series prediction);

// Harmonic mean of precision and recall where a score >= 0.5 counts as positive; 0 without a hit.
Result<double> f1(Series truth, Series prediction);

// The metric by its key. Errors: as above; kInvalidArgument for an unknown key.
Result<double> metric(std::string_view key, Series truth, Series prediction);

}  // namespace skerry::stats
