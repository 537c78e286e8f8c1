// SPDX-License-Identifier: Apache-2.0
//
// One reading of one asset: what a machine sends and what training data is made of.
// Threads: values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/json.h"
#include "sys/clock.h"

namespace skerry {

struct Observation {
  std::string source;  // The gateway or program that sent it.
  std::string asset;   // The machine.
  // Counts up when a machine is repaired: windows start afresh.
  std::int64_t life = 1;
  std::optional<sys::Time> time;
  std::string id;  // Unique per (source, asset); empty when the sender gave none.
  // Sorted by name. An absent sensor and a null one are both missing (NaN in `values`).
  std::map<std::string, double, std::less<>> values;
  std::map<std::string, std::string, std::less<>> categories;
};

// Reads {source, asset, life?, time?, id?, values: {sensor: number|string|null}}.
// Errors: kInvalidArgument naming the member, unknown members included.
Result<Observation> observation_from_json(const json::Value& value);
json::Object observation_to_json(const Observation& observation);

}  // namespace skerry
