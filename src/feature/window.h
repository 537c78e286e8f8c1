// SPDX-License-Identifier: Apache-2.0
//
// Statistics of the last n values of one series without ever subtracting a value that leaves: the
// ring is seen as a running block (aggregated as it grows) and the rest of the block before it
// (aggregated from its end, once every n values). So nothing drifts, a spike leaves no trace, and
// one update costs O(1) amortised. Source: van Herk 1992, Gil and Werman 1993; merging: Chan, Golub
// and LeVeque 1979. Threads: none; the cells belong to one AssetState.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace skerry::feature {

// Of consecutive values, oldest first.
struct Aggregate {
  std::uint32_t count = 0;
  double mean = 0;
  double squares = 0;   // Sum of (x - mean)^2.
  double products = 0;  // Sum of (i - mean of i)(x - mean), i counting the values.
  double min = 0;
  double max = 0;

  void append(double value);   // `value` is newer than all others.
  void prepend(double value);  // `value` is older than all others.

  // Population standard deviation (divisor: count); 0 for one value.
  double sd() const;
  // Least-squares rise per value; 0 for one value.
  double slope() const;
};

// Of the values of `older` followed by those of `newer`.
Aggregate concatenate(const Aggregate& older, const Aggregate& newer);

// Where a window keeps its numbers inside the cells of an AssetState: n slots of the ring, the
// aggregate of the running block, then for each slot what is needed of the aggregate from it to the
// block's end.
class WindowLayout {
 public:
  // What will be asked of the window.
  struct Needs {
    bool moments = false;  // mean, sd, slope
    bool trend = false;    // slope
    bool extremes = false;
  };

  WindowLayout(std::uint32_t length, Needs needs) : length_(length), needs_(needs) {}

  std::uint32_t length() const { return length_; }
  void require(Needs needs);
  std::size_t cell_count() const;

  // Takes `value` in and returns the aggregate of the last min(length, pushed) values. `pushed` is
  // 0 at first; it stays below 2 * length: from length on the ring is full.
  Aggregate push(std::span<double> cells, std::uint32_t& pushed, double value) const;

  // Computes everything but the ring anew, from the ring and `pushed`, with the same operations.
  void rebuild(std::span<double> cells, std::uint32_t pushed) const;

  // Slots that hold a value: the first min(length, pushed).
  std::uint32_t used(std::uint32_t pushed) const { return pushed < length_ ? pushed : length_; }

 private:
  static constexpr std::size_t kRunningCells = 5;

  void store_running(std::span<double> cells, const Aggregate& aggregate) const;
  Aggregate running(std::span<const double> cells, std::uint32_t count) const;
  void store_tail(std::span<double> cells, std::uint32_t slot, const Aggregate& aggregate) const;
  Aggregate tail(std::span<const double> cells, std::uint32_t slot) const;
  void aggregate_tails(std::span<double> cells, std::uint32_t first) const;

  std::uint32_t length_;
  Needs needs_;
};

}  // namespace skerry::feature
