// SPDX-License-Identifier: Apache-2.0
//
// What a site remembers of the assets that report to it, and the one place where an observation
// becomes a score (step 3): known id, order, life, windows, features, model. One asset is one
// shard, so its observations are taken in one after the other. Threads: internally synchronised by
// shard.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "domain/observation.h"
#include "feature/pipeline.h"
#include "loop/site_api_answers.h"
#include "serve/loaded_model.h"

namespace skerry::loop {

// A loaded model and what its answers are written with.
struct ScoringModel {
  const serve::LoadedModel& loaded;  // With a pipeline and a manifest.
  std::shared_ptr<const AnswerSource> source;
};

class AssetStates {
 public:
  struct Options {
    std::size_t assets_max = 10'000;  // Beyond: the one not seen for longest is forgotten, counted.
    std::size_t ids_remembered = 4'096;  // For each asset; 20 bytes each once used.
  };

  struct Counts {
    std::uint64_t accepted = 0;
    std::uint64_t repeated = 0;
    std::uint64_t out_of_order = 0;
    std::uint64_t rejected = 0;
    std::uint64_t lives_started = 0;  // Fresh windows: a new asset, a new life or another pipeline.
    std::uint64_t assets_forgotten = 0;
    std::uint64_t assets = 0;  // Remembered now.
  };

  explicit AssetStates(Options options);
  ~AssetStates();

  // Scores one observation that has a time. A repeated id gets the stored answer and changes
  // nothing. Errors, after which nothing has changed: kAborted for a time or life older than the
  // last one of the asset, kInvalidArgument for a field of the wrong kind or no field of the
  // pipeline at all. kInternal when the runtime fails, which leaves the windows advanced.
  Result<Answer> observe(const ScoringModel& model, const Observation& observation);

  // A line that never became an Observation.
  void count_rejected() { rejected_.fetch_add(1, std::memory_order_relaxed); }
  Counts counts() const;

 private:
  struct Asset;
  struct Shard;

  Asset& touch(Shard& shard, std::string_view key) const;
  Status check_order(const Asset& asset, const Observation& observation);
  Result<Answer> score(const ScoringModel& model, const Observation& observation, Shard& shard,
                       Asset& asset);

  const Options options_;
  std::vector<std::unique_ptr<Shard>> shards_;

  std::atomic<std::uint64_t> accepted_{0};
  std::atomic<std::uint64_t> repeated_{0};
  std::atomic<std::uint64_t> out_of_order_{0};
  std::atomic<std::uint64_t> rejected_{0};
  std::atomic<std::uint64_t> lives_{0};
  mutable std::atomic<std::uint64_t> forgotten_{0};
};

}  // namespace skerry::loop
