// SPDX-License-Identifier: Apache-2.0
#include "train/split.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "sys/random.h"
#include "train/dataset.h"
#include "train/raw_rows.h"
#include "train/recipe.h"

namespace skerry::train {
namespace {

const std::string& asset_of(const RowSet& rows, const RawRows& raw, std::size_t row) {
  return raw.series[rows.series[row]].asset;
}

std::size_t raw_row_of(const RowSet& rows, const RawRows& raw, std::size_t row) {
  return raw.series[rows.series[row]].rows[rows.position[row]];
}

// Rank of each asset in a shuffle (Fisher-Yates) of the sorted names: independent of the order of
// the file.
std::map<std::string, std::size_t> shuffled_assets(const RowSet& rows, const RawRows& raw,
                                                   std::int64_t seed) {
  std::map<std::string, std::size_t> ranks;
  for (std::size_t row = 0; row < rows.rows(); ++row) ranks.emplace(asset_of(rows, raw, row), 0);
  std::vector<std::size_t> order(ranks.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  sys::SeededRandom random(static_cast<std::uint64_t>(seed));
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  std::size_t next = 0;
  for (auto& [asset, rank] : ranks) rank = order[next++];
  return ranks;
}

std::vector<bool> newest_rows(const RowSet& rows, const RawRows& raw, std::size_t test_count) {
  std::vector<std::size_t> order(rows.rows());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return raw.times[raw_row_of(rows, raw, a)] < raw.times[raw_row_of(rows, raw, b)];
  });
  // Rows of the moment of the border stay together in the test.
  std::size_t border = order.size() - test_count;
  const auto time_at = [&](std::size_t i) { return raw.times[raw_row_of(rows, raw, order[i])]; };
  while (border > 0 && border < order.size() && time_at(border - 1) == time_at(border)) --border;
  std::vector<bool> test(rows.rows(), false);
  for (std::size_t i = border; i < order.size(); ++i) test[order[i]] = true;
  return test;
}

}  // namespace

Result<std::vector<bool>> choose_test_rows(const RowSet& rows, const RawRows& raw,
                                           const Split& split) {
  std::vector<bool> test(rows.rows(), false);
  if (split.by == Split::By::kTime) {
    const double share = std::round(split.test_share * static_cast<double>(rows.rows()));
    test = newest_rows(rows, raw, static_cast<std::size_t>(share));
  } else {
    const auto ranks = shuffled_assets(rows, raw, split.seed);
    const double share = std::round(split.test_share * static_cast<double>(ranks.size()));
    for (std::size_t row = 0; row < rows.rows(); ++row) {
      test[row] = static_cast<double>(ranks.at(asset_of(rows, raw, row))) < share;
    }
  }
  const auto count = static_cast<std::size_t>(std::count(test.begin(), test.end(), true));
  if (count == 0) return invalid_argument("split: no row is left for the test");
  if (count == rows.rows()) return invalid_argument("split: no row is left for training");
  return test;
}

Folds assign_folds(const RowSet& rows, const RawRows& raw, const Split& split, int count) {
  Folds folds;
  folds.of_row.assign(rows.rows(), 0);
  if (split.by == Split::By::kRow) {
    folds.count = rows.rows() < 2 ? 0 : count;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
      folds.of_row[row] =
          static_cast<std::uint16_t>(raw_row_of(rows, raw, row) % static_cast<std::size_t>(count));
    }
    return folds;
  }
  const auto ranks = shuffled_assets(rows, raw, split.seed);
  const std::size_t groups = std::min(ranks.size(), static_cast<std::size_t>(count));
  if (groups < 2) return folds;
  folds.count = static_cast<int>(groups);
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    folds.of_row[row] = static_cast<std::uint16_t>(ranks.at(asset_of(rows, raw, row)) % groups);
  }
  return folds;
}

}  // namespace skerry::train
