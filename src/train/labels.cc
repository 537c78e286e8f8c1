// SPDX-License-Identifier: Apache-2.0
#include "train/labels.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "data/table.h"
#include "train/raw_rows.h"
#include "train/recipe.h"

namespace skerry::train {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

Error bad_target(const std::string& column, std::size_t row, std::string_view what) {
  return invalid_argument("target column \"" + column + "\", data row " + std::to_string(row + 1) +
                          ": " + std::string(what));
}

// 1 where the cell means yes, 0 for any other non-empty cell.
Result<std::vector<double>> positives(const Table& table, const ColumnTarget& target) {
  const Table::Texts cells = TRY(column_as_text(table, target.column));
  std::vector<double> values;
  values.reserve(cells.size());
  for (std::size_t row = 0; row < cells.size(); ++row) {
    if (cells[row].empty()) return bad_target(target.column, row, "the cell is empty");
    values.push_back(cells[row] == target.positive ? 1 : 0);
  }
  return values;
}

Result<Labels> label_by_column(const RawRows& rows, const ColumnTarget& target, bool binary) {
  Labels labels;
  if (!target.positive.empty()) {
    labels.value = TRY(positives(rows.table, target).with("target"));
  } else {
    labels.value = *TRY(rows.table.numbers(target.column).with("target"));
  }
  for (std::size_t row = 0; row < labels.value.size(); ++row) {
    const double value = labels.value[row];
    if (!std::isfinite(value)) return bad_target(target.column, row, "not a finite number");
    if (binary && value != 0 && value != 1) {
      return bad_target(target.column, row,
                        "neither 0 nor 1; name the positive class in the recipe");
    }
  }
  labels.uncapped = labels.value;
  return labels;
}

// The clock of a series at each of its positions.
Result<std::vector<double>> read_clock(const RawRows& rows, const RunToFailureTarget& target,
                                       const Series& series) {
  using Clock = RunToFailureTarget::Clock;
  const Table::Numbers* field = nullptr;
  if (target.clock == Clock::kField) field = TRY(rows.table.numbers(target.field).with("clock"));
  std::vector<double> clock(series.rows.size());
  for (std::size_t i = 0; i < clock.size(); ++i) {
    const std::size_t row = series.rows[i];
    switch (target.clock) {
      case Clock::kRows: clock[i] = static_cast<double>(i); break;
      case Clock::kSeconds:
        clock[i] =
            std::chrono::duration<double>(rows.times[row] - rows.times[series.rows[0]]).count();
        break;
      case Clock::kField: clock[i] = (*field)[row]; break;
    }
    if (!std::isfinite(clock[i])) return bad_target(target.field, row, "the clock is missing");
    if (i > 0 && clock[i] < clock[i - 1])
      return bad_target(target.field, row, "the clock goes back");
  }
  return clock;
}

Result<Labels> label_by_failure(const RawRows& rows, const RunToFailureTarget& target) {
  Labels labels;
  labels.value.assign(rows.table.rows(), kNone);
  labels.uncapped.assign(rows.table.rows(), kNone);
  Table::Texts marks;
  if (!target.failure_column.empty()) {
    marks = TRY(column_as_text(rows.table, target.failure_column).with("target failure"));
  }
  for (std::size_t s = 0; s < rows.series.size(); ++s) {
    const Series& series = rows.series[s];
    if (!marks.empty() && marks[series.rows.back()] != target.failure_value) {
      ++labels.open_lives;
      continue;
    }
    const std::vector<double> clock = TRY(read_clock(rows, target, series));
    const double after = rows.remaining.empty() ? 0 : rows.remaining[s];
    for (std::size_t i = 0; i < clock.size(); ++i) {
      const double left = clock.back() - clock[i] + after;
      labels.uncapped[series.rows[i]] = left;
      labels.value[series.rows[i]] = std::min(left, target.cap);
    }
  }
  if (labels.open_lives == rows.series.size()) {
    return invalid_argument("target: no life in the data ends in a failure");
  }
  return labels;
}

}  // namespace

Result<Labels> label_rows(const RawRows& rows, const Recipe& recipe) {
  if (const auto* column = std::get_if<ColumnTarget>(&recipe.target)) {
    return label_by_column(rows, *column, recipe.classification());
  }
  return label_by_failure(rows, std::get<RunToFailureTarget>(recipe.target));
}

}  // namespace skerry::train
