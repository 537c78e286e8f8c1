// SPDX-License-Identifier: Apache-2.0
#include "serve/check_rows.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

namespace skerry::serve {
namespace {

constexpr double kTolerance = 1e-5;  // Absolute and relative.

bool close_to(double got, double expected) {
  if (std::isnan(expected)) return std::isnan(got);
  return std::abs(got - expected) <= kTolerance + kTolerance * std::abs(expected);
}

bool same_bits(float got, float expected) {
  if (std::isnan(expected)) return std::isnan(got);  // null in the file: any NaN.
  return std::bit_cast<std::uint32_t>(got) == std::bit_cast<std::uint32_t>(expected);
}

Error differs(const std::string& what) {
  return failed_precondition(what + " gives another answer than the bundle says");
}

// Row `row` of a batch of answers against the expected outputs.
bool agrees(const std::vector<Tensor>& out, std::size_t row, const std::vector<double>& expected) {
  if (out.size() != expected.size()) return false;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (!close_to(value_at(out[i], row), expected[i])) return false;
  }
  return true;
}

Status check_all_rows(Model& model, const std::vector<bundle::CheckRows::Row>& rows) {
  std::vector<Tensor> out;
  std::vector<float> batch;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    TRY(infer_rows(model, rows[i].inputs, 1, out).with("check row " + std::to_string(i)));
    if (!agrees(out, 0, rows[i].outputs)) return differs("check row " + std::to_string(i));
    batch.insert(batch.end(), rows[i].inputs.begin(), rows[i].inputs.end());
  }
  if (rows.empty()) return ok_status();
  TRY(infer_rows(model, batch, rows.size(), out).with("check rows as a batch"));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!agrees(out, i, rows[i].outputs)) {
      return differs("check row " + std::to_string(i) + " in a batch");
    }
  }
  return ok_status();
}

Status check_sequence(Model& model, const feature::Pipeline& pipeline,
                      const bundle::CheckRows::Sequence& sequence, const std::string& what) {
  if (sequence.features.size() != sequence.observations.size() ||
      sequence.outputs.size() != sequence.observations.size()) {
    return invalid_argument(what + " does not have features and outputs for each observation");
  }
  feature::AssetState state = pipeline.start();
  std::vector<float> features(pipeline.names().size());
  std::vector<Tensor> out;
  for (std::size_t i = 0; i < sequence.observations.size(); ++i) {
    const std::string place = what + ", observation " + std::to_string(i);
    pipeline.advance(state, sequence.observations[i], features);
    const std::vector<float>& expected = sequence.features[i];
    if (expected.size() != features.size())
      return invalid_argument(place + " has a wrong number of features");
    for (std::size_t f = 0; f < features.size(); ++f) {
      if (!same_bits(features[f], expected[f])) {
        return differs(place + ", feature \"" + pipeline.names()[f] + "\"");
      }
    }
    TRY(infer_rows(model, features, 1, out).with(place));
    if (!close_to(value_at(out[0], 0), sequence.outputs[i])) return differs(place);
  }
  return ok_status();
}

}  // namespace

Status run_checks(Model& model, const feature::Pipeline& pipeline,
                  const bundle::CheckRows& checks) {
  TRY(check_all_rows(model, checks.rows));
  for (std::size_t i = 0; i < checks.sequences.size(); ++i) {
    TRY(check_sequence(model, pipeline, checks.sequences[i],
                       "check sequence " + std::to_string(i)));
  }
  return ok_status();
}

Status infer_rows(Model& model, std::span<const float> features, std::size_t rows,
                  std::vector<Tensor>& out) {
  if (rows == 0 || features.size() % rows != 0)
    return invalid_argument("features do not make whole rows");
  const std::array<std::int64_t, 2> shape{static_cast<std::int64_t>(rows),
                                          static_cast<std::int64_t>(features.size() / rows)};
  const TensorView view{
      DType::kFp32, shape, {reinterpret_cast<const char*>(features.data()), features.size_bytes()}};
  return model.infer({&view, 1}, out);
}

double value_at(const Tensor& tensor, std::size_t index) {
  if (tensor.type == DType::kFp32 && index < tensor.view<float>().size()) {
    return static_cast<double>(tensor.view<float>()[index]);
  }
  if (tensor.type == DType::kFp64 && index < tensor.view<double>().size()) {
    return tensor.view<double>()[index];
  }
  return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace skerry::serve
