// SPDX-License-Identifier: Apache-2.0
//
// The one converter from an XGBoost JSON model to ONNX (step 1): TreeEnsembleRegressor for the raw
// margin and ordinary operators after it, never TreeEnsembleClassifier (ONNX Runtime returns wrong
// labels for it). Threads: pure functions. Source: ONNX operator pages TreeEnsembleRegressor-1
// (ai.onnx.ml) and opset 13.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace skerry::train::onnx {

struct Graph {
  std::string bytes;  // ONNX protobuf: IR 8, default domain opset 13, ai.onnx.ml opset 1.
  std::size_t trees = 0;
  std::size_t nodes = 0;  // Of the ensemble: a set of k categories takes k nodes.
};

struct ConvertOptions {
  std::string graph_name;
  std::string input_name = "features";  // FP32 [-1, feature_count]; NaN = missing.
  // FP32 [-1, 1], one column for each class or target where there are more: the prediction, then
  // the margin. The prediction of multi:softmax is the class number, [-1, 1].
  std::string prediction_name = "prediction";
  std::string margin_name = "margin";
  std::size_t feature_count = 0;    // As the booster's, else an error.
  std::size_t categories_max = 64;  // In the set of one split: each code is a level of the tree.
  std::size_t ensemble_nodes_max = 8u << 20;
};

// The same booster and options give the same bytes.
// Errors: kInvalidArgument for a document that is not an XGBoost 1.7 to 3.x JSON model, an index
// out of range, a cycle, vector leaves, an objective without a mapping (named), a set of too many
// categories or another number of features; kResourceExhausted above a limit.
Result<Graph> convert(std::string_view booster_json, const ConvertOptions& options);

}  // namespace skerry::train::onnx
