// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "bundle/bundle.h"
#include "data/json.h"

// What is accepted can be written, and reads back to the same text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = skerry::json::parse(text);
  if (!value) return 0;
  const auto manifest = skerry::bundle::manifest_from_json(*value);
  if (!manifest) return 0;
  const std::string written = skerry::json::dump(skerry::bundle::to_json(*manifest));
  const auto again = skerry::json::parse(written);
  SKERRY_CHECK(again.ok());
  const auto reread = skerry::bundle::manifest_from_json(*again);
  SKERRY_CHECK(reread.ok());
  SKERRY_CHECK(skerry::json::dump(skerry::bundle::to_json(*reread)) == written);
  return 0;
}
