// SPDX-License-Identifier: Apache-2.0
//
// Apart from the rest of the wiring, so that skerry-site does not link what only training needs.
#include <vector>

#include "app/wiring.h"
#include "serve/onnx/runtime.h"
#include "sys/files.h"
#include "sys/process.h"

namespace skerry::app {
namespace {

Result<std::vector<std::string>> library_places(const Settings& settings) {
  const std::string& chosen = settings.text("ort.library");
  if (!chosen.empty()) return std::vector{chosen};
  const std::string folder = sys::parent_path(TRY(sys::executable_path()));
  return std::vector<std::string>{
      folder + "/libonnxruntime.so.1", folder + "/../lib/skerry/libonnxruntime.so.1",
      folder + "/../.deps/onnxruntime/lib/libonnxruntime.so.1",  // A build folder in a checkout.
  };
}

}  // namespace

Result<std::unique_ptr<serve::Runtime>> open_runtime(const Settings& settings) {
  serve::onnx::RuntimeOptions options;
  options.library_paths = TRY(library_places(settings));
  return serve::onnx::open_onnx_runtime(options);
}

Result<std::string> runtime_library(const Settings& settings) {
  const std::vector<std::string> places = TRY(library_places(settings));
  for (const std::string& place : places) {
    if (sys::exists(sys::real_file_system(), place)) return place;
  }
  return not_found("libonnxruntime.so.1 is not at " + places.front() +
                   "; run \"./dev setup\" or set ort.library");
}

}  // namespace skerry::app
