// SPDX-License-Identifier: Apache-2.0
#include "loop/train_parity.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "data/tensor.h"
#include "serve/runtime.h"
#include "train/model_tools.h"
#include "train/trainer.h"

namespace skerry::loop {
namespace {

constexpr std::size_t kRowsAtOnce = 4096;
constexpr double kAbsolute = 1e-5;
constexpr double kRelative = 1e-5;

Result<std::size_t> output_index(const serve::Model& model, std::string_view name) {
  for (std::size_t i = 0; i < model.outputs().size(); ++i) {
    if (model.outputs()[i].name == name) return i;
  }
  return invalid_argument("the model has no output \"" + std::string(name) + "\"");
}

Status append(const Tensor& tensor, std::size_t rows, std::vector<float>& out) {
  const auto values = tensor.view<float>();
  if (tensor.type != DType::kFp32 || values.size() != rows) {
    return invalid_argument("output \"" + tensor.name + "\" is not one FP32 number a row");
  }
  out.insert(out.end(), values.begin(), values.end());
  return {};
}

Status compare_series(std::string_view name, const std::vector<float>& expected,
                      const std::vector<float>& actual, Parity& parity) {
  if (expected.size() != actual.size()) return internal_error("parity: different numbers of rows");
  for (std::size_t row = 0; row < expected.size(); ++row) {
    const double difference = std::abs(static_cast<double>(actual[row]) - expected[row]);
    const double allowed = kAbsolute + kRelative * std::abs(static_cast<double>(expected[row]));
    // Written so that a NaN on either side fails too.
    if (!(difference <= allowed)) {
      return failed_precondition("parity: " + std::string(name) + " of row " +
                                 std::to_string(row + 1) + " is " + std::to_string(actual[row]) +
                                 " in ONNX and " + std::to_string(expected[row]) +
                                 " in the booster");
    }
    parity.max_abs = std::max(parity.max_abs, difference);
  }
  return {};
}

}  // namespace

Result<Answers> ask_booster(train::Predictor& booster, const train::Matrix& rows) {
  auto predictions = TRY(booster.predict(rows, false));
  auto margins = TRY(booster.predict(rows, true));
  return Answers{std::move(predictions), std::move(margins)};
}

Result<Answers> ask_model(serve::Model& model, const train::Matrix& rows) {
  const std::size_t prediction = TRY(output_index(model, train::kPredictionName));
  const std::size_t margin = TRY(output_index(model, train::kMarginName));
  if (model.inputs().size() != 1) return invalid_argument("the model has not one input");
  Answers answers;
  std::vector<Tensor> out;
  for (std::size_t begin = 0; begin < rows.rows(); begin += kRowsAtOnce) {
    const std::size_t count = std::min(kRowsAtOnce, rows.rows() - begin);
    const std::array<std::int64_t, 2> shape = {static_cast<std::int64_t>(count),
                                               static_cast<std::int64_t>(rows.columns)};
    const std::span<const float> values(&rows.values[begin * rows.columns], count * rows.columns);
    const serve::TensorView in{
        .type = DType::kFp32,
        .shape = shape,
        .bytes = {reinterpret_cast<const char*>(values.data()), values.size_bytes()}};
    TRY(model.infer(std::span(&in, 1), out));
    if (out.size() != model.outputs().size()) return internal_error("the model left outputs out");
    TRY(append(out[prediction], count, answers.prediction));
    TRY(append(out[margin], count, answers.margin));
  }
  return answers;
}

Result<Parity> compare(const Answers& expected, const Answers& actual) {
  Parity parity{.max_abs = 0, .rows = expected.prediction.size()};
  TRY(compare_series("prediction", expected.prediction, actual.prediction, parity));
  TRY(compare_series("margin", expected.margin, actual.margin, parity));
  return parity;
}

}  // namespace skerry::loop
