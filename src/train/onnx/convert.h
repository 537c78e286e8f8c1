// SPDX-License-Identifier: Apache-2.0
//
// The one converter from an XGBoost JSON model to ONNX: TreeEnsembleRegressor for the raw margin and
// ordinary operators after it, never TreeEnsembleClassifier (ONNX Runtime returns wrong labels for it).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace skerry::train::onnx {

struct Graph {
  std::string bytes;  // ONNX protobuf: IR 8, default domain opset 13, ai.onnx.ml opset 1.
  std::size_t trees = 0;
  std::size_t nodes = 0;
};

struct ConvertOptions {
  std::string graph_name;
  std::string input_name = "features";  // FP32 [-1, feature_count]
  // FP32 [-1, 1] (multi:softprob: [-1, classes]): the prediction, then the margin.
  std::string prediction_name = "prediction";
  std::string margin_name = "margin";
  std::size_t feature_count = 0;
};

// Errors: kInvalidArgument for a document that is not an XGBoost 1.7 to 3.x JSON model, an index out of
// range, a cycle, vector leaves, or an objective without a mapping (named).
Result<Graph> convert(std::string_view booster_json, const ConvertOptions& options);

}  // namespace skerry::train::onnx
