// SPDX-License-Identifier: Apache-2.0
//
// The target that must fail: it dies on inputs that begin with "Sker". If it survives a replay of
// its corpus or a minute of fuzzing, the harness itself is broken.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // One comparison a byte, so that coverage leads to the failure step by step.
  if (text.size() >= 4 && text[0] == 'S' && text[1] == 'k' && text[2] == 'e') {
    SKERRY_CHECK(text[3] != 'r');
  }
  return 0;
}
