// SPDX-License-Identifier: Apache-2.0
//
// A runtime for tests whose models are a line of text, and bundles around them.
// Threads: as serve/runtime.h asks.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bundle/bundle.h"
#include "serve/loaded_model.h"
#include "serve/runtime.h"

namespace skerry::serve {

// "sum <scale>": features FP32 [-1,3] -> prediction and margin FP32 [-1,1], scale times the sum,
// NaN counted as 0. "echo <DTYPE>": in [-1] -> out [-1], the same elements. "break": loads, then
// every infer is an internal error. Anything else is refused.
class FakeRuntime final : public Runtime {
 public:
  Result<std::unique_ptr<Model>> load(std::string_view onnx) override;
  std::string version() const override { return "fake 1"; }
};

// A manifest for "sum <scale>" with the pipeline [age, s1, s1_mean_2], check rows and one sequence
// that hold for it.
bundle::Manifest sum_manifest(const std::string& name, std::int64_t version, double scale);

// The manifest and the graph text as a loaded model, or why not.
Result<std::shared_ptr<const LoadedModel>> load_fake(const bundle::Manifest& manifest,
                                                     const std::string& graph,
                                                     const std::string& digest = "");

}  // namespace skerry::serve
