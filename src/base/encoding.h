// SPDX-License-Identifier: Apache-2.0
//
// Text forms of bytes: hex, base64 (RFC 4648 section 4, padded) and percent-encoding (RFC 3986).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace skerry {

std::string hex_encode(std::string_view bytes);

std::string base64_encode(std::string_view bytes);

// Accepts padded and unpadded standard base64. Errors: kInvalidArgument for any other character, an
// impossible length, wrong padding, or last bits that stand for nothing and are not zero.
Result<std::string> base64_decode(std::string_view text);

// Encodes every byte outside RFC 3986 "unreserved".
std::string percent_encode(std::string_view bytes);

// Errors: kInvalidArgument for a '%' without two hex digits. '+' stays '+'.
Result<std::string> percent_decode(std::string_view text);

}  // namespace skerry
