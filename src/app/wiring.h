// SPDX-License-Identifier: Apache-2.0
//
// The one place where a stage meets its backend: which implementation stands behind each interface.
#pragma once

#include <memory>
#include <string>

#include "app/settings.h"
#include "base/result.h"
#include "serve/runtime.h"
#include "train/model_tools.h"
#include "train/trainer.h"

namespace skerry::app {

// serve: ONNX Runtime from ort.library, else beside the program, else where ./dev setup lays it.
// Errors: kUnavailable naming the places.
Result<std::unique_ptr<serve::Runtime>> open_runtime(const Settings& settings);
// The file open_runtime() would open.
Result<std::string> runtime_library(const Settings& settings);

// train: XGBoost in a child process of this program.
Result<std::unique_ptr<train::Trainer>> make_trainer(const Settings& settings,
                                                     const std::string& runs_folder);
// train: the booster in the library that trained it, and its conversion to ONNX.
train::ModelTools make_model_tools();

}  // namespace skerry::app
