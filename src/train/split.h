// SPDX-License-Identifier: Apache-2.0
//
// Which rows are for the test, and which fold a training row is in.
// Threads: functions may be called from any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "train/dataset.h"

namespace skerry::train {

// For each row of `rows`: true = test row. Not for a split by file or with folds.
// Errors: kInvalidArgument when one side would be empty.
Result<std::vector<bool>> choose_test_rows(const RowSet& rows, const RawRows& raw,
                                           const Split& split);

struct Folds {
  std::vector<std::uint16_t> of_row;
  int count = 0;  // 0 where fewer than two groups exist.
};

// By row: data row modulo `count`. Else whole assets, dealt out after a shuffle seeded by
// split.seed; `count` is lowered to the number of assets.
Folds assign_folds(const RowSet& rows, const RawRows& raw, const Split& split, int count);

}  // namespace skerry::train
