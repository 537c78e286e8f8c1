// SPDX-License-Identifier: Apache-2.0
#include "loop/site_api_assets.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "serve/check_rows.h"

namespace skerry::loop {
namespace {

constexpr std::size_t kShards = 16;

// Model names hold no NUL, so the parts cannot run into each other.
std::string asset_key(std::string_view model, std::string_view asset) {
  std::string key(model);
  key += '\0';
  return key.append(asset);
}

// Ids are unique for each (source, asset). Two ids of one asset fall together once in 10^16
// observations.
std::uint64_t id_key(const Observation& observation) {
  const std::string text = observation.source + '\0' + observation.id;
  return std::hash<std::string_view>{}(text);
}

bool holds(const std::vector<std::string>& sorted, std::string_view name) {
  return std::ranges::binary_search(sorted, name);
}

Status check_fields(const feature::Pipeline& pipeline, const Observation& observation) {
  const auto& fields = pipeline.sensors();
  bool any = fields.empty();
  for (const auto& [name, number] : observation.values) {
    if (!holds(fields, name)) continue;
    any = true;
    if (holds(pipeline.categories(), name) && !std::isnan(number)) {
      return invalid_argument("\"" + name + "\" is a number; the model takes a text");
    }
  }
  for (const auto& [name, text] : observation.categories) {
    if (!holds(fields, name)) continue;
    any = true;
    if (!holds(pipeline.categories(), name)) {
      return invalid_argument("\"" + name + "\" is a text; the model takes a number");
    }
  }
  if (any) return ok_status();
  return invalid_argument("\"values\" holds none of the sensors of the model");
}

}  // namespace

struct AssetStates::Asset {
  std::string key;
  std::int64_t life = 0;  // 0: nothing seen yet.
  std::optional<sys::Time> last;
  std::optional<Digest> pipeline;  // What `windows` belong to.
  std::optional<feature::AssetState> windows;
  RecentAnswers answers;
};

struct AssetStates::Shard {
  mutable Mutex mutex;
  std::list<Asset> recent SKERRY_GUARDED_BY(mutex);  // Last seen first.
  std::unordered_map<std::string_view, std::list<Asset>::iterator> by_key SKERRY_GUARDED_BY(mutex);
  // Memory for one observation at a time.
  std::vector<float> features SKERRY_GUARDED_BY(mutex);
  std::vector<Tensor> outputs SKERRY_GUARDED_BY(mutex);
};

AssetStates::AssetStates(Options options) : options_(options) {
  for (std::size_t i = 0; i < kShards; ++i) shards_.push_back(std::make_unique<Shard>());
}

AssetStates::~AssetStates() = default;

AssetStates::Asset& AssetStates::touch(Shard& shard, std::string_view key) const
    SKERRY_REQUIRES(shard.mutex) {
  const auto found = shard.by_key.find(key);
  if (found != shard.by_key.end()) {
    shard.recent.splice(shard.recent.begin(), shard.recent, found->second);
    return shard.recent.front();
  }
  const std::size_t shard_max = std::max<std::size_t>(1, options_.assets_max / kShards);
  if (shard.recent.size() >= shard_max) {
    shard.by_key.erase(shard.recent.back().key);
    shard.recent.pop_back();
    forgotten_.fetch_add(1, std::memory_order_relaxed);
  }
  shard.recent.push_front(
      {std::string(key), 0, {}, {}, {}, RecentAnswers(options_.ids_remembered)});
  shard.by_key.emplace(shard.recent.front().key, shard.recent.begin());
  return shard.recent.front();
}

Status AssetStates::check_order(const Asset& asset, const Observation& observation) {
  if (asset.last && *observation.time < *asset.last) {
    return Error(Code::kAborted,
                 "the time is older than the asset's last one, " + sys::format_time(*asset.last));
  }
  if (observation.life < asset.life) {
    return Error(Code::kAborted, "life " + std::to_string(observation.life) + " after life " +
                                     std::to_string(asset.life));
  }
  return ok_status();
}

Result<Answer> AssetStates::observe(const ScoringModel& model, const Observation& observation) {
  const Status fields = check_fields(*model.loaded.pipeline, observation);
  if (!fields) {
    count_rejected();
    return fields.error();
  }
  const std::string key = asset_key(model.loaded.name, observation.asset);
  Shard& shard = *shards_[std::hash<std::string>{}(key) % kShards];
  const MutexLock lock(shard.mutex);
  Asset& asset = touch(shard, key);
  const std::uint64_t id = id_key(observation);
  if (!observation.id.empty()) {
    if (auto stored = asset.answers.find(id)) {
      repeated_.fetch_add(1, std::memory_order_relaxed);
      return *std::move(stored);
    }
  }
  const Status order = check_order(asset, observation);
  if (!order) {
    out_of_order_.fetch_add(1, std::memory_order_relaxed);
    return order.error();
  }
  Answer answer = TRY(score(model, observation, shard, asset));
  if (!observation.id.empty()) asset.answers.remember(id, answer);
  accepted_.fetch_add(1, std::memory_order_relaxed);
  return answer;
}

Result<Answer> AssetStates::score(const ScoringModel& model, const Observation& observation,
                                  Shard& shard, Asset& asset) SKERRY_REQUIRES(shard.mutex) {
  const feature::Pipeline& pipeline = *model.loaded.pipeline;
  if (observation.life != asset.life || asset.pipeline != pipeline.digest()) {
    asset.windows = pipeline.start();
    asset.pipeline = pipeline.digest();
    asset.life = observation.life;
    lives_.fetch_add(1, std::memory_order_relaxed);
  }
  asset.last = observation.time;
  shard.features.resize(pipeline.names().size());
  pipeline.advance(*asset.windows, observation, shard.features);
  TRY(serve::infer_rows(*model.loaded.model, shard.features, 1, shard.outputs));
  return Answer{model.source, static_cast<float>(serve::value_at(shard.outputs[0], 0))};
}

AssetStates::Counts AssetStates::counts() const {
  Counts counts{accepted_.load(),
                repeated_.load(),
                out_of_order_.load(),
                rejected_.load(),
                lives_.load(),
                forgotten_.load(),
                0};
  for (const auto& shard : shards_) {
    const MutexLock lock(shard->mutex);
    counts.assets += shard->recent.size();
  }
  return counts;
}

}  // namespace skerry::loop
