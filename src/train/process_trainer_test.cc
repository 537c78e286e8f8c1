// SPDX-License-Identifier: Apache-2.0
#include "train/process_trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sys/fake/process.h"
#include "train/sample_recipe_test.h"
#include "train/trainer.h"
#include "train/worker.h"

namespace skerry::train {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ProcessTrainerTest : public ::testing::Test {
 protected:
  ProcessTrainerTest() {
    sample::put(files_, "/runs/m-v1/dataset.bin", "bytes");
    job_.dataset_uri = "run:m-v1/dataset.bin";
    job_.dataset_digest = Digest::of("bytes");
    job_.parameters.rounds = 2;
  }

  // A worker that prints `lines`, leaves `booster` and ends with `exit`.
  void script(const std::vector<WorkerLine>& lines, const std::string& booster,
              sys::ExitStatus exit) {
    process_ = std::make_shared<sys::fake::FakeProcess>();
    for (const WorkerLine& line : lines) process_->lines.push_back(format_line(line));
    process_->ends_with = exit;
    booster_ = booster;
  }

  Result<TrainedBooster> run() {
    const JobId id = TRY(trainer_.submit(job_));
    while (true) {
      status_ = TRY(trainer_.poll(id));
      if (status_.state != JobStatus::State::kRunning) return trainer_.result(id);
    }
  }

  static WorkerLine round(int number) {
    WorkerLine line;
    line.round = RoundLoss{number, 1.0 / number, 2.0 / number};
    return line;
  }
  static WorkerLine done(const std::string& booster) {
    WorkerLine line;
    line.done = WorkerLine::Done{2, "xgboost 1.7.4", Digest::of(booster)};
    return line;
  }

  sys::fake::FakeFileSystem files_;
  std::shared_ptr<sys::fake::FakeProcess> process_;
  std::string booster_;
  sys::fake::FakeProcessLauncher launcher_{
      [this](const sys::ProcessSpec& spec) -> Result<std::shared_ptr<sys::fake::FakeProcess>> {
        const WorkerOrder order = TRY(worker_order_from_json(spec.input));
        TRY(sys::write_file_atomically(files_, order.booster_path, booster_));
        return process_;
      }};
  ProcessTrainer trainer_{launcher_, files_, {.program = "/opt/skerry", .runs_folder = "/runs"}};
  TrainJob job_;
  JobStatus status_;
};

TEST_F(ProcessTrainerTest, FollowsAWorkerToItsBooster) {
  script({round(1), round(2), done("{}")}, "{}", {});
  const auto trained = run();
  ASSERT_TRUE(trained.ok()) << trained.error().message();
  EXPECT_EQ(trained->booster_json, "{}");
  EXPECT_EQ(trained->rounds, 2);
  EXPECT_EQ(trained->library, "xgboost 1.7.4");
  ASSERT_EQ(trained->curve.size(), 2u);
  EXPECT_EQ(trained->curve[1].validation, 1.0);
  EXPECT_EQ(status_.rounds_done, 2);
  // Nothing but the dataset is left behind.
  EXPECT_THAT(*files_.list("/runs/m-v1"), ElementsAre("dataset.bin"));
}

TEST_F(ProcessTrainerTest, StartsItsOwnProgramWithALimitAndAnOrder) {
  script({done("{}")}, "{}", {});
  ASSERT_TRUE(run().ok());
  ASSERT_EQ(launcher_.launched().size(), 1u);
  const sys::ProcessSpec& spec = launcher_.launched()[0];
  EXPECT_EQ(spec.program, "/opt/skerry");
  EXPECT_THAT(spec.arguments, ElementsAre("worker", "train"));
  EXPECT_GT(spec.memory_bytes_max, 0u);
  EXPECT_TRUE(spec.capture_output);
  const auto order = worker_order_from_json(spec.input);
  ASSERT_TRUE(order.ok());
  EXPECT_EQ(order->dataset_path, "/runs/m-v1/dataset.bin");
  EXPECT_EQ(to_json(order->job), to_json(job_));
}

TEST_F(ProcessTrainerTest, CarriesTheWorkersFailureOver) {
  WorkerLine failure;
  failure.failure = invalid_argument("label 3 is infinite");
  script({round(1), failure}, "", {.code = 3});
  const auto trained = run();
  ASSERT_FALSE(trained.ok());
  EXPECT_EQ(trained.error().code(), Code::kInvalidArgument);
  EXPECT_EQ(trained.error().message(), "training worker: label 3 is infinite");
  EXPECT_EQ(status_.state, JobStatus::State::kFailed);
  EXPECT_EQ(status_.failure, "training worker: label 3 is infinite");
}

TEST_F(ProcessTrainerTest, AKilledWorkerIsAnErrorThatSaysSo) {
  script({round(1)}, "", {.code = -1, .signal = 9});
  sample::put(files_, "/runs/m-v1/job-1.log", "terminate called\nstd::bad_alloc\n");
  const auto trained = run();
  ASSERT_FALSE(trained.ok());
  EXPECT_EQ(trained.error().code(), Code::kInternal);
  EXPECT_THAT(trained.error().message(), HasSubstr("signal 9"));
  EXPECT_THAT(trained.error().message(), HasSubstr("std::bad_alloc"));
}

TEST_F(ProcessTrainerTest, AnEndWithoutAResultIsAnError) {
  script({round(1)}, "", {});
  EXPECT_THAT(run().error().message(), HasSubstr("without a result"));
}

TEST_F(ProcessTrainerTest, AnotherBoosterThanTheWorkersIsRefused) {
  script({done("{}")}, "{\"changed\":1}", {});
  EXPECT_EQ(run().error().code(), Code::kDataLoss);
}

TEST_F(ProcessTrainerTest, GarbageOnTheOutputFailsTheJob) {
  script({done("{}")}, "{}", {});
  process_->lines.push_front("hello");
  EXPECT_THAT(run().error().message(), HasSubstr("unreadable line"));
}

TEST_F(ProcessTrainerTest, RefusesDatasetsOutsideItsRuns) {
  for (const char* uri : {"file:/etc/passwd", "run:../x/dataset.bin", "run:m-v1/../../etc/passwd",
                          "run:m-v1", "run:/dataset.bin"}) {
    job_.dataset_uri = uri;
    EXPECT_EQ(trainer_.submit(job_).error().code(), Code::kInvalidArgument) << uri;
  }
  job_.dataset_uri = "run:m-v2/dataset.bin";
  EXPECT_EQ(trainer_.submit(job_).error().code(), Code::kNotFound);
}

TEST_F(ProcessTrainerTest, ResultsComeOnceAndOnlyWhenThereAreSome) {
  script({round(1), done("{}")}, "{}", {});
  const auto id = trainer_.submit(job_);
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(trainer_.result(*id).error().code(), Code::kFailedPrecondition);
  EXPECT_EQ(trainer_.poll("job-99").error().code(), Code::kNotFound);
  while (trainer_.poll(*id)->state == JobStatus::State::kRunning) {
  }
  EXPECT_TRUE(trainer_.result(*id).ok());
  EXPECT_EQ(trainer_.result(*id).error().code(), Code::kNotFound);
}

}  // namespace
}  // namespace skerry::train
