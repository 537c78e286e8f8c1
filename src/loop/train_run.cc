// SPDX-License-Identifier: Apache-2.0
#include "loop/train_run.h"

#include <chrono>
#include <set>

#include "base/limits.h"
#include "bundle/bundle.h"
#include "data/json.h"
#include "feature/pipeline.h"
#include "loop/run_lineage.h"
#include "loop/run_record.h"
#include "loop/run_report.h"
#include "loop/run_store.h"
#include "loop/train_fit.h"
#include "loop/train_parity.h"
#include "loop/train_progress.h"
#include "loop/train_reference.h"
#include "loop/train_scores.h"
#include "stats/conformal.h"
#include "train/dataset.h"
#include "train/dataset_file.h"
#include "train/recipe.h"

namespace skerry::loop {
namespace {

// Shares of the whole run, for the progress bar: fits take nearly all of it.
constexpr double kDataDone = 0.04;
constexpr double kFitsDone = 0.93;
constexpr double kParityDone = 0.95;
constexpr double kReferenceDone = 0.98;

std::vector<double> to_doubles(const std::vector<float>& values) {
  return {values.begin(), values.end()};
}

class TrainRun {
 public:
  TrainRun(const TrainRunOptions& options, const TrainTools& tools, TrainProgress& progress,
           train::Recipe recipe, feature::Pipeline pipeline, train::Dataset dataset)
      : options_(options),
        tools_(tools),
        progress_(progress),
        store_(tools.files, options.runs_folder),
        recipe_(std::move(recipe)),
        pipeline_(std::move(pipeline)),
        dataset_(std::move(dataset)),
        started_(tools.clock.steady_now()) {}

  // Takes a version and a folder.
  Status begin() {
    const RunStore::Claim claim = TRY(store_.claim(recipe_.name));
    record_.id = claim.id;
    record_.model = recipe_.name;
    record_.version = claim.version;
    record_.started = std::chrono::floor<std::chrono::seconds>(tools_.clock.now());
    record_.trigger = options_.trigger;
    record_.seed = options_.seed.value_or(recipe_.learner.seed);
    record_.threads = recipe_.learner.threads > 0 ? recipe_.learner.threads : tools_.cores;
    record_.recipe_digest = recipe_.digest;
    record_.training_rows = dataset_.train.rows();
    std::set<std::string> assets;
    for (const auto series : dataset_.train.series)
      assets.insert(dataset_.raw.series[series].asset);
    record_.training_assets = assets.size();
    record_.warnings = dataset_.warnings;
    TRY(store_.save(record_));
    return store_.write(record_.id, kRecipeFile, recipe_.text);
  }

  Status carry_out() {
    TRY(write_dataset());
    TRY(fit());
    TRY(score_once());
    TRY(check_parity());
    TRY(package());
    return report();
  }

  // Writes the end into run.json.
  Result<RunRecord> finish(const Status& outcome) {
    const auto spent = tools_.clock.steady_now() - started_;
    record_.seconds = std::chrono::duration<double>(spent).count();
    if (!outcome) {
      record_.state = RunState::kFailed;
      record_.failure = outcome.error().message();
      // The first error is the one to tell, also when the disk that caused it refuses this record.
      if (const Status saved = store_.save(record_); !saved) {
        return outcome.error().with("run " + record_.id +
                                    " (not recorded: " + saved.error().message() + ")");
      }
      return outcome.error().with("run " + record_.id);
    }
    record_.state = record_.gates_failed.empty() ? RunState::kSucceeded : RunState::kGateFailed;
    TRY(store_.save(record_).with("run " + record_.id));
    (void)progress_.update("done", 1);
    return record_;
  }

 private:
  Status advance(std::string_view phase, double fraction) {
    if (progress_.update(phase, fraction)) return {};
    return Error(Code::kCancelled, "training cancelled");
  }

  Status write_dataset() {
    TRY(advance("write dataset", kDataDone));
    const std::string bytes = train::encode_dataset({.features = dataset_.features,
                                                     .rows = dataset_.train.matrix,
                                                     .fold = dataset_.fold,
                                                     .folds = dataset_.folds});
    record_.dataset_uri = "run:" + record_.id + "/" + std::string(kDatasetFile);
    record_.dataset_digest = Digest::of(bytes);
    return store_.write(record_.id, kDatasetFile, bytes);
  }

  Status fit() {
    FitRequest request{.recipe = &recipe_,
                       .dataset = &dataset_,
                       .dataset_uri = record_.dataset_uri,
                       .dataset_digest = record_.dataset_digest,
                       .parameters = recipe_.learner};
    request.parameters.seed = record_.seed;
    request.parameters.threads = record_.threads;
    fits_ =
        TRY(run_fits(tools_.trainer, tools_.model_tools, request, progress_, kDataDone, kFitsDone));
    record_.rounds = fits_.model.rounds;
    parameters_ = request.parameters;
    parameters_.rounds = fits_.model.rounds;
    parameters_.early_stopping_rounds = 0;
    booster_ = TRY(tools_.model_tools.open_booster(fits_.model.booster_json));
    return store_.write(record_.id, kBoosterFile, fits_.model.booster_json);
  }

  const train::RowSet& parity_rows() const {
    return dataset_.test.rows() > 0 ? dataset_.test : dataset_.train;
  }

  // The only place that looks at the test set.
  Status score_once() {
    TRY(advance("score the test", kFitsDone));
    expected_ = TRY(ask_booster(*booster_, parity_rows().matrix));
    const bool out_of_fold = recipe_.split.folds > 0;
    scored_ = out_of_fold ? select_scored(recipe_, dataset_.train, dataset_.raw, fits_.out_of_fold)
                          : select_scored(recipe_, dataset_.test, dataset_.raw_of_test(),
                                          to_doubles(expected_.prediction));
    record_.scored_rows = scored_.rows.size();
    record_.metrics = TRY(score(recipe_, scored_).with("metrics"));
    record_.segments = TRY(score_segments(recipe_, scored_));
    record_.gates_failed = failed_gates(recipe_, record_.metrics);
    return store_.write(record_.id, kPredictionsFile, predictions_csv(scored_));
  }

  Status check_parity() {
    TRY(advance("convert to ONNX", kFitsDone));
    onnx_ = TRY(tools_.model_tools.to_onnx(fits_.model.booster_json, recipe_.name,
                                           dataset_.features.size()));
    const auto model = TRY(tools_.runtime.load(onnx_).with("converted model"));
    TRY(advance("parity", kParityDone));
    const Answers actual = TRY(ask_model(*model, parity_rows().matrix));
    const Parity parity = TRY(compare(expected_, actual));
    record_.parity_max_abs = parity.max_abs;
    record_.parity_rows = parity.rows;
    return {};
  }

  // Predictions for all training rows: honest ones where there are any.
  Result<std::vector<double>> training_predictions() {
    if (!fits_.out_of_fold.empty()) return fits_.out_of_fold;
    return to_doubles(TRY(booster_->predict(dataset_.train.matrix, false)));
  }

  Status package() {
    TRY(advance("detector reference", kReferenceDone));
    const auto predictions = TRY(training_predictions());
    auto detector =
        TRY(fit_detector_reference(recipe_, pipeline_, dataset_, predictions, record_.warnings));
    intervals_ = fit_intervals(recipe_, dataset_, fits_.out_of_fold, record_.warnings);
    auto checks = TRY(choose_check_rows(dataset_, pipeline_, *booster_).with("check rows"));
    TRY(write_lineage());
    const bundle::Bundle bundle{
        .manifest = {.name = record_.model,
                     .version = record_.version,
                     .signature = make_signature(recipe_, dataset_.features.size()),
                     .pipeline = pipeline_.to_json(),
                     .pipeline_digest = pipeline_.digest(),
                     .detector = std::move(detector),
                     .conformal = intervals_,
                     .checks = std::move(checks)},
        .model_onnx = std::move(onnx_),
        .lineage = lineage_,
        .card_markdown = card_};
    const std::string tar = TRY(bundle::pack(bundle).with("bundle"));
    record_.bundle_digest = Digest::of(tar);
    return store_.write(record_.id, kBundleFile, tar);
  }

  Status write_lineage() {
    const RunSurroundings surroundings{.code_version = tools_.code_version,
                                       .libraries = {fits_.model.library, tools_.runtime.version()},
                                       .cpu = cpu_name(tools_.files),
                                       .cores = tools_.cores,
                                       .parent = options_.parent};
    lineage_ =
        make_lineage(record_, recipe_, dataset_, parameters_, pipeline_.digest(), surroundings);
    card_ = TRY(make_card(lineage_).with("model card"));
    TRY(store_.write(record_.id, kLineageFile, json::dump_pretty(lineage_)));
    return store_.write(record_.id, kCardFile, card_);
  }

  Status report() {
    TRY(advance("report", kReferenceDone));
    const ReportContent content{.record = record_,
                                .recipe = recipe_,
                                .lineage = lineage_,
                                .curve = fits_.model.curve,
                                .held_out_curve = fits_.held_out_curve,
                                .scored = scored_,
                                .intervals = intervals_};
    return store_.write(record_.id, kReportFile, render_report(content));
  }

  const TrainRunOptions& options_;
  const TrainTools& tools_;
  TrainProgress& progress_;
  RunStore store_;
  const train::Recipe recipe_;
  const feature::Pipeline pipeline_;
  const train::Dataset dataset_;
  const sys::SteadyTime started_;

  // Filled step by step.
  RunRecord record_;
  Fits fits_;
  train::LearnerParameters parameters_;  // As the final fit used them.
  std::unique_ptr<train::Predictor> booster_;
  Answers expected_;
  ScoredRows scored_;
  std::string onnx_;
  std::optional<stats::ConformalTable> intervals_;
  json::Object lineage_;
  std::string card_;
};

}  // namespace

Result<RunRecord> train_run(const TrainRunOptions& options, const TrainTools& tools,
                            TrainProgress& progress) {
  if (!progress.update("read the data", 0)) return Error(Code::kCancelled, "training cancelled");
  const std::string text =
      TRY(sys::read_file(tools.files, options.recipe_path, limits::kYamlBytesMax).with("recipe"));
  auto recipe = TRY(train::parse_recipe(text).with(options.recipe_path));
  auto pipeline = TRY(feature::Pipeline::parse(recipe.features).with("features"));
  auto dataset = TRY(train::build_dataset(tools.files, recipe, pipeline, options.data_folder,
                                          {.file_bytes_max = options.file_bytes_max}));
  TrainRun run(options, tools, progress, std::move(recipe), std::move(pipeline),
               std::move(dataset));
  TRY(run.begin());
  return run.finish(run.carry_out());
}

}  // namespace skerry::loop
