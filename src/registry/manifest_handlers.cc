// SPDX-License-Identifier: Apache-2.0
//
// Manifests of the distribution API: read by tag or digest with entity tags, pushed whole.
#include <utility>

#include "registry/api.h"
#include "registry/api_error.h"
#include "registry/ranges.h"

namespace skerry::registry {
namespace {

Error too_large(std::size_t bytes_max) {
  return coded("SIZE_INVALID", Code::kResourceExhausted,
               "manifest is larger than " + std::to_string(bytes_max) + " bytes");
}

// Errors of a push: another digest is the sender's mistake here.
Error push_error(Error error) {
  if (error.code() == Code::kDataLoss)
    return coded("DIGEST_INVALID", error.code(), error.message());
  return about(About::kManifest, std::move(error));
}

class ManifestReceiver final : public net::BodyReceiver {
 public:
  ManifestReceiver(Store& store, ApiPath path, std::string media_type,
                   std::vector<std::string> tags)
      : store_(store),
        path_(std::move(path)),
        media_type_(std::move(media_type)),
        tags_(std::move(tags)) {}

  Status write(std::string_view bytes) override {
    const std::size_t bytes_max = store_.options().manifest_bytes_max;
    if (bytes.size() > bytes_max - bytes_.size()) return too_large(bytes_max);
    bytes_ += bytes;
    return {};
  }

  net::Response finish() override {
    Result<Store::Stored> stored =
        store_.store_manifest(path_.repository, path_.reference, media_type_, bytes_, tags_);
    if (!stored) return api_error_response(push_error(std::move(stored).error()));
    net::Response response;
    response.status = 201;
    response.headers.set("Location", api_location(path_.repository, "manifests", path_.reference));
    response.headers.set("Docker-Content-Digest", stored->digest.to_string());
    if (stored->subject) response.headers.set("OCI-Subject", stored->subject->to_string());
    for (const std::string& tag : tags_) response.headers.add("OCI-Tag", tag);
    return response;
  }

 private:
  Store& store_;
  const ApiPath path_;
  const std::string media_type_;
  const std::vector<std::string> tags_;
  std::string bytes_;
};

// A reference that cannot be a tag names nothing; one that tries to be a digest is a mistake.
Error read_error(const ApiPath& path, Error error) {
  const bool digest = path.reference.find(':') != std::string::npos;
  if (error.code() == Code::kInvalidArgument) {
    return digest ? coded("DIGEST_INVALID", error.code(), error.message())
                  : coded("MANIFEST_UNKNOWN", Code::kNotFound, error.message());
  }
  return about(About::kManifest, std::move(error));
}

}  // namespace

Result<net::Response> Api::manifest(const net::Request& request, const ApiPath& path) const {
  Result<oci::Descriptor> found = store_.resolve(path.repository, path.reference);
  if (!found) return read_error(path, std::move(found).error());
  std::string digest = found->digest.to_string();
  net::Response response;
  response.headers.set("ETag", "\"" + digest + "\"");
  response.headers.set("Docker-Content-Digest", digest);
  if (const auto known = request.header("If-None-Match");
      known && matches_entity_tag(*known, digest)) {
    response.status = 304;
    return response;
  }
  response.headers.set("Content-Type", found->media_type);
  if (request.method == "HEAD") {
    response.headers.set("Content-Length", std::to_string(found->size_bytes));
    return response;
  }
  // By digest: the tag may have moved since.
  auto stored = store_.get_manifest(path.repository, digest);
  if (!stored) return about(About::kManifest, std::move(stored).error());
  response.body = std::move((*stored)->bytes);
  return response;
}

Result<std::unique_ptr<net::BodyReceiver>> Api::put_manifest(const net::Request& request,
                                                             const ApiPath& path) const {
  if (path.reference.find(':') != std::string::npos) {
    TRY(parse_api_digest(path.reference));
  } else {
    TRY(about(About::kManifest, oci::check_tag(path.reference)));
  }
  std::vector<std::string> tags = request.query_values("tag");
  if (tags.size() > options_.tag_parameters_max) {
    return coded(
        "TAG_LIMIT", Code::kInvalidArgument,
        "one request sets at most " + std::to_string(options_.tag_parameters_max) + " tags");
  }
  std::string_view type = request.header("Content-Type").value_or("");
  type = type.substr(0, type.find_first_of("; "));  // Parameters mean nothing here.
  return std::unique_ptr<net::BodyReceiver>(
      std::make_unique<ManifestReceiver>(store_, path, std::string(type), std::move(tags)));
}

}  // namespace skerry::registry
