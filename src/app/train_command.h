// SPDX-License-Identifier: Apache-2.0
//
// What `train run`, `train list` and `train show` do, without their flags and tables: wires
// loop/train_run to XGBoost in a child process, the ONNX converter and ONNX Runtime.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "loop/run_record.h"
#include "loop/run_store.h"
#include "loop/train_progress.h"
#include "serve/runtime.h"
#include "train/model_tools.h"

namespace skerry::app {

struct TrainRequest {
  std::string recipe_path;
  std::string data_folder;
  std::string state_folder;  // Runs lie in <state>/runs.
  std::optional<std::int64_t> seed;
  std::string trigger = "manual";
  std::string code_version;  // "skerry 0.1.0", for the lineage.
};

// Errors: those of loop::train_run(). A record of state kGateFailed is no error here: the command
// prints it and ends with the exit code of kFailedPrecondition.
Result<loop::RunRecord> train_run(const TrainRequest& request, serve::Runtime& runtime,
                                  loop::TrainProgress& progress);

Result<loop::RunStore::Listing> list_runs(const std::string& state_folder);
Result<loop::RunRecord> show_run(const std::string& state_folder, const std::string& run);

// <state>/runs/<run>/bundle.tar, for `model build`. Errors: kNotFound; kFailedPrecondition for a
// run that did not complete.
Result<std::string> bundle_path(const std::string& state_folder, const std::string& run);

// XGBoost and the converter behind the interfaces of train/model_tools.h.
train::ModelTools model_tools();

}  // namespace skerry::app
