// SPDX-License-Identifier: Apache-2.0
//
// XGBoost through the C API functions that 1.7.4 and 3.x share.
// Threads: a Booster belongs to one thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "train/trainer.h"

namespace skerry::train::xgboost {

// Called after each round; returning false cancels (kCancelled).
using Progress = std::function<bool(const RoundLoss&)>;

// Fits on `train`; with early stopping the loss on `validation` chooses the number of rounds and the
// booster is cut to it. Deterministic for given parameters, threads and library.
// Errors: kInvalidArgument (no rows, NaN or infinite label, parameters out of range), kInternal.
Result<TrainedBooster> fit(const LearnerParameters& parameters, const Matrix& train,
                           const Matrix* validation, const Progress& progress);

class Booster {
 public:
  // Checks every index of the document before the library sees it. Errors: kInvalidArgument.
  static Result<Booster> load(std::string_view json);
  Booster(Booster&&) noexcept;
  Booster& operator=(Booster&&) noexcept;
  ~Booster();

  // One prediction a row, in prediction space; `margin` gives the raw sum instead.
  Result<std::vector<float>> predict(const Matrix& rows, bool margin) const;

 private:
  struct Handle;
  explicit Booster(std::unique_ptr<Handle> handle);
  std::unique_ptr<Handle> handle_;
};

}  // namespace skerry::train::xgboost
