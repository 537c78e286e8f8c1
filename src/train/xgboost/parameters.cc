// SPDX-License-Identifier: Apache-2.0
#include "train/xgboost/parameters.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/limits.h"
#include "data/number.h"

namespace skerry::train::xgboost {
namespace {

constexpr int kDepthMax = 64;  // A full tree of this depth fits nowhere; deeper is a mistake.
constexpr int kRoundsMax = 100000;
constexpr int kThreadsMax = 1024;
constexpr double kWeightMax = 1e9;
constexpr double kLabelMax = 1e15;  // Its square still leaves room in a float's exponent.

// A number in (low, high], or [low, high] with `closed`.
Status check_range(std::string_view name, double value, double low, double high, bool closed) {
  if ((value > low || (closed && value == low)) && value <= high) return ok_status();
  return invalid_argument("parameter \"" + std::string(name) + "\" is not " +
                          (closed ? "from " : "above ") + format_number(low) +
                          (closed ? " to " : " and up to ") + format_number(high));
}

bool is_classifier(const std::string& objective) { return objective == "binary:logistic"; }

std::string place(std::string_view what, std::size_t row) {
  return std::string(what) + " row " + std::to_string(row);
}

}  // namespace

Status check_parameters(const LearnerParameters& parameters) {
  if (parameters.objective != "reg:squarederror" && !is_classifier(parameters.objective)) {
    return invalid_argument("objective \"" + parameters.objective +
                            "\" is neither reg:squarederror nor binary:logistic");
  }
  TRY(check_range("eta", parameters.eta, 0, 1, false));
  TRY(check_range("max_depth", parameters.max_depth, 1, kDepthMax, true));
  TRY(check_range("subsample", parameters.subsample, 0, 1, false));
  TRY(check_range("colsample_bytree", parameters.colsample_bytree, 0, 1, false));
  TRY(check_range("min_child_weight", parameters.min_child_weight, 0, kWeightMax, true));
  TRY(check_range("lambda", parameters.lambda, 0, kWeightMax, true));
  TRY(check_range("scale_pos_weight", parameters.scale_pos_weight, 0, kWeightMax, false));
  TRY(check_range("rounds", parameters.rounds, 1, kRoundsMax, true));
  TRY(check_range("early_stopping_rounds", parameters.early_stopping_rounds, 0, kRoundsMax, true));
  TRY(check_range("threads", parameters.threads, 0, kThreadsMax, true));
  return check_range("seed", static_cast<double>(parameters.seed), 0,
                     std::numeric_limits<std::int32_t>::max(), true);
}

Status check_rows(const Matrix& rows, std::string_view what, const std::string& objective) {
  if (rows.rows() == 0) return invalid_argument(std::string(what) + ": no rows");
  if (rows.columns == 0 || rows.columns > limits::kFeaturesMax ||
      rows.values.size() / rows.columns != rows.rows() || rows.values.size() % rows.columns != 0) {
    return invalid_argument(std::string(what) + ": " + std::to_string(rows.values.size()) +
                            " values for " + std::to_string(rows.rows()) + " rows of " +
                            std::to_string(rows.columns) + " columns");
  }
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const float label = rows.labels[row];
    if (!(std::abs(label) <= kLabelMax)) {
      return invalid_argument(place(what, row) + ": the label is not a finite number up to 1e15");
    }
    if (is_classifier(objective) && label != 0 && label != 1) {
      return invalid_argument(place(what, row) + ": the label is neither 0 nor 1");
    }
  }
  for (std::size_t i = 0; i < rows.values.size(); ++i) {
    if (!std::isinf(rows.values[i])) continue;
    return invalid_argument(place(what, i / rows.columns) + ", column " +
                            std::to_string(i % rows.columns) + ": the value is infinite");
  }
  return ok_status();
}

Status check_classes(const Matrix& rows, const std::string& objective) {
  if (!is_classifier(objective)) return ok_status();
  const auto [low, high] = std::minmax_element(rows.labels.begin(), rows.labels.end());
  if (*low != *high) return ok_status();
  return invalid_argument("train: every label is " + format_number(*low) + ", one class only");
}

std::vector<std::pair<std::string, std::string>> library_parameters(
    const LearnerParameters& parameters) {
  return {
      {"booster", "gbtree"},
      {"tree_method", "hist"},
      {"objective", parameters.objective},
      {"eval_metric", is_classifier(parameters.objective) ? "logloss" : "rmse"},
      {"eta", format_number(parameters.eta)},
      {"max_depth", std::to_string(parameters.max_depth)},
      {"subsample", format_number(parameters.subsample)},
      {"colsample_bytree", format_number(parameters.colsample_bytree)},
      {"min_child_weight", format_number(parameters.min_child_weight)},
      {"lambda", format_number(parameters.lambda)},
      {"scale_pos_weight", format_number(parameters.scale_pos_weight)},
      {"seed", std::to_string(parameters.seed)},
      {"nthread", std::to_string(parameters.threads)},
      {"verbosity", "1"},
  };
}

}  // namespace skerry::train::xgboost
