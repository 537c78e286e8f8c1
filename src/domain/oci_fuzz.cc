// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/limits.h"
#include "domain/oci.h"

// What parses is written and parsed again: the second reading must agree with the first.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto manifest = skerry::oci::parse_manifest(bytes, "");
  if (!manifest || manifest->media_type == skerry::oci::kDockerManifestListType) return 0;
  const std::string written = skerry::oci::format_manifest(*manifest);
  const auto again = skerry::oci::parse_manifest(written, manifest->media_type);
  if (written.size() <= skerry::limits::kManifestBytesMax) {
    SKERRY_CHECK(again.ok() && skerry::oci::format_manifest(*again) == written);
  }
  return 0;
}
