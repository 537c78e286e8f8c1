// SPDX-License-Identifier: Apache-2.0
//
// A graph loaded into ONNX Runtime.
// Threads: internally synchronised; any number of threads may infer at once.
#pragma once

#include <memory>

#include "serve/onnx/library.h"
#include "serve/runtime.h"

namespace skerry::serve::onnx {

// Reads the names, types and shapes of `graph`.
// Errors: kInvalidArgument for an input or output that is not a tensor of a type OIP names.
Result<std::unique_ptr<Model>> open_model(std::shared_ptr<const Library> library,
                                          Handle<OrtSession> graph);

}  // namespace skerry::serve::onnx
