// SPDX-License-Identifier: Apache-2.0
//
// Reads the TensorProto files of ONNX's own test data, for tests alone.
// Threads: pure functions.
#pragma once

#include <string_view>

#include "base/result.h"
#include "data/tensor.h"

namespace skerry::serve::onnx {

// Errors: kInvalidArgument for damaged bytes, kUnimplemented for a message that is not a tensor of
// a type with an OIP name.
Result<Tensor> read_tensor_proto(std::string_view message);

}  // namespace skerry::serve::onnx
