// SPDX-License-Identifier: Apache-2.0
#include "loop/agent.h"

#include <algorithm>
#include <set>

#include "base/log.h"
#include "loop/agent_record.h"

namespace skerry::loop {
namespace {

constexpr std::size_t kSpecBytesMax = 1u << 20;
constexpr std::size_t kRecordBytesMax = 4u << 20;
constexpr std::size_t kRefusalsMax = 64;
// A new site looks often until its ring desires something: that is when a person waits for it.
constexpr std::chrono::milliseconds kFirstPoll{2'000};

std::string manifest_path(const std::string& folder, const Digest& digest) {
  return sys::join_path(folder, "manifests/" + digest.hex() + ".json");
}

// True for a failure that the same bytes will show again.
bool permanent(const Error& error) {
  switch (error.code()) {
    case Code::kInvalidArgument:
    case Code::kFailedPrecondition:
    case Code::kOutOfRange:
    case Code::kUnimplemented:
    case Code::kDataLoss: return true;
    default: return false;
  }
}

std::string problem_of(const Error& error) {
  switch (error.code()) {
    case Code::kDataLoss: return "blob_damaged";
    case Code::kResourceExhausted: return "disk_full";
    case Code::kUnavailable:
    case Code::kDeadlineExceeded: return "registry_unreachable";
    default: return "model_unavailable";
  }
}

}  // namespace

Agent::Agent(sys::FileSystem& fs, sys::Clock& clock, registry::Registry& registry,
             ModelTarget& target, Options options)
    : fs_(fs),
      clock_(clock),
      registry_(registry),
      target_(target),
      options_(std::move(options)),
      blobs_(fs, sys::join_path(options_.folder, "blobs")) {}

Status Agent::start() {
  TRY(fs_.make_directories(sys::join_path(options_.folder, "manifests")));
  const Result<std::string> bytes =
      sys::read_file(fs_, sys::join_path(options_.folder, "agent.json"), kRecordBytesMax);
  if (!bytes.ok()) {
    return bytes.error().code() == Code::kNotFound ? ok_status() : Status(bytes.error());
  }
  TRY(restore(*bytes).with("agent.json"));
  for (const auto& [name, digest] : in_service_) {
    Result<Slot> slot = load(name, digest, true);
    if (slot.ok()) served_[name].current = *std::move(slot);
  }
  if (spec_) {
    if (const Status applied = apply(*spec_, true); !applied.ok()) {
      report("model_unavailable", applied.error().message());
    }
  }
  update_status();
  return ok_status();
}

void Agent::poll() {
  problems_.clear();
  detail_.clear();
  const Result<std::optional<SiteSpec>> desired = read_desired();
  if (!desired.ok()) {
    const bool absent = desired.error().code() == Code::kNotFound;
    const bool invalid = permanent(desired.error());
    report(absent    ? "no_desired_state"
           : invalid ? "desired_state_invalid"
                     : "registry_unreachable",
           desired.error().message());
  } else if (*desired) {
    spec_ = **desired;
    generation_seen_ = spec_->generation;
    if (const Status saved = save(); !saved.ok()) report("disk_full", saved.error().message());
  }
  if (spec_ && (generation_applied_ < spec_->generation || !refused_.empty())) {
    const bool expired = spec_->not_after && clock_.now() > *spec_->not_after;
    if (expired) {
      report("desired_state_expired", "the desired state is past its not_after");
    } else if (const Status applied = apply(*spec_, false); !applied.ok()) {
      report(problem_of(applied.error()), applied.error().message());
    }
  }
  update_status();
}

std::chrono::milliseconds Agent::poll_interval() const {
  if (options_.poll_interval) return *options_.poll_interval;
  return spec_ ? spec_->intervals.poll : kFirstPoll;
}

AgentStatus Agent::status() const {
  const MutexLock lock(mutex_);
  return status_;
}

Result<std::optional<SiteSpec>> Agent::read_desired() {
  const std::string repository = "fleet/" + options_.ring;
  const std::optional<registry::StoredManifest> stored =
      TRY(registry_.get_manifest(repository, "desired", desired_digest_));
  if (!stored) return std::optional<SiteSpec>();
  const oci::Manifest manifest = TRY(oci::parse_manifest(stored->bytes, stored->media_type));
  if (manifest.layers.size() != 1 || manifest.layers[0].media_type != oci::kSiteSpecType) {
    return invalid_argument(repository + ":desired does not hold a SiteSpec");
  }
  BlobCache specs(fs_, sys::join_path(options_.folder, "specs"));
  const std::string bytes =
      TRY(specs.fetch(registry_, repository, manifest.layers[0], kSpecBytesMax));
  TRY(specs.remove_except({manifest.layers[0].digest}));
  SiteSpec spec = TRY(site_spec_from_json(TRY(json::parse(bytes))).with("SiteSpec"));
  if (spec.ring != options_.ring) {
    return invalid_argument("the SiteSpec is for ring \"" + spec.ring + "\"");
  }
  desired_digest_ = stored->digest;
  if (spec.generation < generation_seen_) {
    report("older_generation", "the registry offers generation " + std::to_string(spec.generation) +
                                   ", this site has seen " + std::to_string(generation_seen_));
    return std::optional<SiteSpec>();
  }
  return std::optional(std::move(spec));
}

Status Agent::apply(const SiteSpec& spec, bool offline) {
  std::optional<Error> first_error;
  for (const ModelSlots& slots : spec.models) {
    if (Status applied = apply_model(slots, offline); !applied.ok() && !first_error) {
      first_error = std::move(applied).error();
    }
  }
  std::erase_if(served_, [&](const auto& entry) {
    return std::ranges::find(spec.models, entry.first, &ModelSlots::name) == spec.models.end();
  });
  publish();
  const bool followed = std::ranges::all_of(spec.models, [&](const ModelSlots& slots) {
    const auto found = served_.find(slots.name);
    return found != served_.end() && found->second.current &&
           found->second.current->digest == slots.current;
  });
  if (followed) generation_applied_ = spec.generation;
  TRY(save());
  if (first_error) return *first_error;
  return followed ? remove_unused() : ok_status();
}

// Brings one model from what serves to what is asked: first in, then out.
Status Agent::apply_model(const ModelSlots& slots, bool offline) {
  Served& served = served_[slots.name];
  if (find_refusal(slots.current) != nullptr) {
    report("model_refused", find_refusal(slots.current)->detail);
  } else if (!served.current || served.current->digest != slots.current) {
    const std::optional<Slot> old = served.current;
    if (served.previous && served.previous->digest == slots.current) {
      served.current = std::exchange(served.previous, old);  // Back to what is still loaded.
    } else {
      Result<Slot> slot = load(slots.name, slots.current, offline);
      if (!slot.ok()) {
        // A refusal is remembered and reported; anything else is tried again at the next poll.
        return find_refusal(slots.current) != nullptr ? ok_status() : Status(slot.error());
      }
      if (old && old->info.pipeline_digest != slot->info.pipeline_digest) {
        refuse(slots.current, "pipeline_changed",
               failed_precondition("the model computes its features differently from the one in "
                                   "service, whose windows would be lost"));
        return ok_status();
      }
      served.current = *std::move(slot);
      served.previous = old;
    }
  }
  const bool wanted = slots.previous && find_refusal(*slots.previous) == nullptr &&
                      (!served.current || served.current->digest != *slots.previous);
  if (wanted && (!served.previous || served.previous->digest != *slots.previous)) {
    served.previous = TRY(load(slots.name, *slots.previous, offline));
  }
  return ok_status();
}

Result<Agent::Slot> Agent::load(const std::string& name, const Digest& digest, bool offline) {
  const std::string bundle = TRY(fetch_bundle(name, digest, offline));
  Result<ModelInfo> info = target_.load(digest, bundle);
  if (!info.ok()) {
    if (permanent(info.error())) {
      refuse(digest,
             info.error().code() == Code::kFailedPrecondition ? "check_failed" : "load_failed",
             info.error());
    }
    return std::move(info).error();
  }
  return Slot{digest, *std::move(info)};
}

Result<std::string> Agent::fetch_bundle(const std::string& name, const Digest& digest,
                                        bool offline) {
  const std::string repository = "models/" + name;
  const oci::Manifest manifest = TRY(fetch_manifest(repository, digest, offline));
  if (manifest.artifact_type != oci::kModelArtifactType || manifest.layers.size() != 1) {
    Error error = invalid_argument(digest.to_string() + " is no ModelPack artifact of one layer");
    refuse(digest, "bad_manifest", error);
    return error;
  }
  if (offline) return blobs_.read(manifest.layers[0].digest, options_.bundle_bytes_max);
  return blobs_.fetch(registry_, repository, manifest.layers[0], options_.bundle_bytes_max);
}

Result<oci::Manifest> Agent::fetch_manifest(const std::string& repository, const Digest& digest,
                                            bool offline) {
  const std::string path = manifest_path(options_.folder, digest);
  const Result<std::string> stored = sys::read_file(fs_, path, limits::kManifestBytesMax);
  if (stored.ok() && Digest::of(*stored, digest.algorithm()) == digest) {
    return oci::parse_manifest(*stored, oci::kManifestType);
  }
  if (offline) return not_found("manifest " + digest.to_string() + " is not on this disk");
  const auto pulled = TRY(registry_.get_manifest(repository, digest.to_string()));
  SKERRY_CHECK(pulled.has_value());  // Nothing was named as known.
  if (Digest::of(pulled->bytes, digest.algorithm()) != digest) {
    return data_loss("manifest " + digest.to_string() + " arrived with another digest");
  }
  TRY(sys::write_file_atomically(fs_, path, pulled->bytes));
  return oci::parse_manifest(pulled->bytes, pulled->media_type);
}

void Agent::refuse(const Digest& digest, const std::string& reason, const Error& error) {
  log::warning("model {} refused ({}): {}", digest.to_string(), reason, error.message());
  if (find_refusal(digest) != nullptr) return;
  if (refused_.size() == kRefusalsMax) refused_.erase(refused_.begin());
  refused_.push_back({digest, reason, error.message()});
  report("model_refused", error.message());
}

const Refusal* Agent::find_refusal(const Digest& digest) const {
  const auto found = std::ranges::find(refused_, digest, &Refusal::digest);
  return found == refused_.end() ? nullptr : &*found;
}

void Agent::publish() {
  std::vector<ServedSlot> slots;
  for (const auto& [name, served] : served_) {
    if (served.current) slots.push_back({name, served.current->digest, true});
    if (served.previous) slots.push_back({name, served.previous->digest, false});
  }
  target_.serve(slots);
}

Status Agent::save() {
  in_service_.clear();
  for (const auto& [name, served] : served_) {
    if (served.current) in_service_.emplace(name, served.current->digest);
  }
  std::string record =
      json::dump_pretty(to_json(AgentRecord{generation_seen_, spec_, in_service_, refused_}));
  if (record == saved_) return ok_status();
  TRY(sys::write_file_atomically(fs_, sys::join_path(options_.folder, "agent.json"), record));
  saved_ = std::move(record);
  return ok_status();
}

Status Agent::restore(std::string_view bytes) {
  const Result<json::Value> document = json::parse(bytes);
  if (!document.ok()) return data_loss(document.error().message());
  Result<AgentRecord> record = agent_record_from_json(*document);
  if (!record.ok()) return data_loss(record.error().message());
  generation_seen_ = record->generation_seen;
  spec_ = std::move(record->spec);
  in_service_ = std::move(record->in_service);
  refused_ = std::move(record->refused);
  return ok_status();
}

Status Agent::remove_unused() {
  std::set<Digest> blobs;
  std::set<std::string> manifests;
  for (const auto& [name, served] : served_) {
    for (const std::optional<Slot>* slot : {&served.current, &served.previous}) {
      if (!*slot) continue;
      manifests.insert((*slot)->digest.hex() + ".json");
      const oci::Manifest manifest = TRY(fetch_manifest("models/" + name, (*slot)->digest, true));
      blobs.insert(manifest.layers[0].digest);
    }
  }
  const std::string folder = sys::join_path(options_.folder, "manifests");
  for (const std::string& name : TRY(fs_.list(folder))) {
    if (!manifests.contains(name)) TRY(fs_.remove(sys::join_path(folder, name)));
  }
  return blobs_.remove_except(blobs);
}

void Agent::report(const std::string& problem, const std::string& detail) {
  if (std::ranges::find(problems_, problem) == problems_.end()) problems_.push_back(problem);
  detail_ = detail;
}

void Agent::update_status() {
  AgentStatus status;
  status.generation_seen = generation_seen_;
  status.generation_applied = generation_applied_;
  for (const auto& [name, served] : served_) {
    ModelStatus model{name, {}, {}};
    if (served.current) {
      model.current = SlotStatus{served.current->digest, served.current->info.version};
    }
    if (served.previous) {
      model.previous = SlotStatus{served.previous->digest, served.previous->info.version};
    }
    status.models.push_back(std::move(model));
  }
  status.refused = refused_;
  status.problems = problems_;
  status.detail = detail_;
  const MutexLock lock(mutex_);
  status_ = std::move(status);
}

}  // namespace skerry::loop
