// SPDX-License-Identifier: Apache-2.0
#include "train/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "data/json.h"
#include "train/dataset_file.h"
#include "train/sample_recipe_test.h"
#include "train/trainer.h"

namespace skerry::train {
namespace {

using ::testing::HasSubstr;

TEST(TrainJob, ReadsBackFromJson) {
  TrainJob job;
  job.dataset_uri = "run:m-v1/dataset.bin";
  job.dataset_digest = Digest::of("data");
  job.holdout_fold = 3;
  job.parameters.eta = 0.05;
  job.parameters.seed = 7;
  const auto read = train_job_from_json(to_json(job));
  ASSERT_TRUE(read.ok()) << read.error().message();
  EXPECT_EQ(to_json(*read), to_json(job));
  EXPECT_EQ(read->holdout_fold, 3);
  json::Object extra = to_json(job);
  extra["path"] = "/etc";
  EXPECT_EQ(train_job_from_json(extra).error().code(), Code::kInvalidArgument);
}

TEST(WorkerLine, ReadsBackEachKind) {
  WorkerLine round;
  round.round = RoundLoss{3, 1.5, std::nan("")};
  const auto read = parse_line(format_line(round));
  ASSERT_TRUE(read.ok() && read->round);
  EXPECT_EQ(read->round->round, 3);
  EXPECT_EQ(read->round->train, 1.5);
  EXPECT_TRUE(std::isnan(read->round->validation));

  WorkerLine done;
  done.done = WorkerLine::Done{5, "xgboost 1.7.4", Digest::of("b")};
  EXPECT_EQ(parse_line(format_line(done))->done->booster_digest, Digest::of("b"));

  WorkerLine failure;
  failure.failure = data_loss("no \"good\"");
  const auto failed = parse_line(format_line(failure));
  ASSERT_TRUE(failed.ok() && failed->failure);
  EXPECT_EQ(failed->failure->code(), Code::kDataLoss);
  EXPECT_EQ(failed->failure->message(), "no \"good\"");

  for (const char* bad :
       {"", "[]", "{}", "{\"round\": 1}", "{\"error\": \"NOPE\", \"message\": \"\"}",
        "{\"rounds\": 1, \"library\": \"x\", \"booster\": \"sha256:1\"}"}) {
    EXPECT_FALSE(parse_line(bad).ok()) << bad;
  }
}

class WorkerTest : public ::testing::Test {
 protected:
  WorkerTest() {
    const DatasetFile dataset{.features = {"x"},
                              .rows = {.columns = 1, .values = {1, 2, 3}, .labels = {1, 2, 3}},
                              .fold = {0, 1, 1},
                              .folds = 2};
    const std::string bytes = encode_dataset(dataset);
    sample::put(files_, "/runs/m-v1/dataset.bin", bytes);
    order_.job.dataset_uri = "run:m-v1/dataset.bin";
    order_.job.dataset_digest = Digest::of(bytes);
    order_.dataset_path = "/runs/m-v1/dataset.bin";
    order_.booster_path = "/runs/m-v1/job.json";
  }

  Status run(const FitFunction& fit) {
    return run_worker(files_, json::dump(to_json(order_)), fit, [this](const std::string& line) {
      lines_.push_back(line);
      return true;
    });
  }

  // Reports two rounds and counts the rows on both sides.
  static Result<TrainedBooster> count_rows(const LearnerParameters&, const Matrix& train,
                                           const Matrix* validation,
                                           const std::function<bool(const RoundLoss&)>& progress) {
    progress({1, 2.0, 3.0});
    progress({2, 1.0, 2.5});
    const std::size_t held_out = validation == nullptr ? 0 : validation->rows();
    TrainedBooster trained;
    trained.booster_json = std::to_string(train.rows()) + "/" + std::to_string(held_out);
    trained.rounds = 2;
    trained.library = "test 1";
    return trained;
  }

  sys::fake::FakeFileSystem files_;
  WorkerOrder order_;
  std::vector<std::string> lines_;
};

TEST_F(WorkerTest, WritesTheBoosterAndSaysHowItWent) {
  ASSERT_TRUE(run(count_rows).ok());
  ASSERT_EQ(lines_.size(), 3u);
  EXPECT_EQ(parse_line(lines_[1])->round->train, 1.0);
  const auto done = parse_line(lines_[2])->done;
  ASSERT_TRUE(done);
  EXPECT_EQ(done->rounds, 2);
  EXPECT_EQ(*sys::read_file(files_, order_.booster_path, 1000), "3/0");
  EXPECT_EQ(done->booster_digest, Digest::of("3/0"));
}

TEST_F(WorkerTest, HoldsTheFoldOut) {
  order_.job.holdout_fold = 1;
  ASSERT_TRUE(run(count_rows).ok());
  EXPECT_EQ(*sys::read_file(files_, order_.booster_path, 1000), "1/2");
}

TEST_F(WorkerTest, FailuresAreLinesAndCodes) {
  order_.job.dataset_digest = Digest::of("other bytes");
  const Status other = run(count_rows);
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().code(), Code::kDataLoss);
  EXPECT_THAT(parse_line(lines_.back())->failure->message(), HasSubstr("digest"));

  const Status no_order = run_worker(files_, "{", count_rows, [this](const std::string& line) {
    lines_.push_back(line);
    return true;
  });
  EXPECT_EQ(no_order.error().code(), Code::kInvalidArgument);
  EXPECT_EQ(parse_line(lines_.back())->failure->code(), Code::kInvalidArgument);
}

TEST_F(WorkerTest, StopsWhenNobodyListens) {
  bool stopped = false;
  const auto fit =
      [&](const LearnerParameters&, const Matrix&, const Matrix*,
          const std::function<bool(const RoundLoss&)>& progress) -> Result<TrainedBooster> {
    stopped = !progress({1, 1, 1});
    return Error(Code::kCancelled, "told to stop");
  };
  const Status status = run_worker(files_, json::dump(to_json(order_)), fit,
                                   [](const std::string&) { return false; });
  EXPECT_TRUE(stopped);
  EXPECT_EQ(status.error().code(), Code::kCancelled);
}

}  // namespace
}  // namespace skerry::train
