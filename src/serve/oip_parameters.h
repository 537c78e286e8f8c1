// SPDX-License-Identifier: Apache-2.0
//
// The "parameters" objects of an inference request. Names nobody here knows are ignored, as the
// protocol asks; names that stand for something this server does not do are refused rather than
// ignored. Threads: pure functions.
#pragma once

#include <cstddef>
#include <optional>

#include "base/result.h"
#include "data/fast_json.h"

namespace skerry::serve {

struct RequestParameters {
  bool binary_data_output = false;
};

// Of the request. `asset`, `priority` and `timeout` are accepted. Errors: kInvalidArgument for a
// wrong type, kUnimplemented for ack = durable and a sequence.
Result<RequestParameters> read_request_parameters(const fast_json::Value& parameters);

// Of an input: binary_data_size. Errors: kInvalidArgument; kUnimplemented for shared memory.
Result<std::optional<std::size_t>> read_input_parameters(const fast_json::Value& parameters);

// Of a requested output: binary_data, `fallback` without it. Errors: kInvalidArgument;
// kUnimplemented for classification and shared memory.
Result<bool> read_output_parameters(const fast_json::Value& parameters, bool fallback);

}  // namespace skerry::serve
