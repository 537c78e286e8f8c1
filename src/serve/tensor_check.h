// SPDX-License-Identifier: Apache-2.0
//
// Does a tensor fit what a model takes? Asked of every tensor from outside before a runtime sees
// it. Threads: pure functions.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/tensor.h"
#include "serve/runtime.h"

namespace skerry::serve {

// Errors: kInvalidArgument (without the name, which the caller adds) for another type, rank, fixed
// dimension, a negative or overflowing shape, or bytes that are not exactly the elements of the
// shape.
Status check_tensor(const TensorSpec& spec, const TensorView& tensor);

// Takes one BYTES element (u32 little-endian length, then the bytes) off the front of `rest`.
// Errors: kInvalidArgument when it is cut off.
Result<std::string_view> take_bytes_element(std::string_view& rest);
// Appends one; `element` is shorter than 4 GiB.
void append_bytes_element(std::vector<char>& out, std::string_view element);

}  // namespace skerry::serve
