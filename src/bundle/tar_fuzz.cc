// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "bundle/tar.h"

// What is read is safe to write, and what was written reads back the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto entries = skerry::bundle::read_tar(bytes);
  if (!entries) return 0;
  const auto tar = skerry::bundle::write_tar(*entries);
  SKERRY_CHECK(tar.ok());
  const auto again = skerry::bundle::read_tar(*tar);
  SKERRY_CHECK(again.ok() && again->size() >= entries->size());
  return 0;
}
