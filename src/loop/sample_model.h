// SPDX-License-Identifier: Apache-2.0
//
// For tests of the loop: bundles whose graph is a line of text, the runtime that answers for them,
// and the way of a bundle into a registry.
#pragma once

#include <cmath>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bundle/sample_bundle.h"
#include "domain/oci.h"
#include "loop/registry_bytes.h"
#include "registry/registry.h"
#include "serve/runtime.h"

namespace skerry::loop {

// Prediction and margin are the sum of the features, NaN counted as 0.
inline float sample_answer(std::span<const float> features) {
  float sum = 0;
  for (const float value : features) sum += std::isnan(value) ? 0.0f : value;
  return sum;
}

class SampleModel final : public serve::Model {
 public:
  const std::vector<TensorSpec>& inputs() const override { return signature_.inputs; }
  const std::vector<TensorSpec>& outputs() const override { return signature_.outputs; }
  Status infer(std::span<const serve::TensorView> in, std::vector<Tensor>& out) override {
    const auto* features = reinterpret_cast<const float*>(in[0].bytes.data());
    const auto columns = static_cast<std::size_t>(in[0].shape[1]);
    const auto rows = static_cast<std::size_t>(in[0].shape[0]);
    out.clear();
    for (const TensorSpec& output : signature_.outputs) {
      Tensor tensor{output.name, output.type, {in[0].shape[0], 1}, {}};
      tensor.bytes.resize(rows * sizeof(float));
      for (std::size_t row = 0; row < rows; ++row) {
        tensor.view<float>()[row] = sample_answer({features + row * columns, columns});
      }
      out.push_back(std::move(tensor));
    }
    return ok_status();
  }

 private:
  const bundle::Signature signature_ = bundle::sample_manifest().signature;
};

// Loads graphs that say "sum"; refuses every other.
class SampleRuntime final : public serve::Runtime {
 public:
  Result<std::unique_ptr<serve::Model>> load(std::string_view onnx) override {
    if (onnx != "sum") return invalid_argument("the graph is not \"sum\"");
    return std::unique_ptr<serve::Model>(std::make_unique<SampleModel>());
  }
  std::string version() const override { return "sample 1"; }
};

inline bundle::Bundle sum_bundle(const std::string& name, std::int64_t version) {
  bundle::Bundle made = bundle::sample_bundle(name, version);
  made.model_onnx = "sum";
  for (bundle::CheckRows::Row& row : made.manifest.checks.rows) {
    row.outputs.assign(2, static_cast<double>(sample_answer(row.inputs)));
  }
  for (bundle::CheckRows::Sequence& sequence : made.manifest.checks.sequences) {
    sequence.outputs.clear();
    for (const std::vector<float>& features : sequence.features) {
      sequence.outputs.push_back(static_cast<double>(sample_answer(features)));
    }
  }
  return made;
}

// A bundle of the same model with features of another kind.
inline bundle::Bundle other_pipeline_bundle(const std::string& name, std::int64_t version) {
  bundle::Bundle made = sum_bundle(name, version);
  const auto declaration = json::parse(
      R"([{"op":"last","sensor":"s2"},{"op":"mean","sensor":"s2","n":9,"name":"s2_mean"}])");
  SKERRY_CHECK(declaration.ok());
  const auto pipeline = feature::Pipeline::parse(*declaration);
  SKERRY_CHECK(pipeline.ok());
  made.manifest.pipeline = pipeline->to_json();
  made.manifest.pipeline_digest = pipeline->digest();
  return made;
}

// Pushes a model artifact whose one layer is `tar`, and returns its digest.
inline Result<Digest> push_artifact(registry::Registry& registry, const std::string& repository,
                                    const std::string& tag, std::string_view tar) {
  oci::Manifest manifest;
  manifest.media_type = oci::kManifestType;
  manifest.artifact_type = oci::kModelArtifactType;
  manifest.config = TRY(write_blob(registry, repository, oci::kModelConfigType, "{}"));
  manifest.layers.push_back(TRY(write_blob(registry, repository, oci::kModelWeightTarType, tar)));
  return registry.put_manifest(repository, tag, oci::kManifestType, oci::format_manifest(manifest));
}

inline Result<Digest> push_bundle(registry::Registry& registry, const bundle::Bundle& bundle,
                                  const std::string& tag) {
  const std::string tar = TRY(bundle::pack(bundle));
  return push_artifact(registry, "models/" + bundle.manifest.name, tag, tar);
}

}  // namespace skerry::loop
