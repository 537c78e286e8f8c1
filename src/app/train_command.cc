// SPDX-License-Identifier: Apache-2.0
#include "app/train_command.h"

#include <algorithm>
#include <thread>

#include "loop/train_run.h"
#include "sys/process.h"
#include "train/onnx/convert.h"
#include "train/process_trainer.h"
#include "train/xgboost/booster.h"

namespace skerry::app {
namespace {

class XgboostPredictor final : public train::Predictor {
 public:
  explicit XgboostPredictor(train::xgboost::Booster booster) : booster_(std::move(booster)) {}
  Result<std::vector<float>> predict(const train::Matrix& rows, bool margin) override {
    return booster_.predict(rows, margin);
  }

 private:
  train::xgboost::Booster booster_;
};

std::string runs_folder(const std::string& state_folder) {
  return sys::join_path(state_folder, "runs");
}

}  // namespace

train::ModelTools model_tools() {
  train::ModelTools tools;
  tools.open_booster =
      [](std::string_view booster_json) -> Result<std::unique_ptr<train::Predictor>> {
    return std::unique_ptr<train::Predictor>(
        std::make_unique<XgboostPredictor>(TRY(train::xgboost::Booster::load(booster_json))));
  };
  tools.to_onnx = [](std::string_view booster_json, const std::string& graph_name,
                     std::size_t feature_count) -> Result<std::string> {
    return TRY(train::onnx::convert(booster_json,
                                    {.graph_name = graph_name,
                                     .input_name = std::string(train::kInputName),
                                     .prediction_name = std::string(train::kPredictionName),
                                     .margin_name = std::string(train::kMarginName),
                                     .feature_count = feature_count}))
        .bytes;
  };
  return tools;
}

Result<loop::RunRecord> train_run(const TrainRequest& request, serve::Runtime& runtime,
                                  loop::TrainProgress& progress) {
  const std::string runs = runs_folder(request.state_folder);
  train::ProcessTrainer trainer(sys::real_process_launcher(), sys::real_file_system(),
                                {.program = TRY(sys::executable_path()), .runs_folder = runs});
  const loop::TrainTools tools{
      .files = sys::real_file_system(),
      .clock = sys::real_clock(),
      .trainer = trainer,
      .runtime = runtime,
      .model_tools = model_tools(),
      .code_version = request.code_version,
      .cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()))};
  return loop::train_run({.recipe_path = request.recipe_path,
                          .data_folder = request.data_folder,
                          .runs_folder = runs,
                          .seed = request.seed,
                          .trigger = request.trigger,
                          .parent = {}},
                         tools, progress);
}

Result<loop::RunStore::Listing> list_runs(const std::string& state_folder) {
  return loop::RunStore(sys::real_file_system(), runs_folder(state_folder)).list();
}

Result<loop::RunRecord> show_run(const std::string& state_folder, const std::string& run) {
  return loop::RunStore(sys::real_file_system(), runs_folder(state_folder)).load(run);
}

Result<std::string> bundle_path(const std::string& state_folder, const std::string& run) {
  loop::RunStore store(sys::real_file_system(), runs_folder(state_folder));
  const loop::RunRecord record = TRY(store.load(run));
  const bool complete =
      record.state == loop::RunState::kSucceeded || record.state == loop::RunState::kGateFailed;
  if (!complete) {
    return failed_precondition("run \"" + run + "\" is " +
                               std::string(run_state_name(record.state)) + ": it has no model");
  }
  return store.path_of(run, loop::kBundleFile);
}

}  // namespace skerry::app
