// SPDX-License-Identifier: Apache-2.0
#include "domain/oci.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "base/limits.h"
#include "data/json.h"

namespace skerry::oci {
namespace {

constexpr std::size_t kRepositoryBytesMax = 200;  // Leaves room for a host within 255 bytes.
constexpr std::size_t kTagBytesMax = 128;

bool is_lower_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_word(char c) { return is_lower_alnum(c) || (c >= 'A' && c <= 'Z') || c == '_'; }

// Writers in Go leave an absent list or map out, or write null.
bool present(const json::Object& object, std::string_view key) {
  const json::Value* value = object.if_contains(key);
  return value != nullptr && !value->is_null();
}

json::Object annotations_to_json(const Annotations& annotations) {
  Annotations sorted = annotations;
  std::ranges::sort(sorted);
  json::Object object;
  for (const auto& [key, value] : sorted) object[key] = value;
  return object;
}

Result<Annotations> annotations_from_json(const json::Object& owner) {
  Annotations annotations;
  if (!present(owner, "annotations")) return annotations;
  const json::Object& object = *TRY(json::get_object(owner, "annotations"));
  for (const auto& member : object) {
    const std::string key(member.key());
    annotations.emplace_back(key, TRY(json::get_string(object, key).with("annotations")));
  }
  std::ranges::sort(annotations);
  return annotations;
}

Result<std::optional<Descriptor>> optional_descriptor(const json::Object& owner,
                                                      std::string_view key) {
  if (!present(owner, key)) return std::optional<Descriptor>();
  return std::optional<Descriptor>(TRY(descriptor_from_json(owner.at(key)).with(key)));
}

Result<std::vector<Descriptor>> descriptors(const json::Object& owner, std::string_view key) {
  std::vector<Descriptor> list;
  if (!present(owner, key)) return list;
  for (const json::Value& value : *TRY(json::get_array(owner, key))) {
    list.push_back(TRY(descriptor_from_json(value).with(fmt::format("{}[{}]", key, list.size()))));
  }
  return list;
}

json::Array to_json(const std::vector<Descriptor>& list) {
  json::Array array;
  array.reserve(list.size());
  for (const Descriptor& descriptor : list) array.emplace_back(to_json(descriptor));
  return array;
}

// type "/" subtype of RFC 6838 section 4.2, without parameters.
bool is_media_type(std::string_view text) {
  const auto allowed = [](char c) {
    return is_word(c) || std::string_view("!#$&-^.+").find(c) != std::string_view::npos;
  };
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == text.size()) return false;
  return std::ranges::all_of(text.substr(0, slash), allowed) &&
         std::ranges::all_of(text.substr(slash + 1), allowed);
}

// A document that is both an image and an index, or that says it is another thing than it was
// pushed as, means different things to different readers (CVE-2021-41190): it is refused.
Status check_unambiguous(const Manifest& manifest, const json::Object& object,
                         std::string_view pushed_as) {
  if (!pushed_as.empty() && manifest.media_type != pushed_as) {
    return invalid_argument(
        fmt::format("manifest says it is {} but came as {}", manifest.media_type, pushed_as));
  }
  const bool image_members = present(object, "config") || present(object, "layers");
  if (image_members && present(object, "manifests")) {
    return invalid_argument("manifest has layers and manifests: neither an image nor an index");
  }
  if (manifest.is_index() && image_members) {
    return invalid_argument("an index has no config and no layers");
  }
  if (manifest.media_type == kManifestType && !manifest.config) {
    return invalid_argument("field \"config\" is missing");
  }
  if (manifest.media_type == kManifestType && present(object, "manifests")) {
    return invalid_argument("an image manifest has no manifests");
  }
  return ok_status();
}

// One path component: runs of [a-z0-9] joined by ".", "_", "__" or any number of "-".
bool is_repository_component(std::string_view part) {
  if (part.empty() || !is_lower_alnum(part.front()) || !is_lower_alnum(part.back())) return false;
  std::size_t i = 0;
  while (i < part.size()) {
    while (i < part.size() && is_lower_alnum(part[i])) ++i;
    const std::size_t begin = i;
    while (i < part.size() && !is_lower_alnum(part[i])) ++i;
    const std::string_view separator = part.substr(begin, i - begin);
    const bool dashes = separator.find_first_not_of('-') == std::string_view::npos;
    if (!dashes && separator != "." && separator != "_" && separator != "__") return false;
  }
  return true;
}

}  // namespace

bool is_manifest_type(std::string_view media_type) {
  return media_type == kManifestType || media_type == kIndexType ||
         media_type == kDockerManifestType || media_type == kDockerManifestListType;
}

json::Object to_json(const Descriptor& descriptor) {
  SKERRY_CHECK(descriptor.size_bytes <=
               static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
  json::Object object;
  object["mediaType"] = descriptor.media_type;
  object["digest"] = descriptor.digest.to_string();
  object["size"] = static_cast<std::int64_t>(descriptor.size_bytes);
  if (!descriptor.annotations.empty()) {
    object["annotations"] = annotations_to_json(descriptor.annotations);
  }
  if (descriptor.platform) {
    json::Object platform;
    platform["architecture"] = descriptor.platform->architecture;
    platform["os"] = descriptor.platform->os;
    object["platform"] = std::move(platform);
  }
  if (!descriptor.artifact_type.empty()) object["artifactType"] = descriptor.artifact_type;
  return object;
}

Result<Descriptor> descriptor_from_json(const json::Value& value) {
  const json::Object& object = *TRY(json::as_object(value, "descriptor"));
  const std::string digest_text = TRY(json::get_string(object, "digest"));
  const Digest digest = TRY(Digest::parse(digest_text));
  Descriptor descriptor{.media_type = "", .digest = digest, .size_bytes = 0};
  descriptor.media_type = TRY(json::get_string(object, "mediaType"));
  descriptor.artifact_type = TRY(json::get_string_or(object, "artifactType", ""));
  descriptor.annotations = TRY(annotations_from_json(object));
  const std::int64_t size = TRY(json::get_int(object, "size"));
  if (size < 0) return invalid_argument(fmt::format("field \"size\" is negative: {}", size));
  descriptor.size_bytes = static_cast<std::uint64_t>(size);
  if (present(object, "platform")) {
    const json::Object& object_of_platform = *TRY(json::get_object(object, "platform"));
    Platform platform;
    platform.architecture =
        TRY(json::get_string_or(object_of_platform, "architecture", "").with("platform"));
    platform.os = TRY(json::get_string_or(object_of_platform, "os", "").with("platform"));
    descriptor.platform = std::move(platform);
  }
  return descriptor;
}

Result<Manifest> parse_manifest(std::string_view bytes, std::string_view media_type) {
  if (bytes.size() > limits::kManifestBytesMax) {
    return Error(Code::kResourceExhausted,
                 fmt::format("manifest of {} bytes is above the limit of {}", bytes.size(),
                             limits::kManifestBytesMax));
  }
  const json::Value document = TRY(json::parse(bytes).with("manifest"));
  const json::Object& object = *TRY(json::as_object(document, "manifest"));
  if (const std::int64_t version = TRY(json::get_int(object, "schemaVersion")); version != 2) {
    return invalid_argument(fmt::format("manifest schemaVersion {} is not 2", version));
  }
  const std::string_view pushed_as = media_type.substr(0, media_type.find_first_of("; "));
  Manifest manifest;
  manifest.media_type = TRY(json::get_string_or(object, "mediaType", std::string(pushed_as)));
  manifest.artifact_type = TRY(json::get_string_or(object, "artifactType", ""));
  manifest.config = TRY(optional_descriptor(object, "config"));
  manifest.layers = TRY(descriptors(object, "layers"));
  manifest.manifests = TRY(descriptors(object, "manifests"));
  manifest.subject = TRY(optional_descriptor(object, "subject"));
  manifest.annotations = TRY(annotations_from_json(object));
  if (!is_media_type(manifest.media_type)) {
    return invalid_argument("manifest without a media type, or with one that is none");
  }
  TRY(check_unambiguous(manifest, object, pushed_as));
  return manifest;
}

std::string format_manifest(const Manifest& manifest) {
  json::Object object;
  object["schemaVersion"] = 2;
  object["mediaType"] = manifest.media_type;
  if (!manifest.artifact_type.empty()) object["artifactType"] = manifest.artifact_type;
  if (manifest.is_index()) {
    object["manifests"] = to_json(manifest.manifests);
  } else {
    if (manifest.config) object["config"] = to_json(*manifest.config);
    object["layers"] = to_json(manifest.layers);
  }
  if (manifest.subject) object["subject"] = to_json(*manifest.subject);
  if (!manifest.annotations.empty()) {
    object["annotations"] = annotations_to_json(manifest.annotations);
  }
  return json::dump(object);
}

Descriptor empty_descriptor() {
  return {.media_type = std::string(kEmptyType),
          .digest = Digest::of(kEmptyBlob),
          .size_bytes = kEmptyBlob.size()};
}

Status check_repository(std::string_view name) {
  if (name.size() > kRepositoryBytesMax) {
    return invalid_argument(fmt::format("repository name of {} bytes is longer than {}",
                                        name.size(), kRepositoryBytesMax));
  }
  std::string_view rest = name;
  while (true) {
    const std::size_t slash = rest.find('/');
    if (!is_repository_component(rest.substr(0, slash))) {
      return invalid_argument(
          "repository name must be lower-case letters and digits, joined by '.', '_', '__', '-' or "
          "'/'");
    }
    if (slash == std::string_view::npos) return ok_status();
    rest.remove_prefix(slash + 1);
  }
}

Status check_tag(std::string_view tag) {
  const auto is_tag_character = [](char c) { return is_word(c) || c == '.' || c == '-'; };
  if (tag.empty() || tag.size() > kTagBytesMax || !is_word(tag.front()) ||
      !std::ranges::all_of(tag, is_tag_character)) {
    return invalid_argument(
        "a tag is 1 to 128 letters, digits, '_', '.' or '-' and begins with none of '.' and '-'");
  }
  return ok_status();
}

}  // namespace skerry::oci
