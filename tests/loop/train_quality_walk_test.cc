// SPDX-License-Identifier: Apache-2.0
//
// The shipped recipes on the data they are made for, and the training worker as a real process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "data/json.h"
#include "tests/loop/machine.h"

namespace skerry::walk {
namespace {

using testing::HasSubstr;

std::string data_folder(const std::string& name) {
  const char* chosen = std::getenv("SKERRY_DATA");
  return (chosen != nullptr ? std::string(chosen) : SKERRY_SOURCE_DIR "/../shared/data") + "/" +
         name;
}

std::string recipe_path(const std::string& name) {
  return SKERRY_SOURCE_DIR "/recipes/" + name + ".yaml";
}

double metric(const json::Value& run, const std::string& key) {
  return take(json::get_number(run.at("metrics").as_object(), key));
}

std::string edited(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

class TrainQualityWalk : public testing::Test {
 protected:
  void need(const std::string& data) {
    if (!sys::exists(sys::real_file_system(), data_folder(data))) {
      GTEST_SKIP() << "no data at " << data_folder(data);
    }
  }

  json::Value train(const std::string& recipe, const std::string& data, int seed) {
    return machine_.ask(
        {"train", "run", recipe, "--data", data_folder(data), "--seed", std::to_string(seed)});
  }

  std::string run_file(const json::Value& run, const std::string& name) {
    return machine_.read(machine_.state() + "/runs/" + std::string(run.at("run").as_string()) +
                         "/" + name);
  }

  Machine machine_;
};

// The mean, since one seed more or less moves the figure by 0.2 cycles.
TEST_F(TrainQualityWalk, TurbofanErrorIsAtMostElevenCycles) {
  need("cmapss");
  if (IsSkipped()) return;
  // The figure does not depend on the intervals; two folds for them spare the test half its time.
  const std::string recipe = machine_.write(
      "recipe.yaml", edited(machine_.read(recipe_path("turbofan")), "folds: 5", "folds: 2"));
  double sum = 0;
  for (int seed = 1; seed <= 5; ++seed) {
    const json::Value run = train(recipe, "cmapss", seed);
    sum += metric(run, "rmse");
    EXPECT_GT(metric(run, "rmse_uncapped"), metric(run, "rmse"));
    EXPECT_LE(take(json::get_number(run.as_object(), "parity_max_abs")), 1e-3);
  }
  EXPECT_LE(sum / 5, 11.0);
}

TEST_F(TrainQualityWalk, FewEnginesGiveAWorseModelThatMissesItsGate) {
  need("cmapss");
  if (IsSkipped()) return;
  const std::string recipe =
      machine_.write("few.yaml", edited(machine_.read(recipe_path("turbofan")), "subset: FD001",
                                        "subset: FD001\n  entities: {first: 1, last: 10}"));
  const Finished finished =
      machine_.run({"train", "run", recipe, "--data", data_folder("cmapss"), "--json"});
  EXPECT_EQ(finished.code, static_cast<int>(Code::kFailedPrecondition));
  const json::Value run = finished.json();
  EXPECT_EQ(run.at("state"), "gate_failed");
  EXPECT_GT(metric(run, "rmse"), 13);
  EXPECT_LT(metric(run, "rmse"), 30);
}

TEST_F(TrainQualityWalk, MachineFailureRanksAndRepeatsBitForBit) {
  need("ai4i");
  if (IsSkipped()) return;
  const json::Value first = train(recipe_path("machine-failure"), "ai4i", 1);
  EXPECT_GE(metric(first, "auc"), 0.97);
  EXPECT_GE(metric(first, "ap"), 0.80);
  EXPECT_LE(take(json::get_number(first.as_object(), "parity_max_abs")), 1e-5);
  const json::Value second = train(recipe_path("machine-failure"), "ai4i", 1);
  EXPECT_EQ(second.at("run"), "machine-failure-v2");
  EXPECT_EQ(run_file(first, "booster.json"), run_file(second, "booster.json"));
  EXPECT_EQ(run_file(first, "predictions.csv"), run_file(second, "predictions.csv"));
}

TEST_F(TrainQualityWalk, AWorkerOverItsMemoryLimitEndsTheRunWithAReason) {
  need("ai4i");
  if (IsSkipped()) return;
  const Finished finished =
      machine_.run({"train", "run", recipe_path("machine-failure"), "--data", data_folder("ai4i"),
                    "--set", "train.memory_bytes_max=64MiB"});
  EXPECT_NE(finished.code, 0);
  EXPECT_THAT(finished.err, HasSubstr("training worker"));
  const json::Value run = machine_.ask({"train", "show", "machine-failure-v1"});
  EXPECT_EQ(run.at("state"), "failed");
  EXPECT_THAT(std::string(run.at("failure").as_string()), HasSubstr("training worker"));
}

}  // namespace
}  // namespace skerry::walk
