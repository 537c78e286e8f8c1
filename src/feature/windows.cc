// SPDX-License-Identifier: Apache-2.0
#include "feature/windows.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace skerry::feature {
namespace {

constexpr double kNotThere = std::numeric_limits<double>::quiet_NaN();
constexpr double kFloatMax = std::numeric_limits<float>::max();

// What an operation reads off a window.
double read(Operation operation, const Aggregate& window) {
  switch (operation) {
    case Operation::kMean: return window.mean;
    case Operation::kSd: return window.sd();
    case Operation::kMin: return window.min;
    case Operation::kMax: return window.max;
    case Operation::kSlope: return window.slope();
    default: return kNotThere;
  }
}

// Takes `value` into a ring of cells.size() values and returns the one it displaces, NaN at first.
double displace(std::span<double> cells, std::uint32_t& counter, double value) {
  const auto length = static_cast<std::uint32_t>(cells.size());
  const bool full = counter >= length;
  double& cell = cells[full ? counter - length : counter];
  const double displaced = full ? cell : kNotThere;
  cell = value;
  if (++counter == 2 * length) counter = length;
  return displaced;
}

float narrow(double value) {
  return std::abs(value) <= kFloatMax ? static_cast<float>(value)
                                      : std::numeric_limits<float>::quiet_NaN();
}

}  // namespace

Windows::Windows(std::shared_ptr<const Plan> plan)
    : plan_(std::move(plan)),
      counters_(plan_->trackers.size()),
      cells_(plan_->cell_count),
      values_(plan_->node_count) {}

void Windows::advance(const Observation& observation, std::span<float> out) {
  SKERRY_CHECK(out.size() == plan_->outputs.size());
  ++observations_;
  std::ranges::fill(values_, kNotThere);
  if (plan_->age_node) values_[*plan_->age_node] = static_cast<double>(observations_);
  // Both lists are sorted by name.
  auto next = observation.values.begin();
  for (const Series& series : plan_->series) {
    while (next != observation.values.end() && next->first < series.sensor) ++next;
    if (next == observation.values.end()) break;
    if (next->first != series.sensor) continue;
    if (std::abs(next->second) <= kFloatMax) update(series, next->second);
  }
  for (const Category& category : plan_->categories) {
    const auto field = observation.categories.find(category.field);
    if (field == observation.categories.end()) continue;
    const auto code = category.codes.find(field->second);
    if (code != category.codes.end()) values_[category.node] = code->second;
  }
  for (const Difference& difference : plan_->differences) {
    values_[difference.node] = values_[difference.minuend] - values_[difference.subtrahend];
  }
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = narrow(values_[plan_->outputs[i]]);
}

void Windows::update(const Series& series, double value) {
  if (series.last_node) values_[*series.last_node] = value;
  const std::uint32_t end = series.first_tracker + series.tracker_count;
  for (std::uint32_t at = series.first_tracker; at < end; ++at) {
    update(plan_->trackers[at], counters_[at], value);
  }
}

void Windows::update(const Tracker& tracker, std::uint32_t& counter, double value) {
  const std::span<double> cells = cells_of(tracker);
  switch (tracker.kind) {
    case Tracker::Kind::kWindow: {
      const Aggregate window = tracker.window.push(cells, counter, value);
      for (const auto& [operation, node] : tracker.readers) values_[node] = read(operation, window);
      return;
    }
    case Tracker::Kind::kDelay: {
      const double delayed = displace(cells, counter, value);
      for (const auto& [operation, node] : tracker.readers) {
        values_[node] = operation == Operation::kLag ? delayed : value - delayed;
      }
      return;
    }
    case Tracker::Kind::kSmoother:
      cells[0] = counter == 0 ? value : tracker.alpha * value + (1 - tracker.alpha) * cells[0];
      counter = 1;
      break;
    case Tracker::Kind::kFirstMean:
      if (counter < tracker.n) {
        ++counter;
        cells[0] += (value - cells[0]) / counter;
      }
      break;
  }
  for (const auto& reader : tracker.readers) values_[reader.node] = cells[0];
}

std::span<double> Windows::cells_of(const Tracker& tracker) {
  return std::span(cells_).subspan(tracker.cells_at, tracker.cell_count());
}

std::size_t Windows::memory_bytes() const {
  return sizeof(*this) + counters_.capacity() * sizeof(std::uint32_t) +
         (cells_.capacity() + values_.capacity()) * sizeof(double);
}

}  // namespace skerry::feature
