// SPDX-License-Identifier: Apache-2.0
#include "registry/referrer_index.h"

#include <utility>

#include "base/log.h"
#include "data/json.h"
#include "registry/repository_tree.h"

namespace skerry::registry {
namespace {

constexpr std::string_view kCompleteMark = "complete";
constexpr std::string_view kEntries = "referrers";
constexpr std::string_view kVersion = "1\n";  // Another version is built again.

}  // namespace

oci::Descriptor referrer_descriptor(const oci::Manifest& manifest, const Digest& digest,
                                    const std::string& media_type, std::uint64_t size_bytes) {
  oci::Descriptor descriptor{media_type,           digest,      size_bytes, manifest.artifact_type,
                             manifest.annotations, std::nullopt};
  if (descriptor.artifact_type.empty() && manifest.config) {
    descriptor.artifact_type = manifest.config->media_type;
  }
  return descriptor;
}

ReferrerIndex::ReferrerIndex(sys::FileSystem& fs, Scratch& scratch, std::string folder)
    : fs_(fs), scratch_(scratch), folder_(std::move(folder)) {}

bool ReferrerIndex::complete() const {
  Result<std::string> mark = sys::read_file(fs_, sys::join_path(folder_, kCompleteMark), 64);
  return mark && *mark == kVersion;
}

Status ReferrerIndex::clear() {
  TRY(make_durable_folder(fs_, folder_));
  // The mark goes first: a crash in between must not leave half an index that looks whole.
  const std::string mark = sys::join_path(folder_, kCompleteMark);
  if (sys::exists(fs_, mark)) TRY(fs_.remove(mark));
  TRY(fs_.sync_directory(folder_));
  const std::string entries = sys::join_path(folder_, kEntries);
  return sys::exists(fs_, entries) ? fs_.remove_tree(entries) : ok_status();
}

Status ReferrerIndex::finish_build() {
  return scratch_.place(kVersion, sys::join_path(folder_, kCompleteMark));
}

std::string ReferrerIndex::folder_of(const std::string& repository, const Digest& subject) const {
  const std::string subjects =
      sys::join_path(sys::join_path(sys::join_path(folder_, kEntries), repository), "_subjects");
  return sys::join_path(subjects, link_name(subject));
}

Status ReferrerIndex::add(const std::string& repository, const Digest& subject,
                          const oci::Descriptor& referrer) {
  return scratch_.place(json::dump(oci::to_json(referrer)),
                        sys::join_path(folder_of(repository, subject), link_name(referrer.digest)));
}

Status ReferrerIndex::remove(const std::string& repository, const Digest& subject,
                             const Digest& referrer) {
  Status removed = fs_.remove(sys::join_path(folder_of(repository, subject), link_name(referrer)));
  if (!removed && removed.error().code() != Code::kNotFound) return removed;
  return {};
}

Result<std::vector<oci::Descriptor>> ReferrerIndex::list(const std::string& repository,
                                                         const Digest& subject) const {
  std::vector<oci::Descriptor> descriptors;
  const std::string folder = folder_of(repository, subject);
  if (!sys::exists(fs_, folder)) return descriptors;
  for (const std::string& name : TRY(fs_.list(folder))) {
    Result<std::string> bytes =
        sys::read_file(fs_, sys::join_path(folder, name), limits::kManifestBytesMax);
    if (!bytes && bytes.error().code() == Code::kNotFound) continue;  // Removed in the meantime.
    if (!bytes) return std::move(bytes).error();
    Result<json::Value> value = json::parse(*bytes);
    Result<oci::Descriptor> descriptor =
        value ? oci::descriptor_from_json(*value) : Result<oci::Descriptor>(value.error());
    if (!descriptor) {
      log::warning("registry: index entry {} is damaged; rebuild the index", name);
      continue;
    }
    descriptors.push_back(std::move(*descriptor));
  }
  return descriptors;
}

}  // namespace skerry::registry
