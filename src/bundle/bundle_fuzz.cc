// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "bundle/bundle.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto view = skerry::bundle::open(bytes);
  if (!view) return 0;
  SKERRY_CHECK(view->version > 0 && !view->name.empty() && !view->model_onnx.empty());
  const auto manifest = skerry::bundle::read_manifest(*view);
  if (manifest) SKERRY_CHECK(manifest->name == view->name);
  return 0;
}
