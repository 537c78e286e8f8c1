// SPDX-License-Identifier: Apache-2.0
#include "app/wiring.h"

#include "sys/files.h"
#include "sys/process.h"
#include "train/onnx/convert.h"
#include "train/process_trainer.h"
#include "train/xgboost/booster.h"

namespace skerry::app {
namespace {

class BoosterPredictor final : public train::Predictor {
 public:
  explicit BoosterPredictor(train::xgboost::Booster booster) : booster_(std::move(booster)) {}
  Result<std::vector<float>> predict(const train::Matrix& rows, bool margin) override {
    return booster_.predict(rows, margin);
  }

 private:
  train::xgboost::Booster booster_;
};

Result<std::unique_ptr<train::Predictor>> open_booster(std::string_view booster_json) {
  train::xgboost::Booster booster = TRY(train::xgboost::Booster::load(booster_json));
  return std::unique_ptr<train::Predictor>(std::make_unique<BoosterPredictor>(std::move(booster)));
}

Result<std::string> to_onnx(std::string_view booster_json, const std::string& graph_name,
                            std::size_t feature_count) {
  train::onnx::ConvertOptions options;
  options.graph_name = graph_name;
  options.input_name = train::kInputName;
  options.prediction_name = train::kPredictionName;
  options.margin_name = train::kMarginName;
  options.feature_count = feature_count;
  return TRY(train::onnx::convert(booster_json, options)).bytes;
}

}  // namespace

Result<std::unique_ptr<train::Trainer>> make_trainer(const Settings& settings,
                                                     const std::string& runs_folder) {
  train::ProcessTrainer::Options options;
  options.program = TRY(sys::executable_path());
  options.runs_folder = runs_folder;
  options.memory_bytes_max = static_cast<std::uint64_t>(settings.bytes("train.memory_bytes_max"));
  return std::unique_ptr<train::Trainer>(std::make_unique<train::ProcessTrainer>(
      sys::real_process_launcher(), sys::real_file_system(), std::move(options)));
}

train::ModelTools make_model_tools() { return {open_booster, to_onnx}; }

}  // namespace skerry::app
