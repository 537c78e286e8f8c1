// SPDX-License-Identifier: Apache-2.0
//
// ONNX Runtime behind serve/runtime.h (step 3): one thread a request, no pool, no arena, no
// telemetry. The library is opened at run time, so that one build works with the library a machine
// brings. Threads: the Runtime and its Models are internally synchronised; open_onnx_runtime() is
// called once, before other threads start, because it sets an environment variable.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "serve/runtime.h"

namespace skerry::serve::onnx {

struct RuntimeOptions {
  // Places of libonnxruntime.so.1, tried in order; the first that is a file is opened.
  std::vector<std::string> library_paths;
  std::size_t model_bytes_max = 512u << 20;
};

// Telemetry is switched off (ORT_DISABLE_TELEMETRY=1) before the library is opened.
// Errors: kUnavailable when no path holds the library, or it cannot be opened, or is older
// than 1.21.
Result<std::unique_ptr<Runtime>> open_onnx_runtime(const RuntimeOptions& options);

}  // namespace skerry::serve::onnx
