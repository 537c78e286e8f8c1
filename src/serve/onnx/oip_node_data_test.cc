// SPDX-License-Identifier: Apache-2.0
//
// ONNX's own float operator tests served through Open Inference Protocol: what comes back as JSON
// is what comes back as binary tensors.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "data/json.h"
#include "serve/oip_inference.h"
#include "serve/onnx/node_cases_test.h"
#include "serve/onnx/test_runtime_test.h"
#include "serve/tensor_json.h"
#include "sys/clock.h"

namespace skerry::serve::onnx {
namespace {

bool all_fp32(const std::vector<TensorSpec>& specs) {
  return std::ranges::all_of(specs,
                             [](const TensorSpec& spec) { return spec.type == DType::kFp32; });
}

// The request for `inputs`, as JSON alone or with the tensors behind it.
struct Written {
  std::string body;
  std::size_t json_bytes = 0;
};

Written write_request(const std::vector<TensorSpec>& specs, const std::vector<Tensor>& inputs,
                      bool binary) {
  std::string json = "{\"inputs\":[";
  std::string tail;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    json += std::string(i > 0 ? "," : "") + "{\"name\":";
    append_json_string(json, specs[i].name);
    json += ",\"datatype\":\"FP32\",\"shape\":" + format_shape(inputs[i].shape);
    if (binary) {
      json +=
          ",\"parameters\":{\"binary_data_size\":" + std::to_string(inputs[i].bytes.size()) + "}}";
      tail.append(inputs[i].bytes.begin(), inputs[i].bytes.end());
    } else {
      json += ",\"data\":";
      EXPECT_TRUE(append_json_tensor(json, inputs[i]).ok());
      json += "}";
    }
  }
  json += binary ? "],\"parameters\":{\"binary_data_output\":true}}" : "]}";
  return {json + tail, json.size()};
}

// The numbers of a JSON answer as the bytes of one tensor after the other; null is a NaN.
std::string floats_of(const std::string& body) {
  std::string bytes;
  const json::Value answer = *json::parse(body);
  for (const json::Value& output : answer.at("outputs").as_array()) {
    for (const json::Value& number : output.at("data").as_array()) {
      const float value = number.is_null() ? NAN : static_cast<float>(number.to_number<double>());
      bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
  }
  return bytes;
}

float float_at(const std::string& bytes, std::size_t index) {
  float value = 0;
  std::copy_n(bytes.data() + index * sizeof value, sizeof value, reinterpret_cast<char*>(&value));
  return value;
}

// Some operators sum in another order when their input lies at another address, so the last bits
// may differ between two requests; a number that was cut on its way would differ by more.
void expect_equal(const std::string& got, const std::string& want, const std::string& name) {
  ASSERT_EQ(got.size(), want.size()) << name;
  for (std::size_t i = 0; i < want.size() / sizeof(float); ++i) {
    const float value = float_at(want, i);
    if (!std::isfinite(value)) {
      EXPECT_TRUE(std::isnan(float_at(got, i))) << name;
    } else {
      EXPECT_NEAR(float_at(got, i), value, 2e-7f + 1e-6f * std::abs(value)) << name;
    }
  }
}

// True when the case is one of float tensors and was compared.
bool serve_case(Runtime& runtime, const NodeCase& node) {
  const std::string file = read_test_file(node.folder + "/model.onnx");
  const auto inputs = read_tensors(node, "input_");
  const AspiredVersion line{"case", 1, node.name, true,
                            [&] { return load_graph(runtime, "case", 1, file); }};
  ModelRepository models;
  if (!inputs || !models.aspire({line}).empty()) return false;
  const auto model = *models.acquire("case");
  if (!all_fp32(model->model->inputs()) || !all_fp32(model->model->outputs()) || inputs->empty())
    return false;
  if (inputs->size() != model->model->inputs().size() || node.name.starts_with("test_bernoulli"))
    return false;
  const Written json = write_request(model->model->inputs(), *inputs, false);
  const Written binary = write_request(model->model->inputs(), *inputs, true);
  InferReply as_json;
  InferReply as_binary;
  const Status first =
      oip_infer(models, sys::real_clock(), "case", "", {binary.body, binary.json_bytes}, as_binary);
  EXPECT_TRUE(first.ok()) << node.name << " " << first.error().message();
  if (!first) return false;
  const Status second = oip_infer(models, sys::real_clock(), "case", "", {json.body, {}}, as_json);
  EXPECT_TRUE(second.ok()) << node.name << " " << second.error().message();
  if (!second) return false;
  const std::string raw = as_binary.body.substr(*as_binary.json_bytes);
  expect_equal(floats_of(as_json.body), raw, node.name);
  return true;
}

TEST(OipNodeData, GivesTheSameNumbersAsJsonAndAsBinary) {
  const std::vector<NodeCase> cases = node_cases();
  if (cases.empty()) GTEST_SKIP() << "libonnx-testdata is not installed";
  auto runtime = open_onnx_runtime(test_options());
  if (!runtime) GTEST_SKIP() << runtime.error().message();
  int served = 0;
  for (const NodeCase& node : cases) served += serve_case(**runtime, node) ? 1 : 0;
  EXPECT_GE(served, 300);
  RecordProperty("served", served);
}

}  // namespace
}  // namespace skerry::serve::onnx
