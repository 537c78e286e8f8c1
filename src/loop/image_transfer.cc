// SPDX-License-Identifier: Apache-2.0
#include "loop/image_transfer.h"

#include <memory>
#include <span>
#include <vector>

#include "loop/registry_bytes.h"

namespace skerry::loop {
namespace {

constexpr int kNestingMax = 4;  // An index of indexes of images is as deep as anything here.

bool is_manifest(const oci::Descriptor& descriptor) {
  return descriptor.media_type == oci::kManifestType || descriptor.media_type == oci::kIndexType;
}

Status push_one(const image::Layout& layout, const oci::Descriptor& descriptor,
                registry::Registry& registry, const std::string& repository,
                const std::string& reference) {
  if (is_manifest(descriptor)) {
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

// Manifests are stored after what they name, so a layout never holds a broken reference.
Status pull_one(registry::Registry& registry, const std::string& repository,
                const oci::Descriptor& descriptor, image::Layout& layout,
                std::uint64_t blob_bytes_max, int depth) {
  if (depth > kNestingMax) return invalid_argument("manifests nest too deep");
  if (!is_manifest(descriptor)) {
    return layout.put_blob(descriptor.digest,
                           TRY(read_blob(registry, repository, descriptor, blob_bytes_max)));
  }
  const auto stored = TRY(registry.get_manifest(repository, descriptor.digest.to_string()));
  SKERRY_CHECK(stored.has_value());  // Nothing was named as known.
  const oci::Manifest manifest = TRY(oci::parse_manifest(stored->bytes, stored->media_type));
  std::vector<oci::Descriptor> children = manifest.manifests;
  if (manifest.config) children.push_back(*manifest.config);
  children.insert(children.end(), manifest.layers.begin(), manifest.layers.end());
  for (const oci::Descriptor& child : children) {
    TRY(pull_one(registry, repository, child, layout, blob_bytes_max, depth + 1));
  }
  return layout.put_blob(descriptor.digest, stored->bytes);
}

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
  TRY(pull_one(registry, repository, root, layout, blob_bytes_max, 0).with("pull " + repository));
  TRY(layout.set_reference(name, root));
  return root;
}

}  // namespace skerry::loop
