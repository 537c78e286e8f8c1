// SPDX-License-Identifier: Apache-2.0
//
// What a bundle carries beside the graph, fitted on the training rows: the detector reference, the
// table of prediction intervals, and check rows with known answers. Threads: functions may be
// called from any thread; the Predictor belongs to the caller's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "bundle/bundle.h"
#include "feature/pipeline.h"
#include "stats/conformal.h"
#include "stats/detector_reference.h"
#include "train/dataset.h"
#include "train/model_tools.h"
#include "train/recipe.h"

namespace skerry::loop {

// Bins of every numeric sensor over the training rows and of the predictions; the T2/Q monitor of a
// run_to_failure recipe with a cap, fitted on the raw sensors of rows whose target is at the cap.
// What the data do not allow is left out and said in `warnings`.
Result<stats::DetectorReference> fit_detector_reference(const train::Recipe& recipe,
                                                        const feature::Pipeline& pipeline,
                                                        const train::Dataset& dataset,
                                                        const std::vector<double>& predictions,
                                                        std::vector<std::string>& warnings);

// Of a regression with out-of-fold predictions; nullopt (with a warning) where there are too few
// rows.
std::optional<stats::ConformalTable> fit_intervals(const train::Recipe& recipe,
                                                   const train::Dataset& dataset,
                                                   const std::vector<double>& out_of_fold,
                                                   std::vector<std::string>& warnings);

struct CheckRowOptions {
  std::size_t rows = 32;
  std::size_t sequences = 3;
  std::size_t observations = 25;  // In each sequence, from the beginning of a life.
};

// Rows and sequences spread evenly over the test (the training rows where nothing was set aside),
// with the booster's answers. Assets in them are renamed "check-<n>": a bundle names no machine.
Result<bundle::CheckRows> choose_check_rows(const train::Dataset& dataset,
                                            const feature::Pipeline& pipeline,
                                            train::Predictor& booster,
                                            const CheckRowOptions& options = {});

// One FP32 input and the two outputs of train/model_tools.h.
bundle::Signature make_signature(const train::Recipe& recipe, std::size_t features);

}  // namespace skerry::loop
