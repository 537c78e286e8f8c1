// SPDX-License-Identifier: Apache-2.0
//
// Answers of a model for many rows, from the booster and from the ONNX graph that sites run, and
// whether the two agree. Tolerance: 1e-5 + 1e-5 |x|, the rounding of 32-bit sums in another order.
// Threads: single-thread.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "serve/runtime.h"
#include "train/model_tools.h"
#include "train/trainer.h"

namespace skerry::loop {

struct Answers {
  std::vector<float> prediction;
  std::vector<float> margin;
};

Result<Answers> ask_booster(train::Predictor& booster, const train::Matrix& rows);

// Errors: kInvalidArgument for a model of other inputs or outputs than train/model_tools.h names.
Result<Answers> ask_model(serve::Model& model, const train::Matrix& rows);

struct Parity {
  double max_abs = 0;
  std::size_t rows = 0;
};
// Errors: kFailedPrecondition naming the worst row when it is beyond the tolerance, kInternal when
// the answers have different lengths.
Result<Parity> compare(const Answers& expected, const Answers& actual);

}  // namespace skerry::loop
