// SPDX-License-Identifier: Apache-2.0
//
// One line of POST /v1/observe up to the observation, and how a body is split into lines.
#include <cstddef>
#include <cstdint>

#include "data/json.h"
#include "domain/observation.h"
#include "loop/site_api_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  static_cast<void>(skerry::loop::is_ndjson("", line));
  const auto value = skerry::json::parse(line, {.bytes_max = 256u << 10, .depth_max = 4});
  if (!value) return 0;
  const auto observation = skerry::observation_from_json(*value);
  if (!observation) return 0;
  // What was accepted can be written and reads back.
  if (!skerry::observation_from_json(skerry::observation_to_json(*observation))) __builtin_trap();
  return 0;
}
