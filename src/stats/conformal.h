// SPDX-License-Identifier: Apache-2.0
//
// Prediction intervals without a distribution: split conformal by prediction level, residuals
// cross-fitted by entity.
// Format: docs/formats/detector-reference.md.
// Source: Vovk, Gammerman, Shafer 2005; Mondrian categories over the prediction.
// Threads: values and pure functions.
#pragma once

#include <vector>

#include "base/result.h"
#include "data/json.h"

namespace skerry::stats {

struct ConformalTable {
  double coverage = 0.9;
  // Bucket i holds predictions below upper[i] (ascending); the last bucket has no bound.
  std::vector<double> upper;
  std::vector<double> lower_quantile;  // Of (truth - prediction); one more than `upper`.
  std::vector<double> upper_quantile;
};

struct Interval {
  double low = 0;
  double high = 0;
};

// Up to ten buckets of at least 200 rows; equal predictions share a bucket.
// Errors: kInvalidArgument when sizes differ, a number is not finite, coverage is outside (0, 1),
// or there are fewer rows than 100 or than the tails need (2 / (1 - coverage) - 1).
Result<ConformalTable> fit_conformal(const std::vector<double>& truth,
                                     const std::vector<double>& cross_fitted_prediction,
                                     double coverage = 0.9);

// The band around a finite prediction, which it always contains. `table` comes from fit_conformal
// or conformal_table_from_json.
Interval interval(const ConformalTable& table, double prediction);

json::Object to_json(const ConformalTable& table);

// Errors: kInvalidArgument naming what is missing, of a wrong length, or no interval.
Result<ConformalTable> conformal_table_from_json(const json::Value& value);

}  // namespace skerry::stats
