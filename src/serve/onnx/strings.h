// SPDX-License-Identifier: Apache-2.0
//
// String tensors, which ONNX Runtime keeps as objects of its own: OIP's BYTES (u32 little-endian
// length and bytes for each element) in and out. Threads: pure functions.
#pragma once

#include <vector>

#include "base/result.h"
#include "serve/onnx/library.h"
#include "serve/runtime.h"

namespace skerry::serve::onnx {

// Errors: kInvalidArgument when the bytes do not hold exactly the elements of the shape.
Result<Handle<OrtValue>> make_string_tensor(const Library& library, const TensorView& tensor);

// Replaces `bytes` with `elements` strings of `value`.
Status read_string_tensor(const Library& library, const OrtValue* value, std::size_t elements,
                          std::vector<char>& bytes);

}  // namespace skerry::serve::onnx
