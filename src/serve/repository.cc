// SPDX-License-Identifier: Apache-2.0
#include "serve/repository.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "base/log.h"

namespace skerry::serve {

// Immutable once published.
struct ModelRepository::Snapshot {
  struct Entry {
    std::map<std::int64_t, ModelPtr> versions;
    const LoadedModel* in_service = nullptr;
    std::string reason;  // Why nothing is in service.
  };
  std::map<std::string, Entry, std::less<>> names;
  std::vector<VersionState> states;

  // Chooses the highest version where no line said which one answers, and lists what is ready.
  void complete() {
    for (auto& [name, entry] : names) {
      if (entry.in_service == nullptr && !entry.versions.empty()) {
        entry.in_service = entry.versions.rbegin()->second.get();
      }
      for (const auto& [version, model] : entry.versions) {
        states.push_back({name, version, model->digest, true, entry.in_service == model.get(), {}});
      }
    }
    std::ranges::sort(states, {}, [](const VersionState& state) {
      return std::tie(state.name, state.version, state.digest);
    });
  }

  ModelPtr find(const std::string& name, std::int64_t version) const {
    const auto entry = names.find(name);
    if (entry == names.end()) return nullptr;
    const auto found = entry->second.versions.find(version);
    return found == entry->second.versions.end() ? nullptr : found->second;
  }
};

ModelRepository::ModelRepository() { publish(std::make_shared<Snapshot>()); }
ModelRepository::~ModelRepository() = default;

void ModelRepository::publish(std::shared_ptr<const Snapshot> next) {
  for (Slot& slot : slots_) {
    // A second owner with a count of its own that keeps the first alive.
    std::shared_ptr<const Snapshot> owned(next.get(), [next](const Snapshot*) {});
    {
      const MutexLock lock(slot.mutex);
      slot.snapshot.swap(owned);
    }  // The old one is dropped outside the lock.
  }
  published_ = std::move(next);
}

std::shared_ptr<const ModelRepository::Snapshot> ModelRepository::current() const {
  const Slot& slot = slots_[thread_slot()];
  const MutexLock lock(slot.mutex);
  return slot.snapshot;
}

Result<ModelRepository::ModelPtr> ModelRepository::load(const AspiredVersion& line) const {
  ModelPtr model = published_->find(line.name, line.version);
  if (model != nullptr && model->digest == line.digest) return model;
  model = TRY(line.load());
  SKERRY_CHECK(model != nullptr);
  if (model->name != line.name || model->version != line.version) {
    return invalid_argument("the artifact holds " + model->name + " version " +
                            std::to_string(model->version));
  }
  return model;
}

void ModelRepository::keep_in_service(Snapshot& next, const std::string& name) const {
  const auto before = published_->names.find(name);
  if (before == published_->names.end() || before->second.in_service == nullptr) return;
  const LoadedModel* stays = before->second.in_service;
  auto& entry = next.names[name];
  const auto [kept, added] =
      entry.versions.try_emplace(stays->version, before->second.versions.at(stays->version));
  if (entry.in_service == nullptr) entry.in_service = kept->second.get();
}

std::vector<std::pair<VersionState, Error>> ModelRepository::aspire(
    const std::vector<AspiredVersion>& wanted) {
  auto next = std::make_shared<Snapshot>();
  std::vector<std::pair<VersionState, Error>> refused;
  std::set<std::pair<std::string, std::int64_t>> seen;
  for (const AspiredVersion& line : wanted) {
    const bool repeated = !seen.emplace(line.name, line.version).second;
    auto model =
        repeated ? Result<ModelPtr>(invalid_argument("the version is listed twice")) : load(line);
    auto& entry = next->names[line.name];
    if (model) {
      entry.versions[line.version] = *model;
      if (line.answers) entry.in_service = model->get();
      continue;
    }
    const Error& error = model.error();
    log::warning("model {} version {} is not served: {}", line.name, line.version, error.message());
    entry.reason = error.message();
    next->states.push_back({line.name, line.version, line.digest, false, false, error.message()});
    refused.emplace_back(next->states.back(), error);
    if (line.answers && !repeated) keep_in_service(*next, line.name);
  }
  next->complete();
  for (const auto& [name, entry] : published_->names) {
    for (const auto& [version, model] : entry.versions) {
      if (next->find(name, version) != model) retired_.push_back(model);
    }
  }
  publish(std::move(next));
  release_unused();
  return refused;
}

std::size_t ModelRepository::release_unused() {
  // Nobody can take another reference to a retired model: only old snapshots know it, and they are
  // out of every slot. So a count of one is final.
  std::erase_if(retired_, [](const ModelPtr& model) { return model.use_count() == 1; });
  return retired_.size();
}

Result<ModelRepository::Handle> ModelRepository::acquire(
    std::string_view name, std::optional<std::int64_t> version) const {
  Handle handle;
  handle.snapshot_ = current();
  const auto entry = handle.snapshot_->names.find(name);
  if (entry == handle.snapshot_->names.end()) {
    return not_found("model \"" + std::string(name) + "\" is not served here");
  }
  if (version) {
    const auto found = entry->second.versions.find(*version);
    if (found == entry->second.versions.end()) {
      return not_found("version " + std::to_string(*version) + " of model \"" + std::string(name) +
                       "\" is not served here");
    }
    handle.model_ = found->second.get();
    return handle;
  }
  handle.model_ = entry->second.in_service;
  if (handle.model_ == nullptr) {
    return unavailable("model \"" + std::string(name) + "\" is not ready: " + entry->second.reason);
  }
  return handle;
}

std::vector<VersionState> ModelRepository::list() const { return current()->states; }

std::vector<ModelRepository::Handle> ModelRepository::acquire_all() const {
  std::vector<Handle> handles;
  const auto snapshot = current();
  for (const auto& [name, entry] : snapshot->names) {
    for (const auto& [version, model] : entry.versions) {
      handles.emplace_back();
      handles.back().snapshot_ = snapshot;
      handles.back().model_ = model.get();
    }
  }
  return handles;
}

}  // namespace skerry::serve
