// SPDX-License-Identifier: Apache-2.0
//
// Small blobs to and from a registry in one piece: SiteSpecs, policies, bundles that fit in memory.
// Threads: as the registry.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/oci.h"
#include "registry/registry.h"

namespace skerry::loop {

// The blob with its digest checked. Errors: kResourceExhausted above `bytes_max`, kDataLoss for
// other bytes than the descriptor names, kUnavailable when cut off, and those of get_blob().
Result<std::string> read_blob(registry::Registry& registry, const std::string& repository,
                              const oci::Descriptor& descriptor, std::uint64_t bytes_max);

// Uploads `bytes` and returns their descriptor.
Result<oci::Descriptor> write_blob(registry::Registry& registry, const std::string& repository,
                                   std::string_view media_type, std::string_view bytes);

}  // namespace skerry::loop
