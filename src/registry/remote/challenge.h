// SPDX-License-Identifier: Apache-2.0
//
// WWW-Authenticate of a 401 (RFC 9110 section 11.6.1), as registries write it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::registry {

struct Challenge {
  std::string scheme;                             // Lower case: "basic", "bearer".
  std::map<std::string, std::string> parameters;  // Names in lower case; quotes taken off.
};

// What of the header can be read; the rest is left out. At most 8 challenges of 16 parameters.
std::vector<Challenge> parse_challenges(std::string_view header);

}  // namespace skerry::registry
