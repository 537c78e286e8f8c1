// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "image/elf.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto elf =
      skerry::image::read_elf(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!elf) return 0;
  for (const std::string& name : elf->needed) {
    SKERRY_CHECK(!name.empty() && name.find('/') == std::string::npos);
  }
  return 0;
}
