// SPDX-License-Identifier: Apache-2.0
#include "loop/image_transfer.h"

#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "loop/registry_bytes.h"

namespace skerry::loop {
namespace {

constexpr int kNestingMax = 4;  // An index of indexes of images is as deep as anything here.
constexpr std::size_t kPartsMax = 10'000;

Status push_one(const image::Layout& layout, const oci::Descriptor& descriptor,
                registry::Registry& registry, const std::string& repository,
                const std::string& reference) {
  if (oci::is_manifest_type(descriptor.media_type)) {
    const std::string bytes = TRY(layout.read_blob(descriptor, limits::kManifestBytesMax));
    TRY(registry.put_manifest(repository, reference, descriptor.media_type, bytes));
    return ok_status();
  }
  const std::unique_ptr<sys::File> file = TRY(layout.open_blob(descriptor));
  return registry.put_blob(repository, descriptor,
                           [&](std::uint64_t offset, std::span<char> out) -> Result<std::size_t> {
                             return file->read_at(offset, out);
                           });
}

// Downloads an image's parts, each once, however often a manifest names it.
class Download {
 public:
  Download(registry::Registry& registry, const std::string& repository, image::Layout& layout,
           std::uint64_t blob_bytes_max)
      : registry_(registry),
        repository_(repository),
        layout_(layout),
        blob_bytes_max_(blob_bytes_max) {}

  // Manifests are stored after what they name, so a layout never holds a broken reference.
  Status pull(const oci::Descriptor& descriptor, int depth) {
    if (depth > kNestingMax) return invalid_argument("manifests nest too deep");
    if (!seen_.insert(descriptor.digest).second) return ok_status();
    if (seen_.size() > kPartsMax) {
      return Error(Code::kResourceExhausted,
                   "more than " + std::to_string(kPartsMax) + " manifests and blobs");
    }
    if (!oci::is_manifest_type(descriptor.media_type)) {
      const std::string bytes = TRY(read_blob(registry_, repository_, descriptor, blob_bytes_max_));
      return layout_.put_blob(descriptor.digest, bytes);
    }
    const auto stored = TRY(registry_.get_manifest(repository_, descriptor.digest.to_string()));
    SKERRY_CHECK(stored.has_value());  // Nothing was named as known.
    const oci::Manifest manifest = TRY(oci::parse_manifest(stored->bytes, stored->media_type));
    std::vector<oci::Descriptor> children = manifest.manifests;
    if (manifest.config) children.push_back(*manifest.config);
    children.insert(children.end(), manifest.layers.begin(), manifest.layers.end());
    for (const oci::Descriptor& child : children) TRY(pull(child, depth + 1));
    return layout_.put_blob(descriptor.digest, stored->bytes);
  }

 private:
  registry::Registry& registry_;
  const std::string& repository_;
  image::Layout& layout_;
  const std::uint64_t blob_bytes_max_;
  std::set<Digest> seen_;
};

}  // namespace

Status push_image(const image::Layout& layout, const oci::Descriptor& root,
                  registry::Registry& registry, const std::string& repository,
                  const std::string& tag, const TransferProgress& progress) {
  const std::vector<oci::Descriptor> contents = TRY(layout.contents(root));
  std::uint64_t total = 0;
  for (const oci::Descriptor& descriptor : contents) total += descriptor.size_bytes;
  std::uint64_t done = 0;
  for (const oci::Descriptor& descriptor : contents) {
    const bool is_root = descriptor.digest == root.digest;
    TRY(push_one(layout, descriptor, registry, repository,
                 is_root ? tag : descriptor.digest.to_string())
            .with("push " + repository));
    done += descriptor.size_bytes;
    if (progress) progress(done, total);
  }
  return ok_status();
}

Result<oci::Descriptor> pull_image(registry::Registry& registry, const std::string& repository,
                                   const std::string& reference, image::Layout& layout,
                                   const std::string& name, std::uint64_t blob_bytes_max) {
  const oci::Descriptor root = TRY(registry.resolve(repository, reference));
  Download download(registry, repository, layout, blob_bytes_max);
  TRY(download.pull(root, 0).with("pull " + repository));
  TRY(layout.set_reference(name, root));
  return root;
}

}  // namespace skerry::loop
