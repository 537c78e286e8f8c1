// SPDX-License-Identifier: Apache-2.0
//
// Identifiers that become paths, URLs or headers are checked here once, before any use.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace skerry {

// A model, site, ring, sensor-set or recipe name: [a-z0-9]([a-z0-9._-]*[a-z0-9])?, at most 64
// bytes. Errors: kInvalidArgument that says which rule is broken.
Status check_name(std::string_view name);

// An asset, source or record id from a machine: 1 to 128 printable ASCII bytes.
// Errors: kInvalidArgument.
Status check_external_id(std::string_view id);

// RFC 9562 version 4 text form of 16 random bytes.
std::string uuid_from_random(std::span<const std::uint8_t, 16> random);

// Of `known`, the word nearest to `word` by edit distance, or "" where none is near enough to be a
// likely typing mistake or `word` is longer than 64 bytes. For error texts.
std::string nearest_word(std::string_view word, std::span<const std::string> known);

}  // namespace skerry
