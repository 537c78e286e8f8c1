// SPDX-License-Identifier: Apache-2.0
//
// WWW-Authenticate headers of foreign servers.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "registry/remote/challenge.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view header(reinterpret_cast<const char*>(data), size);
  const auto challenges = skerry::registry::parse_challenges(header);
  SKERRY_CHECK(challenges.size() <= 8);
  for (const auto& challenge : challenges) {
    SKERRY_CHECK(!challenge.scheme.empty() && challenge.parameters.size() <= 16);
  }
  return 0;
}
