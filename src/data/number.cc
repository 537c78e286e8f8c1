// SPDX-License-Identifier: Apache-2.0
#include "data/number.h"

#include <array>
#include <charconv>

namespace skerry {
namespace {

template <typename T>
void append_shortest(std::string& out, T value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  out.append(buffer.data(), end.ptr);
}

}  // namespace

void append_number(std::string& out, double value) { append_shortest(out, value); }
void append_number(std::string& out, float value) { append_shortest(out, value); }

std::string format_number(double value) {
  std::string out;
  append_number(out, value);
  return out;
}

Result<double> parse_number(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) {
    return invalid_argument("not a number");
  }
  return value;
}

}  // namespace skerry
