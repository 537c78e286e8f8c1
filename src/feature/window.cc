// SPDX-License-Identifier: Apache-2.0
#include "feature/window.h"

#include <algorithm>
#include <cmath>

namespace skerry::feature {

void Aggregate::append(double value) {
  const double before = count;
  const double from_mean = value - mean;
  ++count;
  mean += from_mean / count;
  squares += from_mean * (value - mean);
  products += from_mean * before / 2;
  min = before == 0 ? value : std::min(min, value);
  max = before == 0 ? value : std::max(max, value);
}

void Aggregate::prepend(double value) {
  const double before = count;
  const double from_mean = value - mean;
  ++count;
  mean += from_mean / count;
  squares += from_mean * (value - mean);
  products -= from_mean * before / 2;
  min = before == 0 ? value : std::min(min, value);
  max = before == 0 ? value : std::max(max, value);
}

double Aggregate::sd() const { return count == 0 ? 0 : std::sqrt(squares / count); }

double Aggregate::slope() const {
  if (count < 2) return 0;
  const double n = count;
  return products / (n * (n * n - 1) / 12);
}

Aggregate concatenate(const Aggregate& older, const Aggregate& newer) {
  if (older.count == 0) return newer;
  if (newer.count == 0) return older;
  const double a = older.count;
  const double b = newer.count;
  const double apart = newer.mean - older.mean;
  Aggregate all;
  all.count = older.count + newer.count;
  all.mean = older.mean + apart * b / (a + b);
  all.squares = older.squares + newer.squares + apart * apart * a * b / (a + b);
  all.products = older.products + newer.products + apart * a * b / 2;
  all.min = std::min(older.min, newer.min);
  all.max = std::max(older.max, newer.max);
  return all;
}

void WindowLayout::require(Needs needs) {
  needs_.moments |= needs.moments;
  needs_.trend |= needs.trend;
  needs_.extremes |= needs.extremes;
}

std::size_t WindowLayout::cell_count() const {
  const std::size_t per_slot =
      1 + (needs_.moments ? 2u : 0u) + (needs_.trend ? 1u : 0u) + (needs_.extremes ? 2u : 0u);
  return per_slot * length_ + kRunningCells;
}

Aggregate WindowLayout::push(std::span<double> cells, std::uint32_t& pushed, double value) const {
  const bool full = pushed >= length_;
  const std::uint32_t slot = full ? pushed - length_ : pushed;
  Aggregate block = running(cells, slot);
  block.append(value);
  cells[slot] = value;
  ++pushed;
  if (slot + 1 < length_) {
    store_running(cells, block);
    return full ? concatenate(tail(cells, slot + 1), block) : block;
  }
  pushed = length_;
  store_running(cells, Aggregate{});
  aggregate_tails(cells, 0);
  return tail(cells, 0);
}

void WindowLayout::rebuild(std::span<double> cells, std::uint32_t pushed) const {
  const bool full = pushed >= length_;
  const std::uint32_t in_block = full ? pushed - length_ : pushed;
  Aggregate block;
  for (std::uint32_t slot = 0; slot < in_block; ++slot) block.append(cells[slot]);
  store_running(cells, block);
  if (full) aggregate_tails(cells, in_block);
}

void WindowLayout::store_running(std::span<double> cells, const Aggregate& aggregate) const {
  double* to = &cells[length_];
  to[0] = aggregate.mean;
  to[1] = aggregate.squares;
  to[2] = aggregate.products;
  to[3] = aggregate.min;
  to[4] = aggregate.max;
}

Aggregate WindowLayout::running(std::span<const double> cells, std::uint32_t count) const {
  const double* from = &cells[length_];
  return {count, from[0], from[1], from[2], from[3], from[4]};
}

void WindowLayout::store_tail(std::span<double> cells, std::uint32_t slot,
                              const Aggregate& aggregate) const {
  std::size_t at = std::size_t{length_} + kRunningCells + slot;
  const auto keep = [&](double number) {
    cells[at] = number;
    at += length_;
  };
  if (needs_.moments) keep(aggregate.mean), keep(aggregate.squares);
  if (needs_.trend) keep(aggregate.products);
  if (needs_.extremes) keep(aggregate.min), keep(aggregate.max);
}

Aggregate WindowLayout::tail(std::span<const double> cells, std::uint32_t slot) const {
  std::size_t at = std::size_t{length_} + kRunningCells + slot;
  const auto take = [&] {
    const double number = cells[at];
    at += length_;
    return number;
  };
  Aggregate aggregate;
  aggregate.count = length_ - slot;
  if (needs_.moments) aggregate.mean = take(), aggregate.squares = take();
  if (needs_.trend) aggregate.products = take();
  if (needs_.extremes) aggregate.min = take(), aggregate.max = take();
  return aggregate;
}

void WindowLayout::aggregate_tails(std::span<double> cells, std::uint32_t first) const {
  Aggregate aggregate;
  for (std::uint32_t slot = length_; slot-- > first;) {
    aggregate.prepend(cells[slot]);
    store_tail(cells, slot, aggregate);
  }
}

}  // namespace skerry::feature
