// SPDX-License-Identifier: Apache-2.0
#include "stats/bins.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"

namespace skerry::stats {

std::vector<double> equal_frequency_edges(std::span<const double> sorted, std::size_t bins) {
  SKERRY_CHECK(bins > 0);
  const std::size_t group = std::max<std::size_t>(1, sorted.size() / bins);
  std::vector<double> edges;
  std::size_t begin = 0;
  for (std::size_t i = 1; i + group <= sorted.size() && edges.size() + 1 < bins; ++i) {
    if (i - begin < group || sorted[i] == sorted[i - 1]) continue;
    edges.push_back(sorted[i]);
    begin = i;
  }
  return edges;
}

std::size_t bin_of(std::span<const double> edges, double value) {
  return static_cast<std::size_t>(std::upper_bound(edges.begin(), edges.end(), value) -
                                  edges.begin());
}

Result<Bins> fit_bins(std::string name, std::span<const double> values, std::size_t bins) {
  std::vector<double> sorted;
  sorted.reserve(values.size());
  for (const double value : values) {
    if (std::isinf(value))
      return invalid_argument("series \"" + name + "\" holds an infinite value");
    if (!std::isnan(value)) sorted.push_back(value);
  }
  if (sorted.empty()) return invalid_argument("series \"" + name + "\" has no value");
  std::sort(sorted.begin(), sorted.end());

  Bins result;
  result.name = std::move(name);
  result.edges = equal_frequency_edges(sorted, bins);
  result.minimum = sorted.front();
  result.maximum = sorted.back();
  result.missing =
      static_cast<double>(values.size() - sorted.size()) / static_cast<double>(values.size());
  std::vector<std::size_t> counts(result.edges.size() + 1, 0);
  for (const double value : sorted) ++counts[bin_of(result.edges, value)];
  for (const std::size_t count : counts) {
    result.shares.push_back(static_cast<double>(count) / static_cast<double>(sorted.size()));
  }
  return result;
}

}  // namespace skerry::stats
