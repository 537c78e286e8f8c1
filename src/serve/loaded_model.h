// SPDX-License-Identifier: Apache-2.0
//
// A model that is ready to answer (step 3): the graph in its runtime, what its bundle says about
// it, and the proof that it answers as it did where it was trained. Threads: immutable after
// loading; the runtime model and the counters are internally synchronised.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "bundle/bundle.h"
#include "feature/pipeline.h"
#include "serve/metrics.h"
#include "serve/runtime.h"

namespace skerry::serve {

struct LoadedModel {
  std::string name;
  std::int64_t version = 0;
  std::string digest;  // Of the artifact it came from; empty for a file that is no artifact.
  std::unique_ptr<Model> model;
  // Absent for a plain ONNX file; its check rows are dropped once they have passed.
  std::optional<bundle::Manifest> manifest;
  std::optional<feature::Pipeline> pipeline;  // Present with a manifest.
  std::unique_ptr<ModelCounters> counters;
};

// Loads the graph, compares it with its signature, parses the pipeline and runs the check rows,
// which also warms it. `view` is only read during the call. Takes as long as the runtime needs: not
// for a reactor. Errors: kInvalidArgument for a graph, manifest or pipeline that is wrong or does
// not fit the others; kFailedPrecondition when a check row gives another answer.
Result<std::shared_ptr<const LoadedModel>> load_bundle(Runtime& runtime,
                                                       const bundle::BundleView& view,
                                                       std::string digest);

// A plain ONNX file: answers `infer` alone. Errors: kInvalidArgument.
Result<std::shared_ptr<const LoadedModel>> load_graph(Runtime& runtime, std::string name,
                                                      std::int64_t version, std::string_view onnx);

}  // namespace skerry::serve
