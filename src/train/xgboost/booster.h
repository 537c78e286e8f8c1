// SPDX-License-Identifier: Apache-2.0
//
// XGBoost through the C API functions that 1.7.4 and 3.x share.
// Threads: a Booster belongs to one thread.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "train/trainer.h"

namespace skerry::train::xgboost {

// Called after each round; returning false cancels (kCancelled).
using Progress = std::function<bool(const RoundLoss&)>;

// Fits on `train`, with the histogram method. With `early_stopping_rounds` the loss on `validation`
// chooses the number of rounds (the first of the best) and the booster is cut to it. The same
// input, threads and library give the same bytes. `progress` may be empty; the loss is rmse or
// logloss. Errors: kInvalidArgument (no rows, rows of another width, an infinite value, a label
// that is not finite, a parameter out of range, one class only, a loss that diverges), kCancelled,
// kInternal.
Result<TrainedBooster> fit(const LearnerParameters& parameters, const Matrix& train,
                           const Matrix* validation, const Progress& progress);

class Booster {
 public:
  // Checks every index of the document before the library sees it. Errors: kInvalidArgument.
  static Result<Booster> load(std::string_view json);
  Booster(Booster&&) noexcept;
  Booster& operator=(Booster&&) noexcept;
  ~Booster();

  // Predictions in prediction space, or raw sums with `margin`; row-major, one number for each
  // output of the model. Labels of `rows` may be left out. Errors: kInvalidArgument for another
  // number of columns.
  Result<std::vector<float>> predict(const Matrix& rows, bool margin) const;

 private:
  struct Handle;
  explicit Booster(std::unique_ptr<Handle> handle);
  std::unique_ptr<Handle> handle_;
};

}  // namespace skerry::train::xgboost
