// SPDX-License-Identifier: Apache-2.0
#include "serve/onnx/runtime.h"

#include <array>
#include <utility>

#include "serve/onnx/graph_scan.h"
#include "serve/onnx/library.h"
#include "serve/onnx/model.h"
#include "sys/files.h"

namespace skerry::serve::onnx {
namespace {

// Trees are walked in parallel from batch 1 on where there is a pool, which costs more than it
// brings; spinning threads hurt everybody else on a small machine.
constexpr std::array kEntries = {
    std::pair{"session.intra_op.allow_spinning", "0"},
    std::pair{"session.inter_op.allow_spinning", "0"},
    std::pair{"session.use_device_allocator_for_initializers", "1"},
};

Status configure(const Library& library, OrtSessionOptions* options) {
  const OrtApi& api = library.api();
  TRY(library.check(api.SetIntraOpNumThreads(options, 1)));
  TRY(library.check(api.SetInterOpNumThreads(options, 1)));
  TRY(library.check(api.SetSessionExecutionMode(options, ORT_SEQUENTIAL)));
  TRY(library.check(api.SetSessionGraphOptimizationLevel(options, ORT_ENABLE_ALL)));
  TRY(library.check(api.DisableCpuMemArena(options)));
  TRY(library.check(api.DisableMemPattern(options)));
  for (const auto& [key, value] : kEntries) {
    TRY(library.check(api.AddSessionConfigEntry(options, key, value)));
  }
  return ok_status();
}

class OnnxRuntime final : public Runtime {
 public:
  OnnxRuntime(std::shared_ptr<const Library> library, std::size_t model_bytes_max)
      : library_(std::move(library)), model_bytes_max_(model_bytes_max) {}

  Result<std::unique_ptr<Model>> load(std::string_view onnx) override {
    if (onnx.size() > model_bytes_max_) {
      return invalid_argument("the model has " + std::to_string(onnx.size()) +
                              " bytes; the limit is " + std::to_string(model_bytes_max_));
    }
    TRY(check_self_contained(onnx));
    const OrtApi& api = library_->api();
    OrtSessionOptions* raw_options = nullptr;
    TRY(library_->check(api.CreateSessionOptions(&raw_options)));
    const Handle<OrtSessionOptions> options(raw_options, api.ReleaseSessionOptions);
    TRY(configure(*library_, options.get()));
    OrtSession* raw_session = nullptr;
    TRY(library_->check_graph(api.CreateSessionFromArray(
        library_->environment(), onnx.data(), onnx.size(), options.get(), &raw_session)));
    return open_model(library_, Handle<OrtSession>(raw_session, api.ReleaseSession));
  }

  std::string version() const override { return "onnxruntime " + library_->version(); }

 private:
  const std::shared_ptr<const Library> library_;
  const std::size_t model_bytes_max_;
};

}  // namespace

Result<std::unique_ptr<Runtime>> open_onnx_runtime(const RuntimeOptions& options) {
  for (const std::string& path : options.library_paths) {
    if (path.empty() || !sys::exists(sys::real_file_system(), path)) continue;
    return std::unique_ptr<Runtime>(
        std::make_unique<OnnxRuntime>(TRY(Library::open(path)), options.model_bytes_max));
  }
  std::string tried;
  for (const std::string& path : options.library_paths) tried += "\n  " + path;
  return unavailable("libonnxruntime.so.1 was found at none of:" + tried);
}

}  // namespace skerry::serve::onnx
