// SPDX-License-Identifier: Apache-2.0
//
// The small grammars in headers of the distribution API: byte ranges in its own and in HTTP's form
// (RFC 9110 section 14), entity tags (section 13.1.2) and next-page links (RFC 8288).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace skerry::registry {

// Bytes `first` to `last`, both included.
struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;

  std::uint64_t length() const { return last - first + 1; }
};

// "0-1023" as uploads write it, with or without "bytes " or "bytes=" in front and a "/total"
// behind. Errors: kInvalidArgument.
Result<ByteRange> parse_upload_range(std::string_view text);

// What a Range header asks of `size` bytes: nullopt = the whole (several ranges and other units are
// answered so). Errors: kOutOfRange when it begins behind the end.
Result<std::optional<ByteRange>> parse_request_range(std::string_view header, std::uint64_t size);

// True when an If-None-Match header names `tag` (without quotes) or is "*".
bool matches_entity_tag(std::string_view header, std::string_view tag);

// The target of the rel="next" link; nullopt without one.
std::optional<std::string> next_link(std::string_view header);

}  // namespace skerry::registry
