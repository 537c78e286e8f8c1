// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "image/gzip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint64_t kBytesMax = 1u << 20;
  const auto bytes =
      skerry::image::gunzip(std::string_view(reinterpret_cast<const char*>(data), size), kBytesMax);
  if (bytes) SKERRY_CHECK(bytes->size() <= kBytesMax);
  return 0;
}
