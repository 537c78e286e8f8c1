// SPDX-License-Identifier: Apache-2.0
//
// The models a site serves (step 3). The agent hands in the whole list of versions that shall be
// served; what is missing is loaded off the request path, then the list is published in one step,
// and what was left out is unloaded when its last request is done. Never out before in. Threads:
// aspire() and release_unused() belong to one thread; acquire() and list() may be called by any.
// Source: the aspired-versions contract of TensorFlow Serving's manager.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "serve/loaded_model.h"
#include "serve/thread_slot.h"

namespace skerry::serve {

// One line of the list.
struct AspiredVersion {
  std::string name;
  std::int64_t version = 0;
  std::string digest;  // Another digest under the same version is another model.
  bool answers =
      true;  // Answers requests that name no version. One for each name; else the highest.
  // Reads, loads and checks (serve::load_bundle). Called by aspire() when it is not loaded yet.
  std::function<Result<std::shared_ptr<const LoadedModel>>()> load;
};

// What became of one line.
struct VersionState {
  std::string name;
  std::int64_t version = 0;
  std::string digest;
  bool ready = false;
  bool answers = false;
  std::string reason;  // Why it is not ready.
};

class ModelRepository {
 public:
  struct Snapshot;
  using ModelPtr = std::shared_ptr<const LoadedModel>;

  // Keeps one model loaded for as long as it lives; short-lived, and not kept across requests.
  class Handle {
   public:
    const LoadedModel& operator*() const { return *model_; }
    const LoadedModel* operator->() const { return model_; }

   private:
    friend class ModelRepository;
    std::shared_ptr<const Snapshot> snapshot_;
    const LoadedModel* model_ = nullptr;
  };

  ModelRepository();
  ~ModelRepository();
  ModelRepository(const ModelRepository&) = delete;  // Published to other threads by reference.
  ModelRepository& operator=(const ModelRepository&) = delete;

  // Makes the list true and returns the lines that could not be, with the reason; a line is tried
  // again by the next call. Where the version that shall answer fails, the one in service stays,
  // listed or not. Blocks: for the loads. Errors of a line: what its `load` returned;
  // kInvalidArgument for a line that is there twice or whose `load` gives another model.
  std::vector<std::pair<VersionState, Error>> aspire(const std::vector<AspiredVersion>& wanted);

  // The version, or without one the version in service. No disk, no wait for a load.
  // Errors: kNotFound for a name or version that is not served, kUnavailable while none of its
  // versions could be loaded.
  Result<Handle> acquire(std::string_view name,
                         std::optional<std::int64_t> version = std::nullopt) const;

  // Every line of the last list and what stayed in service beside it, sorted by name and version.
  std::vector<VersionState> list() const;
  // A handle to each version that is ready, in the same order.
  std::vector<Handle> acquire_all() const;

  // Frees models that no request uses any more; returns how many are still in use. aspire() does it
  // too.
  std::size_t release_unused();

 private:
  // A slot hands out the snapshot under a reference count of its own, so that threads of other
  // slots never touch the same cache line.
  struct alignas(64) Slot {
    mutable Mutex mutex;
    std::shared_ptr<const Snapshot> snapshot SKERRY_GUARDED_BY(mutex);
  };

  std::shared_ptr<const Snapshot> current() const;
  void publish(std::shared_ptr<const Snapshot> next);
  Result<ModelPtr> load(const AspiredVersion& line) const;
  void keep_in_service(Snapshot& next, const std::string& name) const;

  // Belong to the thread that calls aspire().
  std::shared_ptr<const Snapshot> published_;
  std::vector<ModelPtr> retired_;

  std::array<Slot, kThreadSlots> slots_;
};

}  // namespace skerry::serve
