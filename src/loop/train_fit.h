// SPDX-License-Identifier: Apache-2.0
//
// The fits of one run: choose the number of rounds on a part of the training entities, refit on all
// of them, and predict each fold by a model of the other folds. Threads: single-thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "loop/train_progress.h"
#include "train/dataset.h"
#include "train/model_tools.h"
#include "train/recipe.h"
#include "train/trainer.h"

namespace skerry::loop {

struct Fits {
  train::TrainedBooster model;  // Fitted on all training rows.
  // Loss on a part that was held out, round by round: of the fit that chose the rounds, else of the
  // first fold; empty where nothing was held out.
  std::vector<train::RoundLoss> held_out_curve;
  // Prediction for each training row by a model that did not see its fold; empty where the recipe
  // needs none.
  std::vector<double> out_of_fold;
};

struct FitRequest {
  const train::Recipe* recipe = nullptr;
  const train::Dataset* dataset = nullptr;
  std::string dataset_uri;
  Digest dataset_digest = Digest::of("");
  train::LearnerParameters parameters;  // The recipe's, with seed and threads resolved.
};

// Progress fractions of the fits run from `from` to `to`.
// Errors: the trainer's; kCancelled when progress says stop; kFailedPrecondition for early stopping
// with fewer than two entities.
Result<Fits> run_fits(train::Trainer& trainer, const train::ModelTools& tools,
                      const FitRequest& request, TrainProgress& progress, double from, double to);

}  // namespace skerry::loop
