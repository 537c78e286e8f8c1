// SPDX-License-Identifier: Apache-2.0
#include "sys/fake/process.h"

#include <gtest/gtest.h>

#include <csignal>
#include <memory>
#include <string>
#include <vector>

namespace skerry::sys::fake {
namespace {

ProcessSpec program(const std::string& path) {
  ProcessSpec spec;
  spec.program = path;
  return spec;
}

TEST(FakeProcess, RunsUntilASignalEndsIt) {
  FakeProcessLauncher launcher;
  const auto child = *launcher.launch(program("/bin/site"));
  EXPECT_EQ(*child->poll(), std::nullopt);
  const auto status = terminate(*child, std::chrono::hours(1));
  ASSERT_TRUE(status.ok());
  EXPECT_TRUE(status->ok());
  EXPECT_EQ(launcher.processes().at(0)->signals, std::vector<int>{SIGTERM});
  EXPECT_EQ(launcher.launched().at(0).program, "/bin/site");
}

TEST(FakeProcess, IsKilledWhenItIgnoresTermination) {
  FakeProcessLauncher launcher([](const ProcessSpec&) -> Result<std::shared_ptr<FakeProcess>> {
    auto process = std::make_shared<FakeProcess>();
    process->on_terminate = std::nullopt;
    return process;
  });
  const auto child = *launcher.launch(program("/bin/site"));
  EXPECT_EQ(terminate(*child, std::chrono::hours(1))->to_string(), "signal 9");
  EXPECT_EQ(launcher.processes().at(0)->signals, (std::vector<int>{SIGTERM, SIGKILL}));
}

TEST(FakeProcess, PrintsItsLinesAndEndsAsScripted) {
  FakeProcessLauncher launcher([](const ProcessSpec&) -> Result<std::shared_ptr<FakeProcess>> {
    auto process = std::make_shared<FakeProcess>();
    process->lines = {"one", "two"};
    process->ends_with = ExitStatus{3, 0};
    return process;
  });
  const auto child = *launcher.launch(program("/bin/worker"));
  EXPECT_EQ(**child->read_line(), "one");
  EXPECT_EQ(**child->read_line(), "two");
  EXPECT_EQ(*child->read_line(), std::nullopt);
  EXPECT_EQ((*child->poll())->code, 3);
}

TEST(FakeProcess, FailsToStartAsScripted) {
  FakeProcessLauncher launcher([](const ProcessSpec&) -> Result<std::shared_ptr<FakeProcess>> {
    return not_found("no such program");
  });
  EXPECT_EQ(launcher.launch(program("/bin/site")).error().code(), Code::kNotFound);
  EXPECT_EQ(launcher.launched().size(), 1u);
  EXPECT_TRUE(launcher.processes().empty());
}

TEST(FakeProcess, HasANumberOfItsOwn) {
  FakeProcessLauncher launcher;
  const auto first = *launcher.launch(program("a"));
  const auto second = *launcher.launch(program("b"));
  EXPECT_NE(first->pid(), second->pid());
}

}  // namespace
}  // namespace skerry::sys::fake
