// SPDX-License-Identifier: Apache-2.0
//
// Prediction intervals without a distribution: split conformal by prediction level, residuals
// cross-fitted by entity. Source: Vovk, Gammerman, Shafer 2005; Mondrian categories over the prediction.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "data/json.h"

namespace skerry::stats {

struct ConformalTable {
  double coverage = 0.9;
  // Bucket i holds predictions below upper[i]; the last bucket has no bound.
  std::vector<double> upper;
  std::vector<double> lower_quantile;  // Of (truth - prediction); one more than `upper`.
  std::vector<double> upper_quantile;
};

struct Interval {
  double low = 0;
  double high = 0;
};

// Errors: kInvalidArgument when sizes differ or fewer than 100 rows.
Result<ConformalTable> fit_conformal(const std::vector<double>& truth,
                                     const std::vector<double>& cross_fitted_prediction,
                                     double coverage = 0.9);
Interval interval(const ConformalTable& table, double prediction);

json::Object to_json(const ConformalTable& table);
Result<ConformalTable> conformal_table_from_json(const json::Value& value);

}  // namespace skerry::stats
