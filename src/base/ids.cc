// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include "base/encoding.h"

namespace skerry {
namespace {

constexpr std::size_t kWordBytesMax = 64;  // Names are no longer, and the cost is the square of it.

bool alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({substitute, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

Status check_name(std::string_view name) {
  if (name.empty() || name.size() > 64) return invalid_argument("a name has 1 to 64 characters");
  const bool characters = std::ranges::all_of(
      name, [](char c) { return alphanumeric(c) || c == '.' || c == '_' || c == '-'; });
  if (!characters) return invalid_argument("a name has only a-z, 0-9, '.', '_' and '-'");
  if (!alphanumeric(name.front()) || !alphanumeric(name.back())) {
    return invalid_argument("a name starts and ends with a letter or a digit");
  }
  return ok_status();
}

Status check_external_id(std::string_view id) {
  if (id.empty() || id.size() > 128) return invalid_argument("an id has 1 to 128 characters");
  if (!std::ranges::all_of(id, [](char c) { return c >= 0x20 && c < 0x7f; })) {
    return invalid_argument("an id has only printable ASCII characters");
  }
  return ok_status();
}

std::string uuid_from_random(std::span<const std::uint8_t, 16> random) {
  std::array<char, 16> bytes{};
  std::ranges::transform(random, bytes.begin(),
                         [](std::uint8_t b) { return static_cast<char>(b); });
  bytes[6] = static_cast<char>((random[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((random[8] & 0x3f) | 0x80);
  std::string text = hex_encode({bytes.data(), bytes.size()});
  for (const std::size_t position : {20u, 16u, 12u, 8u}) text.insert(position, "-");
  return text;
}

std::string nearest_word(std::string_view word, std::span<const std::string> known) {
  if (word.size() > kWordBytesMax) return "";
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : known) {
    // The distance is at least the difference in length; so a long candidate costs nothing.
    if (candidate.size() > word.size() + best_distance) continue;
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace skerry
