// SPDX-License-Identifier: Apache-2.0
//
// Declarations from outside: whatever parses has a canonical form that parses to the same pipeline,
// and can be advanced.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "feature/pipeline.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace skerry;
  const auto value = json::parse({reinterpret_cast<const char*>(data), size});
  if (!value) return 0;
  const auto pipeline = feature::Pipeline::parse(*value);
  if (!pipeline) return 0;
  const auto again = feature::Pipeline::parse(pipeline->to_json());
  SKERRY_CHECK(again.ok() && again->digest() == pipeline->digest());

  feature::AssetState state = pipeline->start();
  std::vector<float> out(pipeline->names().size());
  Observation observation;
  for (int row = 0; row < 4; ++row) {
    for (const std::string& sensor : pipeline->sensors()) observation.values[sensor] = row;
    again->advance(state, observation, out);
  }
  SKERRY_CHECK(again->restore(state.serialize()).ok());
  return 0;
}
