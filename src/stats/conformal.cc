// SPDX-License-Identifier: Apache-2.0
#include "stats/conformal.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <string_view>
#include <utility>

#include "stats/bins.h"

namespace skerry::stats {
namespace {

constexpr std::size_t kRowsMin = 100;
constexpr std::size_t kBucketRowsMin = 200;  // Fewer make the quantiles of a bucket jump.
constexpr std::size_t kBucketsMax = 10;
constexpr std::size_t kBucketsReadMax = 1000;

// Rows without which an order statistic of one tail would be infinite: (n + 1)(1 - coverage) / 2
// >= 1.
double rows_for(double coverage) { return std::ceil(2 / (1 - coverage) - 1 - 1e-9); }

Status check_fit(const std::vector<double>& truth, const std::vector<double>& prediction,
                 double coverage) {
  if (!(coverage > 0 && coverage < 1)) return invalid_argument("coverage is not between 0 and 1");
  if (truth.size() != prediction.size()) {
    return invalid_argument("truth and prediction differ in length");
  }
  const double needed = std::max(static_cast<double>(kRowsMin), rows_for(coverage));
  if (static_cast<double>(truth.size()) < needed) {
    return invalid_argument("a conformal table needs " + std::to_string(std::llround(needed)) +
                            " rows, has " + std::to_string(truth.size()));
  }
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (!std::isfinite(truth[i]) || !std::isfinite(prediction[i])) {
      return invalid_argument("row " + std::to_string(i) + " is not finite");
    }
  }
  return ok_status();
}

std::size_t bucket_count(std::size_t rows, double coverage) {
  const auto least = std::max(kBucketRowsMin, static_cast<std::size_t>(rows_for(coverage)));
  return std::clamp<std::size_t>(rows / least, 1, kBucketsMax);
}

// Order statistics whose band holds a new residual with at least `coverage`, half of the rest above
// and half below.
void add_quantiles(ConformalTable& table, std::vector<double> residuals) {
  std::sort(residuals.begin(), residuals.end());
  const double tail = static_cast<double>(residuals.size() + 1) * (1 - table.coverage) / 2;
  const auto cut = static_cast<std::size_t>(std::floor(tail + 1e-9));
  table.lower_quantile.push_back(residuals[cut - 1]);
  table.upper_quantile.push_back(residuals[residuals.size() - cut]);
}

Status check_table(const ConformalTable& table) {
  if (!(table.coverage > 0 && table.coverage < 1)) {
    return invalid_argument("field \"coverage\" is not between 0 and 1");
  }
  const std::size_t buckets = table.upper.size() + 1;
  if (buckets > kBucketsReadMax) return invalid_argument("field \"upper\" has too many numbers");
  if (table.lower_quantile.size() != buckets || table.upper_quantile.size() != buckets) {
    return invalid_argument("each quantile list needs one number more than \"upper\"");
  }
  if (std::adjacent_find(table.upper.begin(), table.upper.end(), std::greater_equal<>()) !=
      table.upper.end()) {
    return invalid_argument("field \"upper\" does not ascend");
  }
  for (std::size_t i = 0; i < buckets; ++i) {
    const bool finite = std::isfinite(table.lower_quantile[i]) &&
                        std::isfinite(table.upper_quantile[i]) &&
                        (i + 1 == buckets || std::isfinite(table.upper[i]));
    if (!finite || table.lower_quantile[i] > table.upper_quantile[i]) {
      return invalid_argument("the quantiles of bucket " + std::to_string(i) + " are no interval");
    }
  }
  return ok_status();
}

}  // namespace

Result<ConformalTable> fit_conformal(const std::vector<double>& truth,
                                     const std::vector<double>& cross_fitted_prediction,
                                     double coverage) {
  TRY(check_fit(truth, cross_fitted_prediction, coverage));
  ConformalTable table;
  table.coverage = coverage;
  std::vector<double> sorted = cross_fitted_prediction;
  std::sort(sorted.begin(), sorted.end());
  table.upper = equal_frequency_edges(sorted, bucket_count(sorted.size(), coverage));

  std::vector<std::vector<double>> residuals(table.upper.size() + 1);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    residuals[bin_of(table.upper, cross_fitted_prediction[i])].push_back(
        truth[i] - cross_fitted_prediction[i]);
  }
  for (std::vector<double>& bucket : residuals) add_quantiles(table, std::move(bucket));
  return table;
}

Interval interval(const ConformalTable& table, double prediction) {
  const std::size_t bucket = bin_of(table.upper, prediction);
  // A biased bucket may lie to one side of its predictions. An interval without the prediction in
  // it reads as a mistake, and widening it never lowers the coverage.
  return {prediction + std::min(table.lower_quantile[bucket], 0.0),
          prediction + std::max(table.upper_quantile[bucket], 0.0)};
}

json::Object to_json(const ConformalTable& table) {
  return {{"coverage", table.coverage},
          {"upper", json::from_numbers(table.upper)},
          {"lower_quantile", json::from_numbers(table.lower_quantile)},
          {"upper_quantile", json::from_numbers(table.upper_quantile)}};
}

Result<ConformalTable> conformal_table_from_json(const json::Value& value) {
  const json::Object& object = *TRY(json::as_object(value, "conformal table"));
  TRY(json::check_keys(object, {"coverage", "upper", "lower_quantile", "upper_quantile"},
                       "conformal table"));
  ConformalTable table;
  table.coverage = TRY(json::get_number(object, "coverage"));
  table.upper = TRY(json::get_numbers(object, "upper"));
  table.lower_quantile = TRY(json::get_numbers(object, "lower_quantile"));
  table.upper_quantile = TRY(json::get_numbers(object, "upper_quantile"));
  TRY(check_table(table));
  return table;
}

}  // namespace skerry::stats
