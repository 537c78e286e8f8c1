// SPDX-License-Identifier: Apache-2.0
//
// What a model is to learn for each raw row: the target of a recipe, as a number.
// Threads: functions may be called from any thread.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "train/raw_rows.h"
#include "train/recipe.h"

namespace skerry::train {

struct Labels {
  // For each table row: what is learned (capped) and the truth without a cap. NaN = the row has no
  // label.
  std::vector<double> value;
  std::vector<double> uncapped;
  std::size_t open_lives = 0;  // Lives without a failure at the end; their rows have no label.
};

// Labels every row of the selected series.
// Errors: kInvalidArgument naming column and row for a missing, infinite or text target, a class
// that is neither 0 nor 1, a clock that goes back, or no closed life at all.
Result<Labels> label_rows(const RawRows& rows, const Recipe& recipe);

}  // namespace skerry::train
