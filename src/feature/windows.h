// SPDX-License-Identifier: Apache-2.0
//
// The numbers behind an AssetState and the step that advances them.
// Threads: single-thread, like the AssetState that owns it.
// Format of the bytes: docs/formats/feature-pipeline.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/observation.h"
#include "feature/plan.h"

namespace skerry::feature {

class Windows {
 public:
  explicit Windows(std::shared_ptr<const Plan> plan);

  // Errors: kDataLoss.
  static Result<std::unique_ptr<Windows>> restore(std::shared_ptr<const Plan> plan,
                                                  std::string_view bytes);

  const Plan& plan() const { return *plan_; }
  void advance(const Observation& observation, std::span<float> out);
  std::string serialize() const;
  std::size_t memory_bytes() const;

 private:
  void update(const Series& series, double value);
  void update(const Tracker& tracker, std::uint32_t& counter, double value);
  std::span<double> cells_of(const Tracker& tracker);

  const std::shared_ptr<const Plan> plan_;

  // What a life leaves behind so far; serialize() writes these.
  std::uint64_t observations_ = 0;
  std::vector<std::uint32_t> counters_;  // One for each tracker.
  std::vector<double> cells_;

  // The row at hand: the value of each node.
  std::vector<double> values_;
};

}  // namespace skerry::feature
