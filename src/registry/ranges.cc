// SPDX-License-Identifier: Apache-2.0
#include "registry/ranges.h"

#include <algorithm>
#include <charconv>

namespace skerry::registry {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Result<ByteRange> parse_upload_range(std::string_view text) {
  text = trimmed(text);
  for (const std::string_view prefix : {"bytes ", "bytes="}) {
    if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
  }
  text = text.substr(0, text.find('/'));
  const std::size_t dash = text.find('-');
  if (dash != std::string_view::npos) {
    const auto first = parse_count(text.substr(0, dash));
    const auto last = parse_count(text.substr(dash + 1));
    if (first && last && *first <= *last && *last < UINT64_MAX) return ByteRange{*first, *last};
  }
  return invalid_argument("a range of bytes is written FIRST-LAST");
}

Result<std::optional<ByteRange>> parse_request_range(std::string_view header, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  const std::optional<ByteRange> whole;
  header = trimmed(header);
  if (!header.starts_with(kUnit)) return whole;
  header.remove_prefix(kUnit.size());
  const std::size_t dash = header.find('-');
  if (dash == std::string_view::npos || header.find(',') != std::string_view::npos) return whole;
  const std::string_view first_text = trimmed(header.substr(0, dash));
  const std::string_view last_text = trimmed(header.substr(dash + 1));
  const auto first = parse_count(first_text);
  const auto last = parse_count(last_text);
  const Error beyond(Code::kOutOfRange, "the range begins behind the end of the blob");
  if (first_text.empty() && last) {  // The last so many bytes.
    if (*last == 0 || size == 0) return beyond;
    return std::optional(ByteRange{size - std::min(*last, size), size - 1});
  }
  if (!first || (!last && !last_text.empty()) || (last && *last < *first)) return whole;
  if (*first >= size) return beyond;
  return std::optional(ByteRange{*first, last ? std::min(*last, size - 1) : size - 1});
}

bool matches_entity_tag(std::string_view header, std::string_view tag) {
  while (!header.empty()) {
    const std::size_t comma = std::min(header.find(','), header.size());
    std::string_view one = trimmed(header.substr(0, comma));
    header.remove_prefix(std::min(comma + 1, header.size()));
    if (one == "*") return true;
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one.size() >= 2 && one.front() == '"' && one.back() == '"' &&
        one.substr(1, one.size() - 2) == tag) {
      return true;
    }
  }
  return false;
}

std::optional<std::string> next_link(std::string_view header) {
  while (true) {
    const std::size_t open = header.find('<');
    const std::size_t close = header.find('>', open);
    if (open == std::string_view::npos || close == std::string_view::npos) return std::nullopt;
    const std::string_view target = header.substr(open + 1, close - open - 1);
    header.remove_prefix(close + 1);
    const std::string_view parameters = header.substr(0, header.find('<'));
    for (const std::string_view next : {"rel=\"next\"", "rel=next"}) {
      if (parameters.find(next) != std::string_view::npos) return std::string(target);
    }
  }
}

}  // namespace skerry::registry
