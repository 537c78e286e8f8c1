// SPDX-License-Identifier: Apache-2.0
#include "image/layout.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>
#include "base/digest.h"
#include "base/limits.h"
#include "data/json.h"
#include "domain/oci.h"

namespace skerry::image {
namespace {

constexpr std::string_view kMarkerJson = R"({"imageLayoutVersion":"1.0.0"})";
constexpr std::size_t kMarkerBytesMax = 4096;
constexpr std::size_t kReferenceBytesMax = 255;
constexpr std::size_t kDescriptorsMax = 10'000;
constexpr std::size_t kDepthMax = 8;  // Indexes in indexes.
constexpr std::size_t kPieceBytes = 1u << 20;

Status ignore(std::string_view) { return ok_status(); }

std::string index_bytes(const std::vector<oci::Descriptor>& manifests) {
  oci::Manifest index;
  index.media_type = std::string(oci::kIndexType);
  index.manifests = manifests;
  return oci::format_manifest(index);
}

oci::Descriptor describe(std::string_view media_type, Digest digest, std::string_view bytes) {
  return {.media_type = std::string(media_type),
          .digest = std::move(digest),
          .size_bytes = bytes.size()};
}

Status check_reference(std::string_view reference) {
  constexpr std::string_view kCharacters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:@/+";
  if (!reference.empty() && reference.size() <= kReferenceBytesMax &&
      reference.find_first_not_of(kCharacters) == std::string_view::npos) {
    return ok_status();
  }
  return invalid_argument("a reference is 1 to 255 letters, digits and \"-._:@/+\"");
}

// Walks what a manifest names, children first.
class Walk {
 public:
  Walk(const Layout& layout, std::vector<oci::Descriptor>& found)
      : layout_(layout), found_(found) {}

  Status visit(const oci::Descriptor& descriptor, std::size_t depth) {
    if (!seen_.insert(descriptor.digest).second) return ok_status();
    if (seen_.size() > kDescriptorsMax || depth > kDepthMax) {
      return Error(Code::kResourceExhausted, "image names too many or too deeply nested blobs");
    }
    if (oci::is_manifest_type(descriptor.media_type)) {
      const std::string bytes = TRY(layout_.read_blob(descriptor, limits::kManifestBytesMax));
      const oci::Manifest manifest = TRY(
          oci::parse_manifest(bytes, descriptor.media_type).with(descriptor.digest.to_string()));
      if (manifest.config) TRY(visit(*manifest.config, depth + 1));
      for (const oci::Descriptor& layer : manifest.layers) TRY(visit(layer, depth + 1));
      for (const oci::Descriptor& child : manifest.manifests) TRY(visit(child, depth + 1));
    }
    found_.push_back(descriptor);
    return ok_status();
  }

 private:
  const Layout& layout_;
  std::vector<oci::Descriptor>& found_;
  std::set<Digest> seen_;
};

}  // namespace

std::string reference_of(const oci::Descriptor& manifest) {
  for (const auto& [key, value] : manifest.annotations) {
    if (key == kReferenceAnnotation) return value;
  }
  return "";
}

Status check_marker(std::string_view json) {
  const json::Value value = TRY(json::parse(json).with("oci-layout"));
  const json::Object& object = *TRY(json::as_object(value, "oci-layout"));
  const std::string version = TRY(json::get_string(object, "imageLayoutVersion"));
  if (version == "1.0.0") return ok_status();
  return invalid_argument(fmt::format("image layout version {} is not 1.0.0", version));
}

Layout::Layout(sys::FileSystem& fs, std::string folder, std::vector<oci::Descriptor> manifests)
    : fs_(&fs), folder_(std::move(folder)), manifests_(std::move(manifests)) {}

Result<Layout> Layout::open(sys::FileSystem& fs, std::string folder) {
  const std::string marker =
      TRY(sys::read_file(fs, sys::join_path(folder, "oci-layout"), kMarkerBytesMax)
              .with("image layout"));
  TRY(check_marker(marker));
  const std::string bytes =
      TRY(sys::read_file(fs, sys::join_path(folder, "index.json"), limits::kManifestBytesMax)
              .with("image layout"));
  const oci::Manifest index = TRY(oci::parse_manifest(bytes, oci::kIndexType).with("index.json"));
  return Layout(fs, std::move(folder), index.manifests);
}

Result<Layout> Layout::create(sys::FileSystem& fs, std::string folder) {
  const std::string marker = sys::join_path(folder, "oci-layout");
  if (sys::exists(fs, marker)) return open(fs, std::move(folder));
  TRY(fs.make_directories(sys::join_path(folder, "blobs/sha256")));
  TRY(sys::write_file_atomically(fs, sys::join_path(folder, "index.json"), index_bytes({})));
  TRY(sys::write_file_atomically(fs, marker, kMarkerJson));
  return Layout(fs, std::move(folder), {});
}

Result<oci::Descriptor> Layout::find(std::string_view reference) const {
  for (const oci::Descriptor& manifest : manifests_) {
    if (reference_of(manifest) == reference) return manifest;
  }
  return not_found(fmt::format("no manifest is called {} in {}", reference, folder_));
}

std::string Layout::blob_path(const Digest& digest) const {
  return sys::join_path(folder_, fmt::format("blobs/{}/{}", digest.algorithm_name(), digest.hex()));
}

std::string Layout::index_json() const { return index_bytes(manifests_); }

std::string_view Layout::marker_json() { return kMarkerJson; }

Status Layout::store(const oci::Descriptor& descriptor, std::string_view bytes) {
  if (stream_blob(descriptor, ignore)) return ok_status();
  const std::string path = blob_path(descriptor.digest);
  TRY(fs_->make_directories(sys::parent_path(path)));
  return sys::write_file_atomically(*fs_, path, bytes);
}

Result<oci::Descriptor> Layout::put_blob(std::string_view media_type, std::string_view bytes) {
  oci::Descriptor descriptor = describe(media_type, Digest::of(bytes), bytes);
  TRY(store(descriptor, bytes));
  return descriptor;
}

Status Layout::put_blob(const Digest& digest, std::string_view bytes) {
  if (Digest::of(bytes, digest.algorithm()) != digest) {
    return data_loss(fmt::format("blob {} has other bytes", digest.to_string()));
  }
  return store(describe("", digest, bytes), bytes);
}

Status Layout::set_reference(std::string_view reference, oci::Descriptor manifest) {
  TRY(check_reference(reference));
  TRY(open_blob(manifest));
  std::vector<oci::Descriptor> manifests = manifests_;
  std::erase_if(manifests, [&](const oci::Descriptor& d) { return reference_of(d) == reference; });
  std::erase_if(manifest.annotations,
                [](const auto& annotation) { return annotation.first == kReferenceAnnotation; });
  manifest.annotations.emplace_back(kReferenceAnnotation, reference);
  std::ranges::sort(manifest.annotations);
  manifests.push_back(std::move(manifest));
  std::ranges::sort(manifests, {}, reference_of);
  TRY(sys::write_file_atomically(*fs_, sys::join_path(folder_, "index.json"),
                                 index_bytes(manifests)));
  manifests_ = std::move(manifests);
  return ok_status();
}

Result<std::unique_ptr<sys::File>> Layout::open_blob(const oci::Descriptor& descriptor) const {
  const std::string name = "blob " + descriptor.digest.to_string();
  auto file = TRY(fs_->open(blob_path(descriptor.digest), sys::OpenMode::kRead).with(name));
  const std::uint64_t size = TRY(file->size());
  if (size == descriptor.size_bytes) return file;
  return data_loss(fmt::format("{} has {} bytes instead of {}", name, size, descriptor.size_bytes));
}

Result<std::string> Layout::read_blob(const oci::Descriptor& descriptor,
                                      std::uint64_t bytes_max) const {
  if (descriptor.size_bytes > bytes_max) {
    return Error(Code::kResourceExhausted,
                 fmt::format("blob {} of {} bytes is above {}", descriptor.digest.to_string(),
                             descriptor.size_bytes, bytes_max));
  }
  std::string bytes;
  TRY(stream_blob(descriptor, [&](std::string_view piece) {
    bytes += piece;
    return ok_status();
  }));
  return bytes;
}

Status Layout::stream_blob(const oci::Descriptor& descriptor, const bundle::TarSink& sink) const {
  const auto file = TRY(open_blob(descriptor));
  Hasher hasher(descriptor.digest.algorithm());
  std::string piece(kPieceBytes, '\0');
  for (std::uint64_t offset = 0; offset < descriptor.size_bytes;) {
    const std::size_t size = TRY(file->read_at(offset, piece));
    if (size == 0) return data_loss("blob became shorter while it was read");
    const std::string_view bytes = std::string_view(piece).substr(0, size);
    hasher.update(bytes);
    TRY(sink(bytes));
    offset += size;
  }
  if (hasher.digest() == descriptor.digest) return ok_status();
  return data_loss(fmt::format("blob {} has other bytes", descriptor.digest.to_string()));
}

Result<std::vector<oci::Descriptor>> Layout::contents(const oci::Descriptor& root) const {
  std::vector<oci::Descriptor> found;
  TRY(Walk(*this, found).visit(root, 0));
  return found;
}

Status Layout::verify() const {
  std::vector<oci::Descriptor> found;
  Walk walk(*this, found);
  for (const oci::Descriptor& manifest : manifests_) TRY(walk.visit(manifest, 0));
  for (const oci::Descriptor& descriptor : found) TRY(stream_blob(descriptor, ignore));
  return ok_status();
}

}  // namespace skerry::image
