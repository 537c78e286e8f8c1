// SPDX-License-Identifier: Apache-2.0
//
// Times from outside: whatever parses has a text that parses to the same time.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "sys/clock.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace skerry;
  const auto time = sys::parse_time({reinterpret_cast<const char*>(data), size});
  if (!time) return 0;
  const auto again = sys::parse_time(sys::format_time(*time));
  SKERRY_CHECK(again.ok() && *again == *time);
  return 0;
}
