// SPDX-License-Identifier: Apache-2.0
#include "loop/train_scores.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "data/csv.h"
#include "data/number.h"
#include "data/table.h"
#include "loop/run_record.h"
#include "stats/metrics.h"
#include "train/raw_rows.h"
#include "train/recipe.h"

namespace skerry::loop {
namespace {

constexpr std::size_t kSegmentsMax = 200;

Result<double> metric_of(std::string_view key, const ScoredRows& rows) {
  const bool uncapped = key == stats::kRmseUncapped;
  return stats::metric(key, uncapped ? rows.uncapped : rows.truth, rows.prediction).with(key);
}

ScoredRows subset(const ScoredRows& rows, const std::vector<std::size_t>& members) {
  ScoredRows out{
      .set = rows.set, .raw = rows.raw, .rows = {}, .truth = {}, .uncapped = {}, .prediction = {}};
  for (const std::size_t i : members) {
    out.rows.push_back(rows.rows[i]);
    out.truth.push_back(rows.truth[i]);
    out.uncapped.push_back(rows.uncapped[i]);
    out.prediction.push_back(rows.prediction[i]);
  }
  return out;
}

std::string band_name(const std::vector<double>& edges, std::size_t band) {
  if (band == 0) return "up to " + format_number(edges.front());
  if (band == edges.size()) return "above " + format_number(edges.back());
  return format_number(edges[band - 1]) + " to " + format_number(edges[band]);
}

// A value equal to an edge is in the band below it.
std::size_t band_of(const std::vector<double>& edges, double value) {
  return static_cast<std::size_t>(std::lower_bound(edges.begin(), edges.end(), value) -
                                  edges.begin());
}

struct Group {
  std::string name;
  std::vector<std::size_t> members;
};

template <typename ValueOf>
std::vector<Group> group_by_band(const ScoredRows& rows, const std::vector<double>& edges,
                                 ValueOf value_of) {
  std::vector<Group> groups(edges.size() + 1);
  for (std::size_t band = 0; band < groups.size(); ++band)
    groups[band].name = band_name(edges, band);
  groups.push_back({"missing", {}});
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    const double value = value_of(i);
    groups[std::isnan(value) ? edges.size() + 1 : band_of(edges, value)].members.push_back(i);
  }
  return groups;
}

Result<std::vector<Group>> group_by_column(const ScoredRows& rows,
                                           const train::Segments& segments) {
  const auto raw_row = [&](std::size_t i) {
    return rows.series_of(i).rows[rows.set->position[rows.rows[i]]];
  };
  if (!segments.edges.empty()) {
    const Table::Numbers* cells = TRY(rows.raw->table.numbers(segments.column));
    return group_by_band(rows, segments.edges, [&](std::size_t i) { return (*cells)[raw_row(i)]; });
  }
  const Table::Texts cells = TRY(train::column_as_text(rows.raw->table, segments.column));
  std::map<std::string, Group> by_cell;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    const std::string& cell = cells[raw_row(i)];
    Group& group = by_cell[cell];
    group.name = cell.empty() ? "missing" : cell;
    group.members.push_back(i);
  }
  if (by_cell.size() > kSegmentsMax) {
    return invalid_argument("column \"" + segments.column + "\" has " +
                            std::to_string(by_cell.size()) + " values; give edges");
  }
  std::vector<Group> groups;
  for (auto& [cell, group] : by_cell) groups.push_back(std::move(group));
  return groups;
}

}  // namespace

ScoredRows select_scored(const train::Recipe& recipe, const train::RowSet& set,
                         const train::RawRows& raw, const std::vector<double>& predictions) {
  ScoredRows out{
      .set = &set, .raw = &raw, .rows = {}, .truth = {}, .uncapped = {}, .prediction = {}};
  for (std::size_t row = 0; row < set.rows(); ++row) {
    if (recipe.split.last_rows_only && !set.last[row]) continue;
    out.rows.push_back(row);
    out.truth.push_back(set.truth[row]);
    out.uncapped.push_back(set.uncapped[row]);
    out.prediction.push_back(predictions[row]);
  }
  return out;
}

Result<Metrics> score(const train::Recipe& recipe, const ScoredRows& rows) {
  Metrics metrics;
  for (const auto& key : train::metric_keys(recipe)) {
    metrics.emplace_back(key, TRY(metric_of(key, rows)));
  }
  return metrics;
}

Result<std::vector<SegmentScore>> score_segments(const train::Recipe& recipe,
                                                 const ScoredRows& rows) {
  std::vector<Group> groups;
  switch (recipe.segments.by) {
    case train::Segments::By::kNone: break;
    case train::Segments::By::kTarget:
      groups = group_by_band(rows, recipe.segments.edges,
                             [&](std::size_t i) { return rows.uncapped[i]; });
      break;
    case train::Segments::By::kColumn:
      groups = TRY(group_by_column(rows, recipe.segments).with("segments"));
      break;
  }
  std::vector<SegmentScore> segments;
  for (const Group& group : groups) {
    if (group.members.empty()) continue;
    const ScoredRows part = subset(rows, group.members);
    SegmentScore segment{.name = group.name, .rows = group.members.size(), .metrics = {}};
    for (const auto& key : train::metric_keys(recipe)) {
      // Not every metric exists on every part: a group may hold one class only.
      if (const auto value = metric_of(key, part)) segment.metrics.emplace_back(key, *value);
    }
    segments.push_back(std::move(segment));
  }
  return segments;
}

std::vector<std::string> failed_gates(const train::Recipe& recipe, const Metrics& metrics) {
  std::vector<std::string> failed;
  for (const train::Gate& gate : recipe.gates) {
    for (const auto& [key, value] : metrics) {
      if (key != gate.metric) continue;
      const std::string text = key + " " + format_number(value);
      if (value < gate.min) failed.push_back(text + " is below " + format_number(gate.min));
      if (value > gate.max) failed.push_back(text + " is above " + format_number(gate.max));
    }
  }
  return failed;
}

std::string predictions_csv(const ScoredRows& rows) {
  std::string out = csv::format_row({"asset", "life", "row", "truth", "prediction"});
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    const train::Series& series = rows.series_of(i);
    out += csv::format_row({series.asset, std::to_string(series.life),
                            std::to_string(rows.set->position[rows.rows[i]] + 1),
                            format_number(rows.uncapped[i]), format_number(rows.prediction[i])});
  }
  return out;
}

}  // namespace skerry::loop
