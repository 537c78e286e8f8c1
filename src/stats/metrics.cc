// SPDX-License-Identifier: Apache-2.0
#include "stats/metrics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <vector>

namespace skerry::stats {
namespace {

constexpr double kPositiveFrom = 0.5;

Status check_rows(Series truth, Series prediction) {
  if (truth.size() != prediction.size()) {
    return invalid_argument("truth has " + std::to_string(truth.size()) + " rows, prediction " +
                            std::to_string(prediction.size()));
  }
  if (truth.empty()) return invalid_argument("no rows to measure");
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (!std::isfinite(truth[i])) {
      return invalid_argument("truth of row " + std::to_string(i) + " is not finite");
    }
    if (!std::isfinite(prediction[i])) {
      return invalid_argument("prediction of row " + std::to_string(i) + " is not finite");
    }
  }
  return ok_status();
}

// Returns the number of positive rows.
Result<std::size_t> check_classes(Series truth, Series prediction) {
  TRY(check_rows(truth, prediction));
  std::size_t positives = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (truth[i] != 0 && truth[i] != 1) {
      return invalid_argument("truth of row " + std::to_string(i) + " is neither 0 nor 1");
    }
    positives += truth[i] == 1 ? 1 : 0;
  }
  if (positives == 0 || positives == truth.size()) {
    return invalid_argument(positives == 0 ? "truth holds class 0 only"
                                           : "truth holds class 1 only");
  }
  return positives;
}

Result<double> finite(double value, std::string_view key) {
  if (std::isfinite(value)) return value;
  return invalid_argument(std::string(key) + " is too large for a number");
}

std::vector<std::size_t> order_by_score(Series prediction) {
  std::vector<std::size_t> order(prediction.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return prediction[a] < prediction[b]; });
  return order;
}

}  // namespace

Result<double> rmse(Series truth, Series prediction) {
  TRY(check_rows(truth, prediction));
  double sum = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double difference = prediction[i] - truth[i];
    sum += difference * difference;
  }
  return finite(std::sqrt(sum / static_cast<double>(truth.size())), kRmse);
}

Result<double> mae(Series truth, Series prediction) {
  TRY(check_rows(truth, prediction));
  double sum = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) sum += std::abs(prediction[i] - truth[i]);
  return finite(sum / static_cast<double>(truth.size()), kMae);
}

Result<double> nasa_score(Series truth, Series prediction) {
  TRY(check_rows(truth, prediction));
  double sum = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double d = prediction[i] - truth[i];
    sum += d < 0 ? std::expm1(-d / 13) : std::expm1(d / 10);
  }
  return finite(sum, kNasaScore);
}

// Mann-Whitney U with midranks, divided by the number of pairs.
Result<double> auc(Series truth, Series prediction) {
  const std::size_t positives = TRY(check_classes(truth, prediction));
  const std::vector<std::size_t> order = order_by_score(prediction);
  double rank_sum = 0;
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin;
    std::size_t hits = 0;
    while (end < order.size() && prediction[order[end]] == prediction[order[begin]]) {
      hits += truth[order[end]] == 1 ? 1 : 0;
      ++end;
    }
    rank_sum += static_cast<double>(hits) * (static_cast<double>(begin + end + 1) / 2);
    begin = end;
  }
  const auto positive = static_cast<double>(positives);
  const auto negative = static_cast<double>(truth.size() - positives);
  return (rank_sum - positive * (positive + 1) / 2) / (positive * negative);
}

Result<double> ap(Series truth, Series prediction) {
  const std::size_t positives = TRY(check_classes(truth, prediction));
  const std::vector<std::size_t> order = order_by_score(prediction);
  double sum = 0;
  std::size_t found = 0;
  std::size_t seen = 0;
  while (seen < order.size()) {
    const double threshold = prediction[order[order.size() - 1 - seen]];
    std::size_t hits = 0;
    while (seen < order.size() && prediction[order[order.size() - 1 - seen]] == threshold) {
      hits += truth[order[order.size() - 1 - seen]] == 1 ? 1 : 0;
      ++seen;
    }
    found += hits;
    sum += static_cast<double>(hits) * (static_cast<double>(found) / static_cast<double>(seen));
  }
  return sum / static_cast<double>(positives);
}

Result<double> f1(Series truth, Series prediction) {
  const std::size_t positives = TRY(check_classes(truth, prediction));
  std::size_t hits = 0;
  std::size_t claimed = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (prediction[i] < kPositiveFrom) continue;
    ++claimed;
    hits += truth[i] == 1 ? 1 : 0;
  }
  return 2 * static_cast<double>(hits) / static_cast<double>(claimed + positives);
}

Result<double> metric(std::string_view key, Series truth, Series prediction) {
  if (key == kRmse || key == kRmseUncapped) return rmse(truth, prediction);
  if (key == kMae) return mae(truth, prediction);
  if (key == kNasaScore) return nasa_score(truth, prediction);
  if (key == kAuc) return auc(truth, prediction);
  if (key == kAp) return ap(truth, prediction);
  if (key == kF1) return f1(truth, prediction);
  return invalid_argument("metric \"" + std::string(key) +
                          "\" is none of rmse, rmse_uncapped, mae, nasa_score, auc, ap, f1");
}

}  // namespace skerry::stats
