// SPDX-License-Identifier: Apache-2.0
#include "serve/loaded_model.h"

#include <array>
#include <utility>

#include "base/ids.h"
#include "serve/check_rows.h"

namespace skerry::serve {
namespace {

constexpr std::size_t kManifestBytesMax = 32u << 20;

// "stats" would hide GET v2/models/stats.
Status check_model_name(std::string_view name) {
  TRY(check_name(name).with("model name"));
  if (name == "stats") return invalid_argument("a model cannot be called \"stats\"");
  return ok_status();
}

Status check_specs(const std::vector<TensorSpec>& graph, const std::vector<TensorSpec>& signature,
                   const char* side) {
  bool same = graph.size() == signature.size();
  for (std::size_t i = 0; same && i < graph.size(); ++i) {
    same = graph[i].name == signature[i].name && graph[i].type == signature[i].type &&
           graph[i].shape == signature[i].shape;
  }
  if (same) return ok_status();
  return invalid_argument(std::string("the ") + side +
                          " of the graph are not those of the signature");
}

// Features go in as one FP32 matrix and a prediction comes out: what observe builds on.
Status check_fit(const Model& model, const bundle::Manifest& manifest,
                 const feature::Pipeline& pipeline) {
  TRY(check_specs(model.inputs(), manifest.signature.inputs, "inputs"));
  TRY(check_specs(model.outputs(), manifest.signature.outputs, "outputs"));
  if (pipeline.digest() != manifest.pipeline_digest) {
    return invalid_argument("the pipeline's digest is not the one of the manifest");
  }
  const auto features = static_cast<std::int64_t>(pipeline.names().size());
  const auto& inputs = model.inputs();
  if (inputs.size() != 1 || inputs[0].type != DType::kFp32 ||
      inputs[0].shape != Shape{-1, features}) {
    return invalid_argument("the graph does not take one FP32 tensor of the pipeline's " +
                            std::to_string(features) + " features");
  }
  if (model.outputs().empty() || model.outputs()[0].type != DType::kFp32) {
    return invalid_argument("the graph's first output is not FP32");
  }
  return ok_status();
}

}  // namespace

Result<std::shared_ptr<const LoadedModel>> load_bundle(Runtime& runtime,
                                                       const bundle::BundleView& view,
                                                       std::string digest) {
  const json::Value document =
      TRY(json::parse(view.manifest_json, {.bytes_max = kManifestBytesMax}).with("skerry.json"));
  bundle::Manifest manifest = TRY(bundle::manifest_from_json(document).with("skerry.json"));
  if (manifest.name != view.name || manifest.version != view.version) {
    return invalid_argument("skerry.json is of another model or version than its folder");
  }
  TRY(check_model_name(view.name));
  auto loaded = std::make_shared<LoadedModel>();
  loaded->name = view.name;
  loaded->version = view.version;
  loaded->digest = std::move(digest);
  loaded->pipeline = TRY(feature::Pipeline::parse(manifest.pipeline).with("skerry.json: pipeline"));
  loaded->model = TRY(runtime.load(view.model_onnx).with("model.onnx"));
  loaded->counters = std::make_unique<ModelCounters>();
  TRY(check_fit(*loaded->model, manifest, *loaded->pipeline));
  TRY(run_checks(*loaded->model, *loaded->pipeline, manifest.checks));
  manifest.checks = {};
  loaded->manifest = std::move(manifest);
  return std::shared_ptr<const LoadedModel>(std::move(loaded));
}

Result<std::shared_ptr<const LoadedModel>> load_graph(Runtime& runtime, std::string name,
                                                      std::int64_t version, std::string_view onnx) {
  TRY(check_model_name(name));
  if (version < 1) return invalid_argument("a model version is 1 or more");
  auto loaded = std::make_shared<LoadedModel>();
  loaded->name = std::move(name);
  loaded->version = version;
  loaded->model = TRY(runtime.load(onnx));
  loaded->counters = std::make_unique<ModelCounters>();
  return std::shared_ptr<const LoadedModel>(std::move(loaded));
}

}  // namespace skerry::serve
