// SPDX-License-Identifier: Apache-2.0
#include "tests/parity/oracle.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "train/onnx/convert.h"
#include "train/xgboost/library.h"

namespace skerry::parity {
namespace {

using train::xgboost::BoosterHandleOwner;
using train::xgboost::check;
using train::xgboost::DataMatrix;

std::vector<float> floats(const Tensor& tensor) {
  const auto view = tensor.view<float>();
  return {view.begin(), view.end()};
}

}  // namespace

double RowSource::uniform() { return static_cast<double>(random() >> 11) * 0x1p-53; }

double RowSource::normal() {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += uniform();
  return sum;
}

train::Matrix RowSource::take(std::size_t rows) {
  train::Matrix matrix;
  matrix.columns = columns;
  for (std::size_t row = 0; row < rows; ++row) {
    double signal = normal() / 2;
    for (std::size_t column = 0; column < columns; ++column) {
      double value = normal();
      if (column == category_column) value = std::floor(uniform() * categories);
      signal += column == category_column ? std::sin(value * value)
                                          : value / static_cast<double>(column + 1);
      const bool missing = uniform() < 0.1;
      matrix.values.push_back(missing ? std::numeric_limits<float>::quiet_NaN()
                                      : static_cast<float>(value));
    }
    matrix.labels.push_back(static_cast<float>(signal));
  }
  return matrix;
}

void fit_labels(train::Matrix& rows, const std::string& objective) {
  for (float& label : rows.labels) {
    if (objective.starts_with("binary:") || objective == "reg:logistic") {
      label = label > 0 ? 1.0F : 0.0F;
    } else if (objective.starts_with("multi:")) {
      label = std::clamp(std::floor(label + 2), 0.0F, 3.0F);
    } else if (objective == "count:poisson") {
      label = std::floor(std::exp(label / 2));
    } else if (objective == "reg:gamma" || objective == "reg:tweedie") {
      label = std::exp(label / 2);
    } else if (objective == "reg:squaredlogerror") {
      label = std::abs(label);
    }
  }
}

Result<std::string> train_booster(const train::Matrix& rows, const Parameters& parameters,
                                  int rounds, std::size_t category_column) {
  TRY(train::xgboost::capture_log());
  const DataMatrix data = TRY(DataMatrix::create(rows.values, rows.columns, rows.labels, 2));
  if (category_column < rows.columns) {
    std::vector<const char*> types(rows.columns, "q");
    types[category_column] = "c";
    TRY(check(XGDMatrixSetStrFeatureInfo(data.get(), "feature_type", types.data(), types.size()),
              "XGDMatrixSetStrFeatureInfo"));
  }
  const std::array<DMatrixHandle, 1> cache = {data.get()};
  BoosterHandle handle = nullptr;
  TRY(check(XGBoosterCreate(cache.data(), cache.size(), &handle), "XGBoosterCreate"));
  const BoosterHandleOwner booster(handle);
  for (const auto& [name, value] : parameters) {
    TRY(check(XGBoosterSetParam(handle, name.c_str(), value.c_str()), name.c_str()));
  }
  for (int round = 0; round < rounds; ++round) {
    TRY(check(XGBoosterUpdateOneIter(handle, round, data.get()), "XGBoosterUpdateOneIter"));
  }
  return train::xgboost::save_json(booster);
}

Result<Outputs> run_graph(serve::Runtime& runtime, const std::string& booster_json,
                          const train::Matrix& rows) {
  train::onnx::ConvertOptions options;
  options.graph_name = "parity";
  options.feature_count = rows.columns;
  const train::onnx::Graph graph = TRY(train::onnx::convert(booster_json, options));
  const std::unique_ptr<serve::Model> model = TRY(runtime.load(graph.bytes));
  const std::array<std::int64_t, 2> shape = {
      static_cast<std::int64_t>(rows.values.size() / rows.columns),
      static_cast<std::int64_t>(rows.columns)};
  const serve::TensorView input{
      DType::kFp32,
      shape,
      {reinterpret_cast<const char*>(rows.values.data()), rows.values.size() * sizeof(float)}};
  std::vector<Tensor> outputs;
  TRY(model->infer({&input, 1}, outputs));
  if (outputs.size() != 2) return internal_error("the graph has no two outputs");
  return Outputs{floats(outputs[0]), floats(outputs[1])};
}

}  // namespace skerry::parity
