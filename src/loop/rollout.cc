// SPDX-License-Identifier: Apache-2.0
#include "loop/rollout.h"

#include <algorithm>
#include <utility>

#include "base/ids.h"
#include "bundle/bundle.h"
#include "domain/oci.h"
#include "loop/registry_bytes.h"

namespace skerry::loop {
namespace {

constexpr std::string_view kFleetPrefix = "fleet/";
constexpr std::size_t kSpecBytesMax = 1u << 20;

}  // namespace

Result<SiteSpec> RolloutController::start(const ModelRef& model, const std::string& ring) {
  TRY(check_name(ring).with("ring"));
  const MutexLock lock(mutex_);
  const oci::Descriptor target = TRY(registry_.resolve(model.repository(), model.tag));
  const Digest pipeline = TRY(pipeline_of(model.name, target.digest).with(model.to_string()));
  std::map<std::string, SiteSpec> rings = TRY(read_rings());
  std::int64_t generation = 0;
  for (const auto& [name, spec] : rings) generation = std::max(generation, spec.generation);
  SiteSpec& spec = rings[ring];
  spec.ring = ring;
  const auto slots = std::ranges::find(spec.models, model.name, &ModelSlots::name);
  if (slots == spec.models.end()) {
    spec.models.push_back({model.name, target.digest, {}, {}});
  } else if (slots->current == target.digest) {
    return spec;
  } else {
    const Digest in_service =
        TRY(pipeline_of(model.name, slots->current).with("the model in service"));
    if (in_service != pipeline) {
      return failed_precondition("rollout refused: " + model.to_string() +
                                 " computes its features differently from the model in service (" +
                                 pipeline.to_string() + ", in service " + in_service.to_string() +
                                 "); its windows would start empty. Train it with the pipeline in "
                                 "service and start again");
    }
    slots->previous = std::exchange(slots->current, target.digest);
  }
  spec.generation = generation + 1;
  spec.intervals = options_.intervals;
  TRY(write(spec));
  return spec;
}

Result<std::map<std::string, SiteSpec>> RolloutController::rings() {
  const MutexLock lock(mutex_);
  return read_rings();
}

Result<std::map<std::string, SiteSpec>> RolloutController::read_rings() {
  std::map<std::string, SiteSpec> rings;
  for (const std::string& repository : TRY(registry_.repositories())) {
    if (!repository.starts_with(kFleetPrefix)) continue;
    const Result<std::optional<registry::StoredManifest>> stored =
        registry_.get_manifest(repository, "desired");
    if (!stored.ok() && stored.error().code() == Code::kNotFound) continue;
    if (!stored.ok()) return stored.error();
    const oci::Manifest manifest =
        TRY(oci::parse_manifest((*stored)->bytes, (*stored)->media_type));
    if (manifest.layers.size() != 1 || manifest.layers[0].media_type != oci::kSiteSpecType) {
      return data_loss(repository + ":desired does not hold a SiteSpec");
    }
    const std::string bytes =
        TRY(read_blob(registry_, repository, manifest.layers[0], kSpecBytesMax));
    SiteSpec spec = TRY(site_spec_from_json(TRY(json::parse(bytes))).with(repository));
    if (spec.ring != repository.substr(kFleetPrefix.size())) {
      return data_loss(repository + ":desired is the SiteSpec of ring \"" + spec.ring + "\"");
    }
    rings[spec.ring] = std::move(spec);
  }
  return rings;
}

Result<Digest> RolloutController::pipeline_of(const std::string& name, const Digest& digest) {
  const std::string repository = "models/" + name;
  const auto stored = TRY(registry_.get_manifest(repository, digest.to_string()));
  SKERRY_CHECK(stored.has_value());  // Nothing was named as known.
  const oci::Manifest manifest = TRY(oci::parse_manifest(stored->bytes, stored->media_type));
  if (manifest.artifact_type != oci::kModelArtifactType || manifest.layers.size() != 1) {
    return invalid_argument("it is no model artifact; push it with \"skerry model push\"");
  }
  const std::string tar =
      TRY(read_blob(registry_, repository, manifest.layers[0], options_.bundle_bytes_max));
  const bundle::BundleView view = TRY(bundle::open(tar));
  if (view.name != name) {
    return invalid_argument("its bundle is of model \"" + view.name + "\"; push it as that one");
  }
  return TRY(bundle::manifest_from_json(TRY(json::parse(view.manifest_json)))).pipeline_digest;
}

Status RolloutController::write(const SiteSpec& spec) {
  const json::Object document = site_spec_to_json(spec);
  // One that no site can read, such as one of too many models, would stop the ring for good.
  TRY(site_spec_from_json(document).with("ring \"" + spec.ring + "\""));
  const std::string repository = std::string(kFleetPrefix) + spec.ring;
  const std::string bytes = json::dump(document);
  oci::Manifest manifest;
  manifest.media_type = oci::kManifestType;
  manifest.artifact_type = oci::kSiteSpecType;
  manifest.config = TRY(write_blob(registry_, repository, oci::kEmptyType, oci::kEmptyBlob));
  manifest.layers.push_back(TRY(write_blob(registry_, repository, oci::kSiteSpecType, bytes)));
  TRY(registry_.put_manifest(repository, "desired", oci::kManifestType,
                             oci::format_manifest(manifest)));
  return ok_status();
}

}  // namespace skerry::loop
