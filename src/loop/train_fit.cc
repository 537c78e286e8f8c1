// SPDX-License-Identifier: Apache-2.0
#include "loop/train_fit.h"

#include <span>
#include "loop/train_progress.h"
#include "train/dataset.h"
#include "train/model_tools.h"
#include "train/trainer.h"

namespace skerry::loop {
namespace {

class Fitter {
 public:
  Fitter(train::Trainer& trainer, const FitRequest& request, TrainProgress& progress, double from,
         double to, int fits)
      : trainer_(trainer),
        request_(request),
        progress_(progress),
        from_(from),
        step_((to - from) / fits) {}

  // Fits once and follows the job to its end.
  Result<train::TrainedBooster> fit(const std::string& phase, std::optional<int> holdout,
                                    const train::LearnerParameters& parameters) {
    const auto job = TRY(trainer_.submit({.dataset_uri = request_.dataset_uri,
                                          .dataset_digest = request_.dataset_digest,
                                          .holdout_fold = holdout,
                                          .parameters = parameters}));
    while (true) {
      const train::JobStatus status = TRY(trainer_.poll(job));
      if (status.state != train::JobStatus::State::kRunning) break;
      const double done = static_cast<double>(status.rounds_done) / parameters.rounds;
      const std::string counts =
          std::to_string(status.rounds_done) + "/" + std::to_string(parameters.rounds);
      if (!progress_.update(phase + " " + counts, from_ + step_ * (finished_ + done))) {
        return Error(Code::kCancelled, "training cancelled");
      }
    }
    finished_ += 1;
    return trainer_.result(job).with(phase);
  }

 private:
  train::Trainer& trainer_;
  const FitRequest& request_;
  TrainProgress& progress_;
  const double from_;
  const double step_;
  double finished_ = 0;
};

// Predicts the rows of `fold` with a model of the others.
Status predict_fold(const train::ModelTools& tools, const train::TrainedBooster& trained,
                    const train::Dataset& dataset, int fold, std::vector<double>& out) {
  const train::Matrix& matrix = dataset.train.matrix;
  train::Matrix rows{.columns = matrix.columns, .values = {}, .labels = {}};
  std::vector<std::size_t> places;
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    if (dataset.fold[row] != fold) continue;
    const std::span<const float> values(&matrix.values[row * matrix.columns], matrix.columns);
    rows.values.insert(rows.values.end(), values.begin(), values.end());
    rows.labels.push_back(matrix.labels[row]);
    places.push_back(row);
  }
  const auto booster = TRY(tools.open_booster(trained.booster_json));
  const std::vector<float> predictions = TRY(booster->predict(rows, false));
  if (predictions.size() != places.size()) {
    return internal_error("the booster answered " + std::to_string(predictions.size()) + " of " +
                          std::to_string(places.size()) + " rows");
  }
  for (std::size_t i = 0; i < places.size(); ++i) out[places[i]] = predictions[i];
  return {};
}

}  // namespace

Result<Fits> run_fits(train::Trainer& trainer, const train::ModelTools& tools,
                      const FitRequest& request, TrainProgress& progress, double from, double to) {
  const train::Dataset& dataset = *request.dataset;
  train::LearnerParameters parameters = request.parameters;
  const bool stopping = parameters.early_stopping_rounds > 0;
  const bool crossing =
      dataset.folds > 0 && (request.recipe->split.folds > 0 || !request.recipe->classification());
  const int fits = 1 + (stopping ? 1 : 0) + (crossing ? dataset.folds : 0);
  Fitter fitter(trainer, request, progress, from, to, fits);
  Fits out;
  if (stopping) {
    if (dataset.folds < 2) {
      return failed_precondition("early stopping needs at least two training entities");
    }
    auto chosen = TRY(fitter.fit("choose rounds", 0, parameters));
    out.held_out_curve = std::move(chosen.curve);
    parameters.rounds = chosen.rounds;
    parameters.early_stopping_rounds = 0;
  }
  out.model = TRY(fitter.fit("train", std::nullopt, parameters));
  if (!crossing) return out;
  out.out_of_fold.resize(dataset.train.rows());
  for (int fold = 0; fold < dataset.folds; ++fold) {
    const std::string phase =
        "cross-fit " + std::to_string(fold + 1) + " of " + std::to_string(dataset.folds);
    auto trained = TRY(fitter.fit(phase, fold, parameters));
    TRY(predict_fold(tools, trained, dataset, fold, out.out_of_fold));
    if (fold == 0 && !stopping) out.held_out_curve = std::move(trained.curve);
  }
  return out;
}

}  // namespace skerry::loop
