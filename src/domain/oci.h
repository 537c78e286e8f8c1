// SPDX-License-Identifier: Apache-2.0
//
// Names of the OCI image-spec and distribution-spec 1.1.1 that images, registries and sites share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "data/json.h"

namespace skerry::oci {

inline constexpr std::string_view kManifestType = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kIndexType = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view kConfigType = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view kLayerTarType = "application/vnd.oci.image.layer.v1.tar";
inline constexpr std::string_view kLayerGzipType = "application/vnd.oci.image.layer.v1.tar+gzip";
// What docker pushes; read, never written.
inline constexpr std::string_view kDockerManifestType =
    "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view kDockerManifestListType =
    "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view kEmptyType = "application/vnd.oci.empty.v1+json";

// ModelPack v0.0.7 (CNCF model-spec).
inline constexpr std::string_view kModelArtifactType =
    "application/vnd.cncf.model.manifest.v1+json";
inline constexpr std::string_view kModelConfigType = "application/vnd.cncf.model.config.v1+json";
inline constexpr std::string_view kModelWeightTarType = "application/vnd.cncf.model.weight.v1.tar";

// Ours: the artifact at fleet/<ring>:desired, one layer holding the SiteSpec.
inline constexpr std::string_view kSiteSpecType = "application/vnd.skerry.site-spec.v1+json";

// True for the types that name other content: image manifests and indexes, OCI's and docker's.
bool is_manifest_type(std::string_view media_type);

using Annotations = std::vector<std::pair<std::string, std::string>>;  // Sorted by key.

struct Platform {
  std::string architecture;  // Go's names: "amd64", "arm64".
  std::string os = "linux";
};

struct Descriptor {
  std::string media_type;
  Digest digest;
  std::uint64_t size_bytes = 0;
  std::string artifact_type = {};  // Empty = absent.
  Annotations annotations = {};
  std::optional<Platform> platform = {};
};

json::Object to_json(const Descriptor& descriptor);
// Errors: kInvalidArgument for a missing member, a bad digest or a negative size.
Result<Descriptor> descriptor_from_json(const json::Value& value);

// The parts of a manifest or index that Skerry acts on; members it does not know are ignored.
struct Manifest {
  std::string media_type;
  std::string artifact_type;
  std::optional<Descriptor> config;   // Image manifests.
  std::vector<Descriptor> layers;     // Image manifests.
  std::vector<Descriptor> manifests;  // Indexes.
  std::optional<Descriptor> subject;
  Annotations annotations;

  bool is_index() const {
    return media_type == kIndexType || media_type == kDockerManifestListType;
  }
};

// `media_type` is the Content-Type it was pushed with, used where the document does not name one;
// parameters of it are ignored, empty = unknown.
// Errors: kInvalidArgument, also for a document that names another type than `media_type` or is
// both an image and an index; kResourceExhausted above limits::kManifestBytesMax.
Result<Manifest> parse_manifest(std::string_view bytes, std::string_view media_type);
// Canonical bytes: fixed member order, no spaces.
std::string format_manifest(const Manifest& manifest);

// "{}" and its descriptor, the config of an artifact without one.
inline constexpr std::string_view kEmptyBlob = "{}";
Descriptor empty_descriptor();

// A repository name of distribution-spec 1.1.1, at most 200 bytes. Errors: kInvalidArgument.
Status check_repository(std::string_view name);
// [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}. Errors: kInvalidArgument.
Status check_tag(std::string_view tag);

}  // namespace skerry::oci
