// SPDX-License-Identifier: Apache-2.0
//
// Observations from outside: whatever reads has a document that reads to the same one.
#include "domain/observation.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace skerry;
  const auto value = json::parse({reinterpret_cast<const char*>(data), size});
  if (!value) return 0;
  const auto observation = observation_from_json(*value);
  if (!observation) return 0;
  const std::string text = json::dump(observation_to_json(*observation));
  const auto again = json::parse(text);
  SKERRY_CHECK(again.ok());
  const auto same = observation_from_json(*again);
  SKERRY_CHECK(same.ok() && json::dump(observation_to_json(*same)) == text);
  return 0;
}
