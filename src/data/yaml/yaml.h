// SPDX-License-Identifier: Apache-2.0
//
// YAML 1.2 documents (recipes, configuration, policies) read into JSON trees, so that validation is
// written once. Plain scalars become null, booleans, integers and numbers by the core schema (what
// JSON lacks, such as .inf, stays text); aliases are expanded within the node limit.
#pragma once

#include <string_view>

#include "data/json.h"

namespace skerry::yaml {

struct ParseLimits {
  std::size_t bytes_max = limits::kYamlBytesMax;
  std::size_t nodes_max = 100'000;  // Counted after aliases are expanded.
  std::size_t depth_max = 64;
};

// Errors: kInvalidArgument for text that is not UTF-8, and with the line for bad syntax, a repeated
// key, a non-scalar key, an unknown tag or a second document; kResourceExhausted above a limit.
Result<json::Value> parse(std::string_view text, ParseLimits limits = {});

}  // namespace skerry::yaml
