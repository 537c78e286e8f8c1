// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "data/number.h"
#include "train/booster_document.h"
#include "train/xgboost/booster.h"
#include "train/xgboost/library.h"
#include "train/xgboost/parameters.h"

namespace skerry::train::xgboost {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Finds "\t<series>-<metric>:<number>" in the library's line
// "[7]\ttrain-rmse:1.5\tvalidation-rmse:1.7".
Result<double> loss_of(std::string_view line, std::string_view series) {
  const std::size_t at = line.find("\t" + std::string(series) + "-");
  const std::size_t colon = at == std::string_view::npos ? at : line.find(':', at);
  if (colon == std::string_view::npos) {
    return internal_error("the library reports no loss of " + std::string(series));
  }
  const std::string_view number = line.substr(colon + 1);
  const double loss = TRY(parse_number(number.substr(0, number.find('\t'))));
  if (!std::isfinite(loss)) return invalid_argument("the loss diverges; lower eta or the labels");
  return loss;
}

// One fit: the library's handles and the early stopping that its C API leaves to the caller.
class Run {
 public:
  static Result<Run> start(const LearnerParameters& parameters, const Matrix& train,
                           const Matrix* validation) {
    DataMatrix rows =
        TRY(DataMatrix::create(train.values, train.columns, train.labels, parameters.threads));
    std::optional<DataMatrix> held;
    if (validation != nullptr) {
      held = TRY(DataMatrix::create(validation->values, validation->columns, validation->labels,
                                    parameters.threads));
    }
    const std::array<DMatrixHandle, 2> cache = {rows.get(), held ? held->get() : nullptr};
    BoosterHandle handle = nullptr;
    TRY(check(XGBoosterCreate(cache.data(), held ? 2 : 1, &handle), "XGBoosterCreate"));
    Run run(std::move(rows), std::move(held), BoosterHandleOwner(handle));
    for (const auto& [name, value] : library_parameters(parameters)) {
      TRY(check(XGBoosterSetParam(handle, name.c_str(), value.c_str()), "XGBoosterSetParam"));
    }
    return run;
  }

  Result<RoundLoss> advance(int round) {
    TRY(check(XGBoosterUpdateOneIter(booster_.get(), round, train_.get()),
              "XGBoosterUpdateOneIter"));
    std::array<DMatrixHandle, 2> matrices = {train_.get(),
                                             validation_ ? validation_->get() : nullptr};
    std::array<const char*, 2> names = {"train", "validation"};
    const char* line = nullptr;
    TRY(check(XGBoosterEvalOneIter(booster_.get(), round, matrices.data(), names.data(),
                                   validation_ ? 2 : 1, &line),
              "XGBoosterEvalOneIter"));
    RoundLoss loss{round, TRY(loss_of(line, "train")), kNaN};
    if (validation_) loss.validation = TRY(loss_of(line, "validation"));
    return loss;
  }

  // Keeps the first `rounds` rounds.
  Status cut(int rounds) {
    BoosterHandle sliced = nullptr;
    TRY(check(XGBoosterSlice(booster_.get(), 0, rounds, 1, &sliced), "XGBoosterSlice"));
    booster_ = BoosterHandleOwner(sliced);
    return ok_status();
  }

  Result<std::string> json() const { return save_json(booster_); }

 private:
  Run(DataMatrix train, std::optional<DataMatrix> validation, BoosterHandleOwner booster)
      : train_(std::move(train)),
        validation_(std::move(validation)),
        booster_(std::move(booster)) {}

  DataMatrix train_;
  std::optional<DataMatrix> validation_;
  BoosterHandleOwner booster_;  // Refers to both matrices, so it goes first.
};

Status check_input(const LearnerParameters& parameters, const Matrix& train,
                   const Matrix* validation) {
  TRY(check_parameters(parameters));
  TRY(check_rows(train, "train", parameters.objective));
  TRY(check_classes(train, parameters.objective));
  if (validation == nullptr) {
    if (parameters.early_stopping_rounds == 0) return ok_status();
    return invalid_argument("early stopping needs validation rows");
  }
  TRY(check_rows(*validation, "validation", parameters.objective));
  if (validation->columns == train.columns) return ok_status();
  return invalid_argument("validation has " + std::to_string(validation->columns) +
                          " columns, train " + std::to_string(train.columns));
}

}  // namespace

Result<TrainedBooster> fit(const LearnerParameters& parameters, const Matrix& train,
                           const Matrix* validation, const Progress& progress) {
  TRY(check_input(parameters, train, validation));
  TRY(capture_log());
  Run run = TRY(Run::start(parameters, train, validation));
  TrainedBooster result;
  result.library = library_version();
  const bool stops_early = parameters.early_stopping_rounds > 0;
  double best = std::numeric_limits<double>::infinity();
  int best_round = 0;
  for (int round = 0; round < parameters.rounds; ++round) {
    const RoundLoss loss = TRY(run.advance(round).with("round " + std::to_string(round)));
    result.curve.push_back(loss);
    if (progress && !progress(loss)) {
      return Error(Code::kCancelled, "cancelled in round " + std::to_string(round));
    }
    if (stops_early && loss.validation < best) {
      best = loss.validation;
      best_round = round;
    }
    if (stops_early && round - best_round >= parameters.early_stopping_rounds) break;
  }
  result.rounds = stops_early ? best_round + 1 : static_cast<int>(result.curve.size());
  if (result.rounds < static_cast<int>(result.curve.size())) TRY(run.cut(result.rounds));
  result.booster_json = TRY(run.json());
  // Nobody downstream accepts what this check refuses, so a fit that gives such a booster has
  // failed.
  (void)TRY(read_booster(result.booster_json).with("the trained model"));
  return result;
}

}  // namespace skerry::train::xgboost
