// SPDX-License-Identifier: Apache-2.0
//
// Images between a layout on disk and a registry (step 1).
// Threads: as the layout and the registry. Blocks: on disk and network.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "domain/oci.h"
#include "image/layout.h"
#include "registry/registry.h"

namespace skerry::loop {

// Bytes that are over and bytes in all, after each blob.
using TransferProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

// Uploads what `root` names and then `root` itself under `tag`; blobs that are there already cost
// one question. A cut upload is resumed by the next call. Errors: those of the layout and the
// registry.
Status push_image(const image::Layout& layout, const oci::Descriptor& root,
                  registry::Registry& registry, const std::string& repository,
                  const std::string& tag, const TransferProgress& progress);

// Downloads `reference` with all it names, verified, and lists it in `layout` under `name`.
// Errors: kDataLoss for a wrong digest, kResourceExhausted for a blob above `blob_bytes_max` or
// more than 10,000 parts.
Result<oci::Descriptor> pull_image(registry::Registry& registry, const std::string& repository,
                                   const std::string& reference, image::Layout& layout,
                                   const std::string& name, std::uint64_t blob_bytes_max);

}  // namespace skerry::loop
