// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "tests/loop/machine.h"

namespace skerry::walk {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> left_in_temporary_folder(const Machine& machine) {
  return take(sys::real_file_system().list(machine.path("tmp")));
}

TEST(Demo, WalksEveryStepAndCleansUp) {
  const Machine machine;
  const Finished demo = machine.run({"demo", "--json"});
  ASSERT_EQ(demo.code, 0) << demo.out << demo.err;
  const json::Value result = demo.json();
  std::vector<std::string> names;
  double seconds = 0;
  for (const json::Value& step : result.at("steps").as_array()) {
    names.emplace_back(step.at("name").as_string());
    EXPECT_EQ(step.at("ok"), true);
    EXPECT_NE(step.at("detail").as_string(), "");
    EXPECT_GE(step.at("step").as_int64(), 1);
    seconds += step.at("seconds").to_number<double>();
  }
  EXPECT_THAT(names, testing::ElementsAre("train", "containerize", "register", "deploy", "score"));
  EXPECT_GE(result.at("seconds").to_number<double>(), seconds);
  EXPECT_THAT(left_in_temporary_folder(machine), IsEmpty());
}

TEST(Demo, FailedStepIsTheLastAndKeepsTheFolder) {
  const Machine machine;
  const std::string recipe = machine.write("recipe.yaml", "name: plant-rul\nfrobnicate: 1\n");
  const Finished demo = machine.run({"demo", "--json", "--recipe", recipe});
  EXPECT_EQ(demo.code, 1) << demo.err;
  const json::Array steps = demo.json().at("steps").as_array();
  ASSERT_EQ(steps.size(), 1u);
  EXPECT_EQ(steps[0].at("ok"), false);
  EXPECT_THAT(std::string(steps[0].at("detail").as_string()), HasSubstr("frobnicate"));
  EXPECT_EQ(left_in_temporary_folder(machine).size(), 1u);
}

TEST(Demo, InterruptEndsItWithoutOrphans) {
  Machine machine;
  const std::unique_ptr<Role> demo = machine.start("skerry", {"demo", "--json"});
  std::vector<int> children;
  ASSERT_TRUE(wait_until([&] {
    children = children_of(demo->pid());
    return !children.empty();
  }));
  demo->signal(SIGINT);
  const std::optional<sys::ExitStatus> ended = demo->await_end();
  ASSERT_TRUE(ended.has_value());
  EXPECT_NE(ended->code, 0);
  for (const int child : children) EXPECT_FALSE(is_running(child));
}

}  // namespace
}  // namespace skerry::walk
