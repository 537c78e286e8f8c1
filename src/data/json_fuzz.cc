// SPDX-License-Identifier: Apache-2.0
//
// JSON from outside: whatever parses has texts, on one line and pretty, that parse to a tree with
// the same text.
#include "data/json.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace skerry;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto tree = json::parse(text);
  if (!tree) return 0;
  // One round first: "-0", "1.0" and "1" may come to have the same text.
  const std::string line = json::dump(*tree);
  const auto again = json::parse(line);
  SKERRY_CHECK(again.ok() && json::dump(*again) == line);
  const auto pretty = json::parse(json::dump_pretty(*tree));
  SKERRY_CHECK(pretty.ok() && json::dump(*pretty) == line);
  return 0;
}
