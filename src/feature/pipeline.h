// SPDX-License-Identifier: Apache-2.0
//
// The declared feature pipeline: training and scoring compute features with this code and no other, so
// that a row from a file and a row from a live machine are equal bit for bit.
// Threads: a Pipeline is immutable and shared freely; an AssetState belongs to one thread.
// Format of the declaration: docs/formats/feature-pipeline.md.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "data/json.h"
#include "domain/observation.h"

namespace skerry::feature {

class AssetState;

class Pipeline {
 public:
  // Errors: kInvalidArgument naming the feature for an unknown operation or key, a repeated name, a
  // difference of features not declared before it, a window outside 1..10,000, or no feature at all.
  static Result<Pipeline> parse(const json::Value& declaration);
  Pipeline(Pipeline&&) noexcept;
  Pipeline& operator=(Pipeline&&) noexcept;
  ~Pipeline();

  // The canonical declaration; parse(to_json()) is the same pipeline.
  json::Value to_json() const;
  // sha256 of the canonical declaration: covers what is computed, never fitted values.
  const Digest& digest() const;

  // Names of the features, in the order of a model's inputs.
  const std::vector<std::string>& names() const;
  // Sensors (and categorical fields) the pipeline reads, sorted.
  const std::vector<std::string>& sensors() const;

  // Windows of a new (asset, life).
  AssetState start() const;

  // Takes one observation in and writes names().size() features to `out`; a missing sensor gives NaN and
  // leaves its windows as they were. Deterministic, O(1) amortised for each feature, no allocation.
  void advance(AssetState& state, const Observation& observation, std::span<float> out) const;

  // Errors: kDataLoss for bytes that serialize() did not write for a pipeline of this digest.
  Result<AssetState> restore(std::string_view bytes) const;

 private:
  struct Plan;
  explicit Pipeline(std::unique_ptr<const Plan> plan);
  std::unique_ptr<const Plan> plan_;
};

// Windows of one (pipeline, asset, life). Continues bit for bit after serialize() and restore().
class AssetState {
 public:
  AssetState(AssetState&&) noexcept;
  AssetState& operator=(AssetState&&) noexcept;
  ~AssetState();

  std::string serialize() const;
  std::size_t memory_bytes() const;

 private:
  friend class Pipeline;
  struct Windows;
  explicit AssetState(std::unique_ptr<Windows> windows);
  std::unique_ptr<Windows> windows_;
};

}  // namespace skerry::feature
