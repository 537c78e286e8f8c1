// SPDX-License-Identifier: Apache-2.0
//
// RemoteRegistry: referrers by the API, and by the tag schema where there is none
// (distribution-spec 1.1.1, "Referrers tag schema").
#include <algorithm>
#include <utility>

#include "base/encoding.h"
#include "registry/ranges.h"
#include "registry/referrer_index.h"
#include "registry/remote/client.h"

namespace skerry::registry {
namespace {

constexpr int kEditsMax = 5;  // Of a tag that others edit at the same time.
constexpr std::size_t kPagesMax = 1000;

// "<algorithm>-<hex>", cut to 32 and 64 characters.
std::string referrers_tag_name(const Digest& subject) {
  return std::string(subject.algorithm_name().substr(0, 32)) + "-" + subject.hex().substr(0, 64);
}

}  // namespace

Result<std::vector<oci::Descriptor>> RemoteRegistry::referrers(const std::string& repository,
                                                               const Digest& digest,
                                                               const std::string& artifact_type) {
  TRY(oci::check_repository(repository));
  auto by_api = TRY(referrers_api(repository, digest, artifact_type));
  if (by_api) return *std::move(by_api);
  return referrers_tag(repository, digest, artifact_type);
}

// nullopt: the server has no such API.
Result<std::optional<std::vector<oci::Descriptor>>> RemoteRegistry::referrers_api(
    const std::string& repository, const Digest& subject, const std::string& artifact_type) {
  std::vector<oci::Descriptor> all;
  std::string page = url(repository, "referrers/" + subject.to_string());
  if (!artifact_type.empty()) page += "?artifactType=" + percent_encode(artifact_type);
  for (std::size_t pages = 0; pages < kPagesMax; ++pages) {
    net::ClientRequest request;
    request.url = page;
    request.headers.set("Accept", oci::kIndexType);
    request.response_bytes_max = options_.manifest_bytes_max;
    const net::ClientResponse response = TRY(send(request, {repository, false}));
    if (response.status == 404 && pages == 0) {
      return std::optional<std::vector<oci::Descriptor>>();
    }
    if (response.status != 200) return answer_error(response, "list referrers");
    oci::Manifest index = TRY(oci::parse_manifest(response.body, oci::kIndexType));
    for (oci::Descriptor& descriptor : index.manifests) {
      // A server may leave the filter to us.
      if (!artifact_type.empty() && descriptor.artifact_type != artifact_type) continue;
      all.push_back(std::move(descriptor));
    }
    const auto next = next_link(response.headers.find("Link").value_or(""));
    if (!next) return std::optional(std::move(all));
    page = TRY(session_.follow(*next));
  }
  return unavailable("the registry's list of referrers does not end");
}

// The artifact type in such an index cannot be relied on (some writers put the empty type there):
// each manifest is read and asked itself.
Result<std::vector<oci::Descriptor>> RemoteRegistry::referrers_tag(
    const std::string& repository, const Digest& subject, const std::string& artifact_type) {
  std::vector<oci::Descriptor> found;
  auto fetched = fetch_manifest(repository, referrers_tag_name(subject), std::nullopt);
  if (!fetched && fetched.error().code() == Code::kNotFound) return found;
  if (!fetched) return std::move(fetched).error();
  const oci::Manifest index =
      TRY(oci::parse_manifest((*fetched)->manifest.bytes, oci::kIndexType).with("referrers tag"));
  for (const oci::Descriptor& entry : index.manifests) {
    auto stored = get_manifest(repository, entry.digest.to_string());
    if (!stored && stored.error().code() == Code::kNotFound) continue;  // Removed by an old client.
    if (!stored) return std::move(stored).error();
    const oci::Manifest manifest =
        TRY(oci::parse_manifest((*stored)->bytes, (*stored)->media_type).with("referrer"));
    if (!manifest.subject || manifest.subject->digest != subject) continue;
    oci::Descriptor descriptor =
        referrer_descriptor(manifest, entry.digest, manifest.media_type, (*stored)->bytes.size());
    if (!artifact_type.empty() && descriptor.artifact_type != artifact_type) continue;
    found.push_back(std::move(descriptor));
  }
  return found;
}

// Read, change, write. With an entity tag the write is refused when another was faster; servers
// without them leave a race that the specification accepts.
Status RemoteRegistry::edit_referrers_tag(const std::string& repository, const Digest& subject,
                                          const std::function<bool(oci::Manifest& index)>& edit) {
  const std::string tag = referrers_tag_name(subject);
  for (int edits = 0; edits < kEditsMax; ++edits) {
    oci::Manifest index;
    index.media_type = oci::kIndexType;
    std::string entity_tag;
    auto fetched = fetch_manifest(repository, tag, std::nullopt);
    if (fetched) {
      index = TRY(oci::parse_manifest((*fetched)->manifest.bytes, oci::kIndexType).with(tag));
      entity_tag = (*fetched)->entity_tag;
    } else if (fetched.error().code() != Code::kNotFound) {
      return std::move(fetched).error();
    }
    if (!edit(index)) return {};
    const std::string bytes = oci::format_manifest(index);
    const net::ClientResponse response =
        TRY(send_manifest(repository, tag, oci::kIndexType, bytes, entity_tag));
    if (response.status == 201) return {};
    if (response.status != 412) return answer_error(response, "push " + repository + ":" + tag);
  }
  return Error(Code::kAborted, "others keep changing " + repository + ":" + tag);
}

}  // namespace skerry::registry
