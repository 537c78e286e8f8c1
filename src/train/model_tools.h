// SPDX-License-Identifier: Apache-2.0
//
// What a training run needs of the folders that wrap libraries, as small interfaces, so that the
// run itself names no library. Wired in app/ to train/xgboost and train/onnx. Threads: a Predictor
// belongs to one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "train/trainer.h"

namespace skerry::train {

// Something that answers rows with numbers: the booster in the library that trained it.
class Predictor {
 public:
  virtual ~Predictor() = default;
  // One number a row, in prediction space (a probability for binary:logistic) or as raw margin.
  virtual Result<std::vector<float>> predict(const Matrix& rows, bool margin) = 0;
};

// Names inside the ONNX graph, as train/onnx's converter has them.
inline constexpr std::string_view kInputName = "features";
inline constexpr std::string_view kPredictionName = "prediction";
inline constexpr std::string_view kMarginName = "margin";

struct ModelTools {
  // Errors: kInvalidArgument for a document that is no booster.
  std::function<Result<std::unique_ptr<Predictor>>(std::string_view booster_json)> open_booster;
  // The ONNX file with the input kInputName [-1, feature_count] and the outputs kPredictionName and
  // kMarginName, both [-1, 1].
  std::function<Result<std::string>(std::string_view booster_json, const std::string& graph_name,
                                    std::size_t feature_count)>
      to_onnx;
};

}  // namespace skerry::train
