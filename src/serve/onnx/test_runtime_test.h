// SPDX-License-Identifier: Apache-2.0
//
// The ONNX Runtime that tests use: the pinned library that set-up lays out beside the sources.
// Threads: called by the test's thread.
#pragma once

#include <cstdlib>
#include <memory>
#include <string>

#include "serve/onnx/runtime.h"

namespace skerry::serve::onnx {

inline RuntimeOptions test_options() {
  const char* chosen = std::getenv("SKERRY_ORT_LIBRARY");
  return {.library_paths = {chosen == nullptr ? "" : chosen,
                            SKERRY_SOURCE_DIR "/.deps/onnxruntime/lib/libonnxruntime.so.1"}};
}

}  // namespace skerry::serve::onnx
