// SPDX-License-Identifier: Apache-2.0
//
// A registry of OCI artifacts (step 1, control channel): the embedded store and remote servers
// behind one interface. A reference is a tag or a digest text. Contract: OCI
// distribution-spec 1.1.1. Threads: implementations are internally synchronised. Blocks: all calls,
// on disk or network.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "domain/oci.h"

namespace skerry::registry {

struct StoredManifest {
  Digest digest;
  std::string media_type;
  std::string bytes;
};

using BlobSink = std::function<Status(std::string_view bytes)>;
// Fills `out` with the blob's bytes from `offset`; returns how many, 0 only at the end.
using BlobSource = std::function<Result<std::size_t>(std::uint64_t offset, std::span<char> out)>;

class Registry {
 public:
  virtual ~Registry() = default;

  // What `reference` points to. Errors: kNotFound.
  virtual Result<oci::Descriptor> resolve(const std::string& repository,
                                          const std::string& reference) = 0;

  // The exact stored bytes, checked against the digest; nullopt when `known` is still what the
  // reference points to. Errors: kNotFound, kDataLoss on a digest mismatch.
  virtual Result<std::optional<StoredManifest>> get_manifest(
      const std::string& repository, const std::string& reference,
      const std::optional<Digest>& known = std::nullopt) = 0;

  // Hands the blob's bytes from `offset` on to `sink`. The caller verifies the digest, since it may
  // resume what an earlier call began. Errors: kNotFound, kOutOfRange, kUnavailable when cut off.
  virtual Status get_blob(const std::string& repository, const Digest& digest, std::uint64_t offset,
                          const BlobSink& sink) = 0;

  virtual Result<bool> has_blob(const std::string& repository, const Digest& digest) = 0;

  // Uploads unless present; after a cut it asks the server for its offset and goes on from there.
  // Errors: kDataLoss when the bytes do not have the digest, kPermissionDenied, kResourceExhausted.
  virtual Status put_blob(const std::string& repository, const oci::Descriptor& descriptor,
                          const BlobSource& source) = 0;

  // Stores a manifest whose blobs are there, under a tag or its digest. A subject is entered among
  // its referrers, with the tag-schema fallback where the server has no referrers API.
  virtual Result<Digest> put_manifest(const std::string& repository, const std::string& reference,
                                      std::string_view media_type, std::string_view bytes) = 0;

  // Sorted. Errors: kNotFound for an unknown repository.
  virtual Result<std::vector<std::string>> tags(const std::string& repository) = 0;

  // Manifests whose subject is `digest`, of `artifact_type` unless empty.
  virtual Result<std::vector<oci::Descriptor>> referrers(const std::string& repository,
                                                         const Digest& digest,
                                                         const std::string& artifact_type) = 0;

  // Removes a tag, or a manifest with all its tags. Errors: kNotFound, kUnimplemented.
  virtual Status remove(const std::string& repository, const std::string& reference) = 0;

  // All repositories, sorted.
  virtual Result<std::vector<std::string>> repositories() = 0;
};

}  // namespace skerry::registry
