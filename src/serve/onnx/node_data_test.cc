// SPDX-License-Identifier: Apache-2.0
//
// ONNX's own operator tests (Debian's libonnx-testdata) through the runtime.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "serve/onnx/node_cases_test.h"
#include "serve/onnx/test_runtime_test.h"

namespace skerry::serve::onnx {
namespace {

template <typename T>
bool near(const Tensor& got, const Tensor& want) {
  for (std::size_t i = 0; i < want.view<T>().size(); ++i) {
    const double a = static_cast<double>(got.view<T>()[i]);
    const double b = static_cast<double>(want.view<T>()[i]);
    if (std::isnan(a) && std::isnan(b)) continue;
    // ONNX's own backend tests allow this much.
    if (a != b && !(std::abs(a - b) <= 1e-7 + 1e-3 * std::abs(b))) return false;
  }
  return true;
}

bool equal(const Tensor& got, const Tensor& want) {
  if (got.type != want.type || got.shape != want.shape || got.bytes.size() != want.bytes.size()) {
    return false;
  }
  if (got.type == DType::kFp32) return near<float>(got, want);
  if (got.type == DType::kFp64) return near<double>(got, want);
  return got.bytes == want.bytes;
}

enum class Outcome { kPassed, kNotTensors, kRefused, kDifferent };

Outcome run_case(Runtime& runtime, const NodeCase& node) {
  const auto model = runtime.load(read_test_file(node.folder + "/model.onnx"));
  if (!model) {
    EXPECT_EQ(model.error().code(), Code::kInvalidArgument)
        << node.folder << model.error().message();
    return Outcome::kRefused;
  }
  const auto inputs = read_tensors(node, "input_");
  const auto expected = read_tensors(node, "output_");
  if (!inputs || !expected) return Outcome::kNotTensors;
  if (inputs->size() != (*model)->inputs().size())
    return Outcome::kNotTensors;  // Optional inputs left out.
  std::vector<TensorView> views;
  for (const Tensor& tensor : *inputs) views.push_back({tensor.type, tensor.shape, tensor.bytes});
  std::vector<Tensor> outputs;
  const Status status = (*model)->infer(views, outputs);
  if (!status || outputs.size() != expected->size()) return Outcome::kDifferent;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (!equal(outputs[i], (*expected)[i])) return Outcome::kDifferent;
  }
  return Outcome::kPassed;
}

// Cases that no implementation has to meet: random numbers, training mode, the text form of a
// float, and expectations of ONNX 1.12 that later versions corrected (bfloat16 as int32, DFT,
// resize, unpool).
bool excused(const std::string& name) {
  for (const char* start :
       {"test_bernoulli", "test_training_dropout", "test_cast", "test_dft", "test_stft",
        "test_resize_downsample_scales_", "test_maxunpool_export_with_output_shape"}) {
    if (name.starts_with(start)) return true;
  }
  return false;
}

TEST(OnnxNodeData, RunsWhatTheLibrarySupports) {
  const std::vector<NodeCase> cases = node_cases();
  if (cases.empty()) GTEST_SKIP() << "libonnx-testdata is not installed";
  auto runtime = open_onnx_runtime(test_options());
  if (!runtime) GTEST_SKIP() << runtime.error().message();
  std::map<Outcome, int> counts;
  std::set<std::string> different;
  for (const NodeCase& node : cases) {
    const Outcome outcome = run_case(**runtime, node);
    ++counts[outcome];
    if (outcome == Outcome::kDifferent && !excused(node.name)) different.insert(node.name);
  }
  std::string names;
  for (const std::string& name : different) names += " " + name;
  RecordProperty("passed", counts[Outcome::kPassed]);
  EXPECT_GE(counts[Outcome::kPassed], 900);
  EXPECT_EQ(names, "");
}

}  // namespace
}  // namespace skerry::serve::onnx
