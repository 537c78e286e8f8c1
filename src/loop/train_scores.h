// SPDX-License-Identifier: Apache-2.0
//
// How good a model is on the rows of the test: metrics, the table by segment, and the gates of the
// recipe. Threads: functions may be called from any thread.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "loop/run_record.h"
#include "train/dataset.h"
#include "train/recipe.h"

namespace skerry::loop {

// The test rows with what the model said about them.
struct ScoredRows {
  const train::RowSet* set = nullptr;
  const train::RawRows* raw = nullptr;
  std::vector<std::size_t> rows;  // In `set`.
  std::vector<double> truth;      // Capped.
  std::vector<double> uncapped;
  std::vector<double> prediction;

  const train::Series& series_of(std::size_t i) const { return raw->series[set->series[rows[i]]]; }
};

// The rows of `set` that a recipe's metrics cover, with `predictions` of all rows of the set.
ScoredRows select_scored(const train::Recipe& recipe, const train::RowSet& set,
                         const train::RawRows& raw, const std::vector<double>& predictions);

// All metric_keys() of the recipe. Errors: kInvalidArgument where one is not defined, for example
// one class only.
Result<Metrics> score(const train::Recipe& recipe, const ScoredRows& rows);

// Bands by target, or groups by a column, in order; empty groups are left out.
// Errors: kInvalidArgument for a missing column.
Result<std::vector<SegmentScore>> score_segments(const train::Recipe& recipe,
                                                 const ScoredRows& rows);

// One sentence for each bound that is not met.
std::vector<std::string> failed_gates(const train::Recipe& recipe, const Metrics& metrics);

// One CSV line a scored row: asset, life, row in the life, truth, prediction.
std::string predictions_csv(const ScoredRows& rows);

}  // namespace skerry::loop
