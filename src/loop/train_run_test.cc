// SPDX-License-Identifier: Apache-2.0
#include "loop/train_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/digest.h"
#include "bundle/bundle.h"
#include "data/json.h"
#include "feature/pipeline.h"
#include "loop/run_record.h"
#include "loop/run_store.h"
#include "loop/toy_learner_test.h"
#include "sys/random.h"
#include "train/dataset_file.h"

namespace skerry::loop {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const char* const kRecipe = R"(
name: pump-rul
description: Life of a pump <with a bracket>.
source:
  format: csv
  file: pumps.csv
  columns: {asset: pump}
target:
  run_to_failure: {clock: rows, cap: 20}
features:
  - {op: age}
  - {op: last, sensor: heat}
  - {op: sd, sensor: flow, n: 5}
split: {by: entity, test: 0.25}
learner: {objective: "reg:squarederror", rounds: 4, seed: 9}
segments: {by: target, edges: [10, 20]}
gates:
  rmse: {max: 15}
output: {name: rul, unit: hours}
)";

// Eight pumps of 60 hours that get hotter towards the end.
std::string pumps() {
  sys::SeededRandom random(1);
  std::string csv = "pump,heat,flow,kind\n";
  for (int pump = 1; pump <= 8; ++pump) {
    for (int hour = 0; hour < 60; ++hour) {
      csv += "pump-" + std::to_string(pump) + "," + std::to_string(20 + hour + random.normal()) +
             "," + std::to_string(5 + random.normal()) + "," + (pump % 2 == 0 ? "old" : "new") +
             "\n";
    }
  }
  return csv;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

class TrainRunTest : public ::testing::Test {
 protected:
  TrainRunTest() {
    put("/data/pumps.csv", pumps());
    put("/recipe.yaml", kRecipe);
  }

  void put(const std::string& path, const std::string& text) {
    ASSERT_TRUE(files_.make_directories(sys::parent_path(path)).ok());
    ASSERT_TRUE(sys::write_file_atomically(files_, path, text).ok());
  }
  std::string get(const std::string& path) {
    const auto text = sys::read_file(files_, path, 1u << 30);
    return text.ok() ? *text : "(" + text.error().message() + ")";
  }

  Result<RunRecord> run(std::optional<std::int64_t> seed = {}) {
    const TrainTools tools{.files = files_,
                           .clock = clock_,
                           .trainer = trainer_,
                           .runtime = runtime_,
                           .model_tools = toy::model_tools(),
                           .code_version = "skerry test",
                           .cores = 2};
    TrainRunOptions options;
    options.recipe_path = "/recipe.yaml";
    options.data_folder = "/data";
    options.runs_folder = "/runs";
    options.seed = seed;
    return train_run(options, tools, progress_);
  }

  sys::fake::FakeFileSystem files_;
  sys::fake::FakeClock clock_;
  toy::Trainer trainer_{files_};
  toy::Runtime runtime_;
  toy::Progress progress_;
};

TEST_F(TrainRunTest, LeavesACompleteRunFolder) {
  const auto record = run();
  ASSERT_TRUE(record.ok()) << record.error().message();
  EXPECT_EQ(record->id, "pump-rul-v1");
  EXPECT_EQ(record->state, RunState::kSucceeded);
  EXPECT_EQ(record->training_assets, 6u);
  EXPECT_EQ(record->training_rows, 360u);
  EXPECT_EQ(record->scored_rows, 120u);
  EXPECT_EQ(record->threads, 2);
  ASSERT_THAT(record->metrics, SizeIs(4));
  EXPECT_EQ(record->metrics[0].first, "rmse");
  EXPECT_THAT(record->segments, SizeIs(3));
  EXPECT_EQ(record->parity_rows, 120u);
  EXPECT_THAT(record->warnings, IsEmpty());
  EXPECT_THAT(*files_.list("/runs/pump-rul-v1"),
              ElementsAre("booster.json", "bundle.tar", "card.md", "dataset.bin", "lineage.json",
                          "predictions.csv", "recipe.yaml", "report.html", "run.json"));
  EXPECT_EQ(get("/runs/pump-rul-v1/recipe.yaml"), kRecipe);
  EXPECT_EQ(Digest::of(get("/runs/pump-rul-v1/dataset.bin")), record->dataset_digest);
  EXPECT_EQ(Digest::of(get("/runs/pump-rul-v1/bundle.tar")), record->bundle_digest);
  const auto loaded = RunStore(files_, "/runs").load("pump-rul-v1");
  ASSERT_TRUE(loaded.ok()) << loaded.error().message();
  EXPECT_EQ(to_json(*loaded), to_json(*record));
}

TEST_F(TrainRunTest, TheBundleCarriesWhatASiteNeeds) {
  ASSERT_TRUE(run().ok());
  const std::string tar = get("/runs/pump-rul-v1/bundle.tar");
  const auto view = bundle::open(tar);
  ASSERT_TRUE(view.ok()) << view.error().message();
  EXPECT_EQ(view->name, "pump-rul");
  EXPECT_EQ(view->version, 1);
  EXPECT_EQ(view->card_markdown, get("/runs/pump-rul-v1/card.md"));
  const auto manifest = bundle::read_manifest(*view);
  ASSERT_TRUE(manifest.ok()) << manifest.error().message();
  EXPECT_EQ(manifest->signature.output_unit, "hours");
  EXPECT_THAT(manifest->checks.rows, SizeIs(32));
  ASSERT_THAT(manifest->checks.sequences, SizeIs(3));
  EXPECT_THAT(manifest->checks.sequences[0].observations, SizeIs(25));
  // No machine of the training data is named.
  EXPECT_EQ(manifest->checks.sequences[2].observations[0].asset, "check-3");
  EXPECT_THAT(manifest->detector.inputs, SizeIs(2));
  EXPECT_TRUE(manifest->conformal.has_value());
}

TEST_F(TrainRunTest, CheckSequencesRepeatBitForBit) {
  ASSERT_TRUE(run().ok());
  const std::string tar = get("/runs/pump-rul-v1/bundle.tar");
  const auto manifest = bundle::read_manifest(*bundle::open(tar));
  ASSERT_TRUE(manifest.ok());
  const auto pipeline = feature::Pipeline::parse(manifest->pipeline);
  ASSERT_TRUE(pipeline.ok());
  const auto line = toy::Line::parse(bundle::open(tar)->model_onnx);
  for (const auto& sequence : manifest->checks.sequences) {
    feature::AssetState state = pipeline->start();
    std::vector<float> features(pipeline->names().size());
    for (std::size_t i = 0; i < sequence.observations.size(); ++i) {
      pipeline->advance(state, sequence.observations[i], features);
      EXPECT_EQ(features, sequence.features[i]);
      EXPECT_EQ(line->answer(features[0]), static_cast<float>(sequence.outputs[i]));
    }
  }
}

TEST_F(TrainRunTest, OnlyTrainingRowsReachTheTrainer) {
  ASSERT_TRUE(run().ok());
  const auto dataset = train::decode_dataset(get("/runs/pump-rul-v1/dataset.bin"));
  ASSERT_TRUE(dataset.ok());
  EXPECT_EQ(dataset->rows.rows(), 360u);
  EXPECT_EQ(*std::max_element(dataset->rows.labels.begin(), dataset->rows.labels.end()), 20);
  // The model on all rows, then five folds for the intervals.
  ASSERT_THAT(trainer_.jobs, SizeIs(6));
  EXPECT_FALSE(trainer_.jobs[0].holdout_fold.has_value());
  for (int fold = 0; fold < 5; ++fold) {
    EXPECT_EQ(trainer_.jobs[static_cast<std::size_t>(fold) + 1].holdout_fold, fold);
  }
  EXPECT_EQ(trainer_.jobs[0].dataset_uri, "run:pump-rul-v1/dataset.bin");
  EXPECT_EQ(trainer_.jobs[0].parameters.seed, 9);
}

TEST_F(TrainRunTest, EarlyStoppingChoosesRoundsAndTheModelIsRefittedOnAllRows) {
  put("/recipe.yaml", replaced(kRecipe, "rounds: 4", "rounds: 50, early_stopping_rounds: 5"));
  const auto record = run();
  ASSERT_TRUE(record.ok()) << record.error().message();
  EXPECT_EQ(trainer_.jobs[0].holdout_fold, 0);
  EXPECT_EQ(trainer_.jobs[0].parameters.early_stopping_rounds, 5);
  EXPECT_FALSE(trainer_.jobs[1].holdout_fold.has_value());
  EXPECT_EQ(trainer_.jobs[1].parameters.rounds, 3);
  EXPECT_EQ(trainer_.jobs[1].parameters.early_stopping_rounds, 0);
  EXPECT_EQ(record->rounds, 3);
}

TEST_F(TrainRunTest, VersionsCountUpAndTheSeedCanBeGiven) {
  ASSERT_TRUE(run().ok());
  const auto second = run(77);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->id, "pump-rul-v2");
  EXPECT_EQ(second->seed, 77);
  EXPECT_EQ(trainer_.jobs.back().parameters.seed, 77);
}

TEST_F(TrainRunTest, AGateThatIsNotMetKeepsTheRun) {
  put("/recipe.yaml", replaced(kRecipe, "rmse: {max: 15}", "rmse: {max: 0.001}"));
  const auto record = run();
  ASSERT_TRUE(record.ok()) << record.error().message();
  EXPECT_EQ(record->state, RunState::kGateFailed);
  EXPECT_THAT(record->gates_failed, ElementsAre(HasSubstr("is above 0.001")));
  EXPECT_THAT(get("/runs/pump-rul-v1/report.html"), HasSubstr("bound not met"));
}

TEST_F(TrainRunTest, AGraphThatAnswersOtherwiseFailsTheRun) {
  runtime_.error = 0.01f;
  const auto record = run();
  ASSERT_FALSE(record.ok());
  EXPECT_EQ(record.error().code(), Code::kFailedPrecondition);
  EXPECT_THAT(record.error().message(), HasSubstr("run pump-rul-v1: parity"));
  const auto kept = RunStore(files_, "/runs").load("pump-rul-v1");
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(kept->state, RunState::kFailed);
  EXPECT_THAT(kept->failure, HasSubstr("parity"));
  EXPECT_FALSE(sys::exists(files_, "/runs/pump-rul-v1/bundle.tar"));
}

TEST_F(TrainRunTest, BadDataMakesNoRunFolder) {
  put("/data/pumps.csv", "pump,heat\np,1,2\n");
  const auto record = run();
  ASSERT_FALSE(record.ok());
  EXPECT_THAT(record.error().message(), HasSubstr("line 2"));
  EXPECT_FALSE(sys::exists(files_, "/runs"));
}

TEST_F(TrainRunTest, StopsWhenProgressSaysSo) {
  progress_.stop_at = "cross-fit 2";
  EXPECT_EQ(run().error().code(), Code::kCancelled);
  EXPECT_EQ(RunStore(files_, "/runs").load("pump-rul-v1")->state, RunState::kFailed);
}

TEST_F(TrainRunTest, ProgressNeverFallsAndEndsAtOne) {
  ASSERT_TRUE(run().ok());
  EXPECT_TRUE(std::is_sorted(progress_.fractions.begin(), progress_.fractions.end()));
  EXPECT_EQ(progress_.fractions.back(), 1);
  EXPECT_THAT(progress_.phases, Contains("train 1/4"));
  EXPECT_THAT(progress_.phases, Contains("cross-fit 5 of 5 1/4"));
}

TEST_F(TrainRunTest, AFullDiskIsSaidAndNothingIsHalfWritten) {
  files_.set_capacity(35'000);
  const auto record = run();
  ASSERT_FALSE(record.ok());
  EXPECT_EQ(record.error().code(), Code::kResourceExhausted);
  EXPECT_FALSE(sys::exists(files_, "/runs/pump-rul-v1/bundle.tar"));
}

TEST_F(TrainRunTest, FoldsGiveOutOfFoldMetricsOfAClassification) {
  put("/recipe.yaml", R"(
name: pump-old
source: {format: csv, file: pumps.csv}
target: {column: kind, positive: old}
features:
  - {op: last, sensor: heat}
split: {by: row, folds: 3}
learner: {objective: "binary:logistic", rounds: 2}
segments: {by: kind}
output: {name: old}
)");
  const auto record = run();
  ASSERT_TRUE(record.ok()) << record.error().message();
  ASSERT_THAT(record->metrics, SizeIs(3));
  EXPECT_EQ(record->metrics[0].first, "auc");
  EXPECT_EQ(record->scored_rows, 480u);
  EXPECT_EQ(record->parity_rows, 480u);
  // One class only in each segment: AUC is not defined there and left out.
  ASSERT_THAT(record->segments, SizeIs(2));
  EXPECT_THAT(record->segments[0].metrics, IsEmpty());
  const std::string tar = get("/runs/pump-old-v1/bundle.tar");
  const auto manifest = bundle::read_manifest(*bundle::open(tar));
  ASSERT_TRUE(manifest.ok());
  EXPECT_FALSE(manifest->conformal.has_value());
  EXPECT_THAT(manifest->checks.sequences, IsEmpty());
}

TEST_F(TrainRunTest, TheReportIsOnePageWithoutScriptsOrRequests) {
  ASSERT_TRUE(run().ok());
  const std::string report = get("/runs/pump-rul-v1/report.html");
  for (const char* forbidden : {"<script", "http:", "https:", "src=", "@import", "url("}) {
    EXPECT_THAT(report, Not(HasSubstr(forbidden)));
  }
  for (const char* part : {"Learning curve", "Predicted against actual", "Error by segment",
                           "Lineage", "pump-rul v1", "&lt;with a bracket&gt;", "toy runtime 1.0"}) {
    EXPECT_THAT(report, HasSubstr(part));
  }
}

TEST_F(TrainRunTest, LineageAndCardSayWhereTheModelComesFrom) {
  const auto record = run();
  ASSERT_TRUE(record.ok());
  const auto lineage = json::parse(get("/runs/pump-rul-v1/lineage.json"));
  ASSERT_TRUE(lineage.ok());
  const json::Object& object = lineage->get_object();
  EXPECT_EQ(*json::get_string(object, "run"), "pump-rul-v1");
  EXPECT_EQ(*json::get_string(object, "code"), "skerry test");
  EXPECT_EQ(*json::get_strings(object, "libraries"),
            (std::vector<std::string>{"toy 1.0", "toy runtime 1.0"}));
  const json::Object& dataset = **json::get_object(object, "dataset");
  EXPECT_EQ(*json::get_string(dataset, "digest"), record->dataset_digest.to_string());
  const std::string card = get("/runs/pump-rul-v1/card.md");
  EXPECT_THAT(card, HasSubstr("# pump-rul v1"));
  EXPECT_THAT(card, HasSubstr("| file pumps.csv | " + Digest::of(pumps()).to_string() + " |"));
}

}  // namespace
}  // namespace skerry::loop
