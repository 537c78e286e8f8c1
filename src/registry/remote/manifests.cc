// SPDX-License-Identifier: Apache-2.0
//
// RemoteRegistry: manifests by tag and digest.
#include <utility>

#include "registry/referrer_index.h"
#include "registry/remote/client.h"

namespace skerry::registry {
namespace {

constexpr std::string_view kAccepted =
    "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, "
    "application/vnd.docker.distribution.manifest.v2+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json";

bool is_digest(std::string_view reference) { return reference.find(':') != std::string_view::npos; }

// Also keeps what is no name out of URLs.
Status check_names(const std::string& repository, const std::string& reference) {
  TRY(oci::check_repository(repository));
  if (!is_digest(reference)) return oci::check_tag(reference);
  TRY(Digest::parse(reference));
  return {};
}

// The algorithm is the reference's; for a tag the server's hint tells which one it uses.
HashAlgorithm algorithm_for(const std::string& reference, const net::ClientResponse& response) {
  Result<Digest> named = Digest::parse(
      is_digest(reference)
          ? std::string_view(reference)
          : response.headers.find("Docker-Content-Digest").value_or(std::string_view()));
  return named ? named->algorithm() : HashAlgorithm::kSha256;
}

}  // namespace

Result<std::unique_ptr<RemoteRegistry::Fetched>> RemoteRegistry::fetch_manifest(
    const std::string& repository, const std::string& reference,
    const std::optional<Digest>& known) {
  TRY(check_names(repository, reference));
  net::ClientRequest request;
  request.url = url(repository, "manifests/" + reference);
  request.headers.set("Accept", kAccepted);
  if (known) request.headers.set("If-None-Match", "\"" + known->to_string() + "\"");
  request.response_bytes_max = options_.manifest_bytes_max;
  net::ClientResponse response = TRY(send(request, {repository, false}));
  if (response.status == 304 && known) return std::unique_ptr<Fetched>();
  if (response.status != 200) {
    return answer_error(response, "get manifest " + repository + ":" + reference);
  }
  Digest digest = Digest::of(response.body, algorithm_for(reference, response));
  if (is_digest(reference) && digest.to_string() != reference) {
    return data_loss("the registry gave other bytes for " + repository + "@" + reference);
  }
  if (known == digest) return std::unique_ptr<Fetched>();
  std::string_view type = response.headers.find("Content-Type").value_or("");
  type = type.substr(0, type.find_first_of("; "));
  std::string entity_tag(response.headers.find("ETag").value_or(""));
  return std::make_unique<Fetched>(Fetched{
      {std::move(digest), std::string(type), std::move(response.body)}, std::move(entity_tag)});
}

Result<std::optional<StoredManifest>> RemoteRegistry::get_manifest(
    const std::string& repository, const std::string& reference,
    const std::optional<Digest>& known) {
  auto fetched = TRY(fetch_manifest(repository, reference, known));
  if (!fetched) return std::optional<StoredManifest>();
  return std::optional(std::move(fetched->manifest));
}

Result<oci::Descriptor> RemoteRegistry::resolve(const std::string& repository,
                                                const std::string& reference) {
  const auto fetched = TRY(fetch_manifest(repository, reference, std::nullopt));
  const StoredManifest& manifest = fetched->manifest;
  return oci::Descriptor{manifest.media_type, manifest.digest, manifest.bytes.size(), "", {},
                         std::nullopt};
}

Result<net::ClientResponse> RemoteRegistry::send_manifest(const std::string& repository,
                                                          const std::string& reference,
                                                          std::string_view media_type,
                                                          std::string_view bytes,
                                                          const std::string& if_match) {
  net::ClientRequest request;
  request.method = "PUT";
  request.url = url(repository, "manifests/" + reference);
  request.headers.set("Content-Type", media_type);
  if (!if_match.empty()) request.headers.set("If-Match", if_match);
  request.body = bytes;
  return send(request, {repository, true});
}

Result<Digest> RemoteRegistry::put_manifest(const std::string& repository,
                                            const std::string& reference,
                                            std::string_view media_type, std::string_view bytes) {
  TRY(check_names(repository, reference));
  if (bytes.size() > options_.manifest_bytes_max) {
    return Error(
        Code::kResourceExhausted,
        "manifest is larger than " + std::to_string(options_.manifest_bytes_max) + " bytes");
  }
  HashAlgorithm algorithm = HashAlgorithm::kSha256;
  if (is_digest(reference)) algorithm = TRY(Digest::parse(reference)).algorithm();
  const Digest digest = Digest::of(bytes, algorithm);
  if (is_digest(reference) && digest.to_string() != reference) {
    return data_loss("the manifest's digest is " + digest.to_string());
  }
  const oci::Manifest manifest = TRY(oci::parse_manifest(bytes, media_type));
  const net::ClientResponse response =
      TRY(send_manifest(repository, reference, manifest.media_type, bytes, ""));
  if (response.status != 201) {
    return answer_error(response, "push manifest " + repository + ":" + reference);
  }
  if (manifest.subject && !response.headers.find("OCI-Subject")) {
    const oci::Descriptor referrer =
        referrer_descriptor(manifest, digest, manifest.media_type, bytes.size());
    TRY(edit_referrers_tag(repository, manifest.subject->digest, [&](oci::Manifest& index) {
          for (const oci::Descriptor& present : index.manifests) {
            if (present.digest == digest) return false;
          }
          index.manifests.push_back(referrer);
          return true;
        }).with("list the manifest among the referrers of its subject"));
  }
  return digest;
}

Status RemoteRegistry::remove(const std::string& repository, const std::string& reference) {
  TRY(check_names(repository, reference));
  std::optional<oci::Manifest> manifest;
  if (is_digest(reference)) {
    const auto fetched = TRY(fetch_manifest(repository, reference, std::nullopt));
    Result<oci::Manifest> parsed =
        oci::parse_manifest(fetched->manifest.bytes, fetched->manifest.media_type);
    if (parsed) manifest = std::move(*parsed);
  }
  net::ClientRequest request;
  request.method = "DELETE";
  request.url = url(repository, "manifests/" + reference);
  const net::ClientResponse response = TRY(send(request, {repository, true}));
  if (response.status == 400 || response.status == 405) {
    return Error(
        Code::kUnimplemented,
        "the registry does not remove " + std::string(is_digest(reference) ? "manifests" : "tags"));
  }
  if (response.status != 202 && response.status != 200) {
    return answer_error(response, "remove " + repository + ":" + reference);
  }
  if (!manifest || !manifest->subject) return {};
  const Digest& subject = manifest->subject->digest;
  if (TRY(referrers_api(repository, subject, ""))) return {};
  return edit_referrers_tag(repository, subject, [&](oci::Manifest& index) {
    return std::erase_if(index.manifests, [&](const oci::Descriptor& descriptor) {
             return descriptor.digest.to_string() == reference;
           }) > 0;
  });
}

}  // namespace skerry::registry
