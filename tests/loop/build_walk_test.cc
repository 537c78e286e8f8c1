// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/loop/machine.h"
#include "tests/loop/models.h"

namespace skerry::walk {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// Two machines, two folders: nothing of the first build is at hand for the second.
TEST(Build, SameRunGivesTheSameDigestsInTwoFolders) {
  const BuiltModel& first = built_plant();
  const Machine machine;
  const std::string run(train_plant(machine, 1).at("run").as_string());
  machine.write("state/runs/" + run + "/bundle.tar", first.bundle);
  const std::string folder = machine.path("elsewhere/two");
  EXPECT_EQ(machine.ask({"model", "build", run, "--out", folder}), first.built);
  const std::string index = machine.read(folder + "/index.json");
  for (const char* image : {"artifact", "data_image", "image"}) {
    const std::string digest(first.built.at(image).as_string());
    EXPECT_THAT(digest, StartsWith("sha256:"));
    EXPECT_THAT(index, HasSubstr(digest));
  }
}

TEST(Build, ArchiveOfAnotherMachineIsPushed) {
  const BuiltModel& model = built_plant();
  Machine machine;
  const std::unique_ptr<Role> hub = machine.start_hub();
  const json::Value pushed =
      machine.ask({"model", "push", "small-plant:v1", "--from", model.archive});
  EXPECT_EQ(pushed.at("v1"), model.built.at("artifact"));
  EXPECT_EQ(pushed.at("v1-data"), model.built.at("data_image"));
  EXPECT_EQ(pushed.at("v1-image"), model.built.at("image"));

  const Finished absent = machine.run({"model", "push", "small-plant:v2", "--from", model.archive});
  EXPECT_EQ(absent.code, 5) << absent.err;
  EXPECT_THAT(absent.err, HasSubstr("v2"));
  EXPECT_TRUE(hub->stop().ok());
}

TEST(Build, RunThatFailedItsGateNeedsForce) {
  const Machine machine;
  train_plant(machine, 1);
  std::string recipe = machine.read(machine.path("recipe.yaml"));
  recipe += "gates:\n  rmse: {max: 0.001}\n";
  const Finished trained = machine.run(
      {"train", "run", machine.write("strict.yaml", recipe), "--data", machine.path(""), "--json"});
  EXPECT_EQ(trained.code, 9) << trained.err;
  const json::Value run = trained.json();
  EXPECT_EQ(run.at("state"), "gate_failed");
  EXPECT_THAT(json::dump(run.at("gates_failed")), HasSubstr("0.001"));
  const Finished refused = machine.run({"model", "build", std::string(run.at("run").as_string())});
  EXPECT_EQ(refused.code, 9);
  EXPECT_THAT(refused.err, HasSubstr("--force"));
}

}  // namespace
}  // namespace skerry::walk
