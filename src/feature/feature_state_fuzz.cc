// SPDX-License-Identifier: Apache-2.0
//
// State bytes from outside, with a fitting checksum so that they get past it: whatever restores
// writes the same bytes again and can be advanced.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/digest.h"
#include "feature/pipeline.h"

namespace {

skerry::feature::Pipeline pipeline_with_every_tracker() {
  const auto value = skerry::json::parse(R"([{"for": ["a", "b"], "features": [
    {"op": "mean", "n": 4}, {"op": "slope", "n": 4}, {"op": "max", "n": 1}, {"op": "lag", "n": 3},
    {"op": "ewma", "alpha": 0.5}, {"op": "first_mean", "n": 3}]}])");
  SKERRY_CHECK(value.ok());
  auto pipeline = skerry::feature::Pipeline::parse(*value);
  SKERRY_CHECK(pipeline.ok());
  return std::move(pipeline).value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace skerry;
  static const feature::Pipeline pipeline = pipeline_with_every_tracker();
  // The corpus holds what follows magic, version and digest.
  std::string bytes = pipeline.start().serialize().substr(0, 4 + 4 + 64);
  bytes.append(reinterpret_cast<const char*>(data), size);
  bytes += Digest::of(bytes).hex().substr(0, 16);
  auto state = pipeline.restore(bytes);
  if (!state) return 0;
  SKERRY_CHECK(state->serialize() == bytes);
  std::vector<float> out(pipeline.names().size());
  Observation observation;
  observation.values["a"] = 1;
  for (int row = 0; row < 9; ++row) pipeline.advance(*state, observation, out);
  return 0;
}
