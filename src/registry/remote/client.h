// SPDX-License-Identifier: Apache-2.0
//
// Registries of others (step 1): any server of the OCI distribution-spec, old ones without the
// referrers API and without tag deletion included. Threads: internally synchronised. Blocks: on the
// network. Trust: a digest is computed from the bytes that came; what the server says about them is
// a hint. Blobs are verified by the caller, who may resume (registry/fetch.h does both).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "net/client.h"
#include "registry/registry.h"
#include "registry/remote/session.h"
#include "sys/clock.h"

namespace skerry::registry {

class RemoteRegistry final : public Registry {
 public:
  struct Options {
    std::string url;  // Scheme, host and port only, for example "https://registry.example".
    Session::Credentials credentials;
    // Bytes of one PATCH; 0 = the whole rest in one. A cut costs at most what the server did not
    // keep.
    std::uint64_t chunk_bytes = 0;
    int attempts_max = 5;  // Of an upload that makes no progress.
    std::size_t manifest_bytes_max = limits::kManifestBytesMax;
    std::size_t list_page = 1000;  // Names asked for at a time.
    std::size_t list_names_max = 1'000'000;
  };

  // `client` and `clock` outlive it. Sends nothing. Errors: kInvalidArgument for the URL.
  static Result<std::unique_ptr<RemoteRegistry>> create(net::Client& client, sys::Clock& clock,
                                                        Options options);

  Result<oci::Descriptor> resolve(const std::string& repository,
                                  const std::string& reference) override;
  Result<std::optional<StoredManifest>> get_manifest(
      const std::string& repository, const std::string& reference,
      const std::optional<Digest>& known = std::nullopt) override;
  Status get_blob(const std::string& repository, const Digest& digest, std::uint64_t offset,
                  const BlobSink& sink) override;
  Result<bool> has_blob(const std::string& repository, const Digest& digest) override;
  Status put_blob(const std::string& repository, const oci::Descriptor& descriptor,
                  const BlobSource& source) override;
  Result<Digest> put_manifest(const std::string& repository, const std::string& reference,
                              std::string_view media_type, std::string_view bytes) override;
  Result<std::vector<std::string>> tags(const std::string& repository) override;
  Result<std::vector<oci::Descriptor>> referrers(const std::string& repository,
                                                 const Digest& digest,
                                                 const std::string& artifact_type) override;
  Status remove(const std::string& repository, const std::string& reference) override;
  Result<std::vector<std::string>> repositories() override;

 private:
  struct Fetched {
    StoredManifest manifest;
    std::string entity_tag;  // As sent, with its quotes; may be empty.
  };
  struct Upload {
    std::string url;
    std::uint64_t offset = 0;
  };

  RemoteRegistry(net::Client& client, sys::Clock& clock, net::Url url, Options options);

  std::string url(const std::string& repository, std::string_view rest) const;
  Result<net::ClientResponse> send(const net::ClientRequest& request, const Scope& scope);
  // A header as a URL. Errors: kUnavailable when the server left it out.
  Result<std::string> location_of(const net::ClientResponse& response) const;

  // manifests.cc
  // Null when `known` is still right.
  Result<std::unique_ptr<Fetched>> fetch_manifest(const std::string& repository,
                                                  const std::string& reference,
                                                  const std::optional<Digest>& known);
  Result<net::ClientResponse> send_manifest(const std::string& repository,
                                            const std::string& reference,
                                            std::string_view media_type, std::string_view bytes,
                                            const std::string& if_match);

  // lists.cc
  Result<std::vector<std::string>> names(std::string url, const std::string& key,
                                         const Scope& scope);

  // referrers.cc: the tag schema for servers without the API
  Result<std::optional<std::vector<oci::Descriptor>>> referrers_api(
      const std::string& repository, const Digest& subject, const std::string& artifact_type);
  Result<std::vector<oci::Descriptor>> referrers_tag(const std::string& repository,
                                                     const Digest& subject,
                                                     const std::string& artifact_type);
  Status edit_referrers_tag(const std::string& repository, const Digest& subject,
                            const std::function<bool(oci::Manifest& index)>& edit);

  // blobs.cc
  Result<net::ClientResponse> head_blob(const std::string& repository, const Digest& digest);
  Result<bool> serves_ranges(const std::string& repository, const Digest& digest,
                             std::uint64_t offset);
  Result<Upload> begin_upload(const std::string& repository);
  Result<Upload> ask_offset(const std::string& repository, const Upload& upload);
  Status send_chunk(const std::string& repository, Upload& upload, std::uint64_t size,
                    const BlobSource& source);
  Status finish_upload(const std::string& repository, const Upload& upload, const Digest& digest);

  const Options options_;
  Session session_;
};

}  // namespace skerry::registry
