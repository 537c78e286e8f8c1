// SPDX-License-Identifier: Apache-2.0
//
// The declared feature pipeline: training and scoring compute features with this code and no other,
// so that a row from a file and a row from a live machine are equal bit for bit. Threads: a
// Pipeline is immutable and shared freely; an AssetState belongs to one thread. Format of the
// declaration: docs/formats/feature-pipeline.md.
#pragma once

#include <cstddef>
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
class Windows;
struct Plan;

class Pipeline {
 public:
  // `declaration` is the list of features. Errors: kInvalidArgument naming the feature for an
  // unknown operation or key, a repeated name, a difference of features not declared before it, a
  // window outside 1..10,000, no feature at all, or windows of more than 16 MiB for one asset.
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
  // Those of sensors() that are categorical (Observation::categories), sorted.
  const std::vector<std::string>& categories() const;

  // Windows of a new (asset, life).
  AssetState start() const;

  // Takes one observation in and writes the features to `out`, which has names().size() places. A
  // sensor that is missing, not finite or beyond the range of a float gives NaN and leaves its
  // windows as they were. `state` comes from a pipeline of the same digest. Deterministic, O(1)
  // amortised for each feature, no allocation.
  void advance(AssetState& state, const Observation& observation, std::span<float> out) const;

  // Errors: kDataLoss for bytes that serialize() did not write for a pipeline of this digest.
  Result<AssetState> restore(std::string_view bytes) const;

 private:
  explicit Pipeline(std::shared_ptr<const Plan> plan);
  std::shared_ptr<const Plan> plan_;  // Immutable; states share it.
};

// Windows of one (pipeline, asset, life); a new life is a new state. Continues bit for bit after
// serialize() and restore(), and may outlive its pipeline.
class AssetState {
 public:
  AssetState(AssetState&&) noexcept;
  AssetState& operator=(AssetState&&) noexcept;
  ~AssetState();

  // Versioned bytes with a checksum (docs/formats/feature-pipeline.md).
  std::string serialize() const;
  // What this state holds on the heap.
  std::size_t memory_bytes() const;

 private:
  friend class Pipeline;
  explicit AssetState(std::unique_ptr<Windows> windows);
  std::unique_ptr<Windows> windows_;
};

}  // namespace skerry::feature
