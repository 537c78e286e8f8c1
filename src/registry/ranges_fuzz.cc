// SPDX-License-Identifier: Apache-2.0
//
// Range, Content-Range, entity tags and links. The first two bytes choose the size of the blob.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "registry/ranges.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::uint64_t blob = data[0] + 256u * data[1];
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  if (const auto range = skerry::registry::parse_upload_range(text)) {
    SKERRY_CHECK(range->first <= range->last && range->length() > 0);
  }
  if (const auto asked = skerry::registry::parse_request_range(text, blob)) {
    if (const auto& part = *asked) SKERRY_CHECK(part->first <= part->last && part->last < blob);
  }
  skerry::registry::matches_entity_tag(text, "sha256:00");
  if (const auto link = skerry::registry::next_link(text)) {
    SKERRY_CHECK(text.find(*link) != std::string_view::npos);
  }
  return 0;
}
