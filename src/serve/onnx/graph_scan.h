// SPDX-License-Identifier: Apache-2.0
//
// Looks through a model for tensors that live in other files. ONNX Runtime would open the path that
// the model names, so such a model is refused before it is handed over: a model is its bytes and
// nothing else. Threads: pure function. Source: onnx.proto, TensorProto.data_location and
// external_data.
#pragma once

#include <string_view>

#include "base/result.h"

namespace skerry::serve::onnx {

// Errors: kInvalidArgument for a tensor with external data, damaged protobuf, or graphs nested too
// deep.
Status check_self_contained(std::string_view model);

}  // namespace skerry::serve::onnx
