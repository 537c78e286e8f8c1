// SPDX-License-Identifier: Apache-2.0
//
// One training run from a recipe and data to a model bundle (step 1): read, fit, score the test set
// once, convert to ONNX, prove that it answers like the booster, and write down where it comes
// from. Threads: single-thread; several runs may go on in one runs folder, in this process or
// others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "loop/run_record.h"
#include "loop/train_progress.h"
#include "serve/runtime.h"
#include "sys/clock.h"
#include "sys/files.h"
#include "train/model_tools.h"
#include "train/trainer.h"

namespace skerry::loop {

// Everything that a run gets from outside; all of it outlives the run.
struct TrainTools {
  sys::FileSystem& files;
  sys::Clock& clock;
  train::Trainer& trainer;
  serve::Runtime& runtime;  // Of the sites: parity is measured with the scorer that serves.
  train::ModelTools model_tools;
  std::string code_version;  // "skerry 0.1.0"
  int cores = 1;             // Threads of a recipe that asks for all of them.
};

struct TrainRunOptions {
  std::string recipe_path;
  std::string data_folder;
  std::string runs_folder;
  std::optional<std::int64_t> seed;  // Instead of the recipe's.
  std::string trigger = "manual";
  std::string parent;  // Digest of the model to be replaced; may be empty.
  std::uint64_t file_bytes_max = 4ull << 30;
};

// The record of a complete run: state kSucceeded, or kGateFailed when a bound of the recipe is not
// met (the run is kept and can be looked at). Errors: those of the recipe and the data, before any
// run folder is made; after that the folder stays with a record of state kFailed, and the error
// names the run. kFailedPrecondition when ONNX and booster disagree; kCancelled when progress says
// stop.
Result<RunRecord> train_run(const TrainRunOptions& options, const TrainTools& tools,
                            TrainProgress& progress);

}  // namespace skerry::loop
