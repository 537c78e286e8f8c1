// SPDX-License-Identifier: Apache-2.0
//
// Tensor data as OIP writes it in JSON: flat, numbers in the shortest form that reads back to the
// same value, null for a number that is not finite, FP16 and BF16 in binary only. Threads: pure
// functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/fast_json.h"
#include "data/tensor.h"

namespace skerry::serve {

// Replaces `out` with the elements of `data`, nested or flat. `elements` is already known to be no
// more than the text can hold. Errors: kInvalidArgument.
Status read_json_tensor(const fast_json::Value& data, DType type, std::size_t elements,
                        std::vector<char>& out);

// Appends "[1,2.5,null]". Errors: kInvalidArgument for a type, or BYTES that are not UTF-8, that
// only the binary extension can carry.
Status append_json_tensor(std::string& out, const Tensor& tensor);

// Appends `text` (UTF-8) with quotes and escapes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace skerry::serve
