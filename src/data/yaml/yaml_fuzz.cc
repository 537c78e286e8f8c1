// SPDX-License-Identifier: Apache-2.0
//
// YAML from outside: whatever parses is a tree that JSON can carry, within the limits.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "data/yaml/yaml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace skerry;
  const auto tree = yaml::parse({reinterpret_cast<const char*>(data), size}, {.nodes_max = 2000});
  if (!tree) return 0;
  const auto again = json::parse(json::dump(*tree));
  SKERRY_CHECK(again.ok() && json::dump(*again) == json::dump(*tree));
  return 0;
}
