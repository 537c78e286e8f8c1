// SPDX-License-Identifier: Apache-2.0
#include "serve/fake_runtime_test.h"

#include <cmath>
#include <utility>

#include "data/number.h"
#include "serve/tensor_check.h"

namespace skerry::serve {
namespace {

class SumModel final : public Model {
 public:
  explicit SumModel(float scale) : scale_(scale) {}
  const std::vector<TensorSpec>& inputs() const override { return inputs_; }
  const std::vector<TensorSpec>& outputs() const override { return outputs_; }

  Status infer(std::span<const TensorView> in, std::vector<Tensor>& out) override {
    TRY(check_tensor(inputs_[0], in[0]));
    const auto* values = reinterpret_cast<const float*>(in[0].bytes.data());
    const auto rows = static_cast<std::size_t>(in[0].shape[0]);
    out.resize(2);
    for (std::size_t i = 0; i < 2; ++i) {
      out[i] = {outputs_[i].name, DType::kFp32, {in[0].shape[0], 1}, std::vector<char>(rows * 4)};
      for (std::size_t row = 0; row < rows; ++row) {
        float sum = 0;
        for (std::size_t f = 0; f < 3; ++f)
          sum += std::isnan(values[row * 3 + f]) ? 0 : values[row * 3 + f];
        out[i].view<float>()[row] = scale_ * sum;
      }
    }
    return ok_status();
  }

 private:
  const float scale_;
  const std::vector<TensorSpec> inputs_{{"features", DType::kFp32, {-1, 3}}};
  const std::vector<TensorSpec> outputs_{{"prediction", DType::kFp32, {-1, 1}},
                                         {"margin", DType::kFp32, {-1, 1}}};
};

class EchoModel final : public Model {
 public:
  EchoModel(DType type, bool broken)
      : broken_(broken), inputs_{{"in", type, {-1}}}, outputs_{{"out", type, {-1}}} {}
  const std::vector<TensorSpec>& inputs() const override { return inputs_; }
  const std::vector<TensorSpec>& outputs() const override { return outputs_; }

  Status infer(std::span<const TensorView> in, std::vector<Tensor>& out) override {
    if (broken_) return internal_error("broken");
    out.resize(1);
    out[0] = {"out",
              inputs_[0].type,
              {in[0].shape.begin(), in[0].shape.end()},
              {in[0].bytes.begin(), in[0].bytes.end()}};
    return ok_status();
  }

 private:
  const bool broken_;
  const std::vector<TensorSpec> inputs_;
  const std::vector<TensorSpec> outputs_;
};

}  // namespace

Result<std::unique_ptr<Model>> FakeRuntime::load(std::string_view onnx) {
  if (onnx.starts_with("sum ")) {
    const double scale = TRY(parse_number(onnx.substr(4)));
    return std::unique_ptr<Model>(std::make_unique<SumModel>(static_cast<float>(scale)));
  }
  if (onnx == "break")
    return std::unique_ptr<Model>(std::make_unique<EchoModel>(DType::kFp32, true));
  if (onnx.starts_with("echo ")) {
    if (const auto type = dtype_from_name(onnx.substr(5))) {
      return std::unique_ptr<Model>(std::make_unique<EchoModel>(*type, false));
    }
  }
  return invalid_argument("not a fake model");
}

bundle::Manifest sum_manifest(const std::string& name, std::int64_t version, double scale) {
  const json::Value declaration = *json::parse(
      R"([{"op":"age","name":"age"},{"op":"last","sensor":"s1"},{"op":"mean","sensor":"s1","n":2}])");
  const feature::Pipeline pipeline = *feature::Pipeline::parse(declaration);
  const SumModel model(1);
  bundle::Manifest manifest{.name = name,
                            .version = version,
                            .signature = {model.inputs(), model.outputs(), "rul", "cycles"},
                            .pipeline = pipeline.to_json(),
                            .pipeline_digest = pipeline.digest(),
                            .detector = {},
                            .conformal = stats::ConformalTable{0.9, {10}, {-1, -2}, {1, 3}},
                            .checks = {}};
  manifest.checks.rows = {{{1, 2, 3}, {6 * scale, 6 * scale}},
                          {{1, std::nanf(""), 3}, {4 * scale, 4 * scale}}};
  bundle::CheckRows::Sequence sequence;
  feature::AssetState state = pipeline.start();
  for (int i = 0; i < 3; ++i) {
    Observation observation{.source = "check",
                            .asset = "a",
                            .life = 1,
                            .time = {},
                            .id = "",
                            .values = {},
                            .categories = {}};
    observation.values["s1"] = i;
    std::vector<float> features(3);
    pipeline.advance(state, observation, features);
    sequence.observations.push_back(std::move(observation));
    sequence.outputs.push_back(scale *
                               static_cast<double>(features[0] + features[1] + features[2]));
    sequence.features.push_back(std::move(features));
  }
  manifest.checks.sequences.push_back(std::move(sequence));
  return manifest;
}

Result<std::shared_ptr<const LoadedModel>> load_fake(const bundle::Manifest& manifest,
                                                     const std::string& graph,
                                                     const std::string& digest) {
  FakeRuntime runtime;
  const std::string document = json::dump(bundle::to_json(manifest));
  bundle::BundleView view;
  view.name = manifest.name;
  view.version = manifest.version;
  view.model_onnx = graph;
  view.manifest_json = document;
  return load_bundle(runtime, view, digest);
}

}  // namespace skerry::serve
