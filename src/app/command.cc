// SPDX-License-Identifier: Apache-2.0
#include "app/command.h"

#include <charconv>

namespace skerry::app {

const std::string& Invocation::value(std::string_view name) const {
  const auto found = values_.find(std::string(name));
  SKERRY_CHECK(found != values_.end());
  return found->second;
}

Result<std::int64_t> Invocation::integer(std::string_view name) const {
  const std::string& text = value(name);
  std::int64_t number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size()) {
    return invalid_argument(std::string(name) + " takes a whole number");
  }
  return number;
}

}  // namespace skerry::app
