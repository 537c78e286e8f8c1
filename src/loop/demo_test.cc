// SPDX-License-Identifier: Apache-2.0
//
// How the walk ends early; a whole one is in tests/loop.
#include "loop/demo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loop/sample_model.h"
#include "registry/store.h"
#include "sys/fake/clock.h"
#include "sys/fake/files.h"

namespace skerry::loop {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class NoTrainer final : public train::Trainer {
 public:
  Result<train::JobId> submit(const train::TrainJob&) override { return refused(); }
  Result<train::JobStatus> poll(const train::JobId&) override { return refused(); }
  Result<train::TrainedBooster> result(const train::JobId&) override { return refused(); }

 private:
  static Error refused() { return unavailable("no trainer here"); }
};

class Recorder final : public DemoObserver {
 public:
  explicit Recorder(bool go_on) : go_on_(go_on) {}
  void begin(int step, const std::string& name) override {
    calls.push_back("begin " + std::to_string(step) + " " + name);
  }
  bool progress(const std::string&, double fraction) override {
    EXPECT_GE(fraction, 0);
    EXPECT_LE(fraction, 1);
    return go_on_;
  }
  void end(const DemoStep& step) override {
    calls.push_back("end " + step.name + (step.ok ? " ok" : " failed"));
  }
  std::vector<std::string> calls;

 private:
  const bool go_on_;
};

class DemoTest : public testing::Test {
 protected:
  void SetUp() override {
    store_ = *registry::Store::open(disk_, clock_, random_, "/registry", {});
    client_ = *net::Client::create({});
    ASSERT_TRUE(sys::write_file_atomically(disk_, "/recipe.yaml", recipe_).ok());
  }

  std::vector<DemoStep> run(DemoObserver& observer, const std::string& recipe) {
    TrainTools train{disk_, clock_, trainer_, runtime_, {}, "test", 1};
    const DemoTools tools{disk_,
                          clock_,
                          train,
                          *store_,
                          *client_,
                          {},
                          [](const ModelRef&) -> Status { return ok_status(); },
                          []() -> Result<std::string> { return unavailable("no site"); },
                          [] {},
                          "token"};
    DemoOptions options;
    options.folder = "/demo";
    options.recipe_path = recipe;
    options.training_assets = 4;
    return run_demo(tools, options, observer);
  }

  sys::fake::FakeFileSystem disk_;
  sys::fake::FakeClock clock_;
  sys::SeededRandom random_{1};
  NoTrainer trainer_;
  SampleRuntime runtime_;
  std::unique_ptr<registry::Store> store_;
  std::unique_ptr<net::Client> client_;
  const std::string recipe_ =
      "name: plant-rul\nsource: {format: csv, file: plant.csv, columns: {asset: asset}}\n"
      "target: {column: remaining}\nfeatures: [{op: last, sensor: flow}]\n"
      "split: {by: entity, test: 0.25}\n"
      "learner: {objective: reg:squarederror, rounds: 2}\noutput: {name: rul}\n";
};

TEST_F(DemoTest, FirstStepThatFailsIsTheLast) {
  Recorder recorder(true);
  const std::vector<DemoStep> steps = run(recorder, "/absent.yaml");
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps[0].step, 1);
  EXPECT_EQ(steps[0].name, "train");
  EXPECT_FALSE(steps[0].ok);
  EXPECT_THAT(steps[0].detail, HasSubstr("absent.yaml"));
  EXPECT_THAT(recorder.calls, ElementsAre("begin 1 train", "end train failed"));
}

TEST_F(DemoTest, TrainerThatFailsIsTheReason) {
  Recorder recorder(true);
  const std::vector<DemoStep> steps = run(recorder, "/recipe.yaml");
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_THAT(steps[0].detail, HasSubstr("no trainer here"));
}

TEST_F(DemoTest, ObserverCancels) {
  Recorder recorder(false);
  const std::vector<DemoStep> steps = run(recorder, "/recipe.yaml");
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_FALSE(steps[0].ok);
  EXPECT_THAT(steps[0].detail, HasSubstr("cancel"));
}

}  // namespace
}  // namespace skerry::loop
