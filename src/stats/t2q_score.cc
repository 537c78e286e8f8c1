// SPDX-License-Identifier: Apache-2.0
#include "stats/t2q_score.h"

#include <algorithm>
#include <cstddef>

#include "base/check.h"

namespace skerry::stats {

T2QScore advance(const T2Q& t2q, T2QState& state, std::span<const double> row) {
  const std::size_t count = t2q.channels.size();
  SKERRY_CHECK(row.size() == count);
  state.ewma.resize(count, 0.0);
  std::vector<double> residual(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double z = std::clamp((row[i] - t2q.median[i]) / t2q.scale[i], -t2q.clip, t2q.clip);
    residual[i] = z;
    state.ewma[i] = t2q.lambda * z + (1 - t2q.lambda) * state.ewma[i];
  }

  T2QScore score;
  for (std::size_t i = 0; i < count; ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < count; ++j) sum += t2q.inverse[i * count + j] * state.ewma[j];
    score.t2 += state.ewma[i] * sum;
  }
  // The components are orthonormal, so taking them away one after the other leaves z - P P' z.
  for (std::size_t c = 0; c < t2q.component_count; ++c) {
    double projection = 0;
    for (std::size_t i = 0; i < count; ++i) {
      projection += t2q.components[i * t2q.component_count + c] * residual[i];
    }
    for (std::size_t i = 0; i < count; ++i) {
      residual[i] -= projection * t2q.components[i * t2q.component_count + c];
    }
  }
  for (const double part : residual) score.q += part * part;
  return score;
}

}  // namespace skerry::stats
