// SPDX-License-Identifier: Apache-2.0
//
// A site's agent (step 2): reads its ring's desired state from the registry, pulls and checks the
// models it names, switches to them, and remembers on disk what it has seen, so that it starts
// without the registry. Never out before in: what serves stays until its successor passed every
// check. Threads: poll() and start() belong to one thread; status() may be called from any.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/mutex.h"
#include "base/result.h"
#include "domain/site_spec.h"
#include "loop/blob_cache.h"
#include "registry/registry.h"
#include "sys/clock.h"
#include "sys/files.h"

namespace skerry::loop {

struct ModelInfo {
  std::int64_t version = 0;
  Digest pipeline_digest;
};

// One loaded model and whether requests without a version go to it.
struct ServedSlot {
  std::string name;
  Digest digest;
  bool current = false;
};

// What the agent asks of serving.
class ModelTarget {
 public:
  virtual ~ModelTarget() = default;
  // Loads, warms and checks a bundle beside what serves. Keeps nothing after an error.
  // Errors: kFailedPrecondition when a check row gives another answer, kInvalidArgument for a
  // bundle that will never load; others may pass.
  virtual Result<ModelInfo> load(const Digest& digest, std::string_view bundle_tar) = 0;
  // Serves exactly these, all loaded before; unloads every other once its last request ended.
  virtual void serve(std::span<const ServedSlot> slots) = 0;
};

struct SlotStatus {
  Digest digest;
  std::int64_t version = 0;
};

struct ModelStatus {
  std::string name;
  std::optional<SlotStatus> current;
  std::optional<SlotStatus> previous;
};

struct Refusal {
  Digest digest;
  std::string reason;  // One of a list: load_failed, check_failed, pipeline_changed, bad_manifest.
  std::string detail;  // For the site's operator; not part of what leaves the site.
};

struct AgentStatus {
  std::int64_t generation_seen = 0;
  std::int64_t generation_applied = 0;
  std::vector<ModelStatus> models;
  std::vector<Refusal> refused;
  // Of a list: registry_unreachable, no_desired_state, desired_state_invalid, older_generation,
  // desired_state_expired, blob_damaged, disk_full, model_refused, model_unavailable.
  std::vector<std::string> problems;
  std::string detail;  // The last error in words, for the operator.
};

class Agent {
 public:
  struct Options {
    std::string site;
    std::string ring;
    std::string folder;  // The site's own; blobs, manifests and agent.json lie in it.
    std::uint64_t bundle_bytes_max = 4ull << 30;
    // Instead of what the SiteSpec says.
    std::optional<std::chrono::milliseconds> poll_interval;
  };

  Agent(sys::FileSystem& fs, sys::Clock& clock, registry::Registry& registry, ModelTarget& target,
        Options options);

  // Serves what the disk holds from the last time. Errors: kDataLoss when agent.json is damaged.
  Status start();

  // One look at the registry and, where it says something new, one try to follow. Never throws the
  // serving models away; what went wrong stands in status().
  void poll();

  // Until the next poll().
  std::chrono::milliseconds poll_interval() const;

  AgentStatus status() const;

 private:
  struct Slot {
    Digest digest;
    ModelInfo info;
  };
  struct Served {
    std::optional<Slot> current;
    std::optional<Slot> previous;
  };

  Result<std::optional<SiteSpec>> read_desired();
  Status apply(const SiteSpec& spec, bool offline);
  Status apply_model(const ModelSlots& slots, bool offline);
  Result<Slot> load(const std::string& name, const Digest& digest, bool offline);
  Result<std::string> fetch_bundle(const std::string& name, const Digest& digest, bool offline);
  Result<oci::Manifest> fetch_manifest(const std::string& repository, const Digest& digest,
                                       bool offline);
  void refuse(const Digest& digest, const std::string& reason, const Error& error);
  const Refusal* find_refusal(const Digest& digest) const;
  void publish();
  Status save();
  Status restore(std::string_view bytes);
  Status remove_unused();
  void report(const std::string& problem, const std::string& detail);
  void update_status();

  sys::FileSystem& fs_;
  sys::Clock& clock_;
  registry::Registry& registry_;
  ModelTarget& target_;
  const Options options_;
  BlobCache blobs_;

  // Owned by the polling thread.
  std::optional<Digest>
      desired_digest_;            // Of the manifest last read, so that an equal one costs a 304.
  std::optional<SiteSpec> spec_;  // The newest accepted desired state.
  std::int64_t generation_seen_ = 0;
  std::int64_t generation_applied_ = 0;
  std::map<std::string, Served> served_;
  std::map<std::string, Digest> in_service_;  // As agent.json holds it.
  std::vector<Refusal> refused_;
  std::vector<std::string> problems_;
  std::string detail_;
  std::string saved_;  // What agent.json holds, so that an unchanged record costs no sync.

  mutable Mutex mutex_;
  AgentStatus status_ SKERRY_GUARDED_BY(mutex_);
};

// The status document of GET /v1/status and status.json: closed, no payload.
json::Object to_json(const AgentStatus& status);

}  // namespace skerry::loop
