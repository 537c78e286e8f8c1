// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "serve/onnx/graph_scan.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto verdict =
      skerry::serve::onnx::check_self_contained({reinterpret_cast<const char*>(data), size});
  return verdict.ok() || !verdict.error().message().empty() ? 0 : -1;
}
