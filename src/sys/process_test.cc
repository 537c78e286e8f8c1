// SPDX-License-Identifier: Apache-2.0
#include "sys/process.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sys/files.h"

namespace skerry::sys {
namespace {

constexpr std::chrono::seconds kPatience(30);  // Only a broken build waits this long.

ProcessSpec shell(const std::string& script) {
  ProcessSpec spec;
  spec.program = "/bin/sh";
  spec.arguments = {"-c", script};
  spec.capture_output = true;
  return spec;
}

std::unique_ptr<Child> launch(const ProcessSpec& spec) {
  auto child = real_process_launcher().launch(spec);
  EXPECT_TRUE(child.ok()) << child.error().to_string();
  return child.ok() ? std::move(*child) : nullptr;
}

std::string ending(Child& child) {
  const auto status = child.wait_for(kPatience);
  if (!status.ok()) return status.error().to_string();
  return *status ? (*status)->to_string() : "still running";
}

std::vector<std::string> lines(Child& child) {
  std::vector<std::string> out;
  while (true) {
    auto line = child.read_line();
    EXPECT_TRUE(line.ok());
    if (!line.ok() || !*line) return out;
    out.push_back(**line);
  }
}

std::string output(const ProcessSpec& spec) {
  const auto child = launch(spec);
  std::string text;
  for (const std::string& line : lines(*child)) text += line + "|";
  return text + ending(*child);
}

TEST(Process, EndsWithItsExitCodeOrSignal) {
  EXPECT_EQ(ending(*launch(shell("exit 0"))), "exit code 0");
  EXPECT_EQ(ending(*launch(shell("exit 3"))), "exit code 3");
  EXPECT_EQ(ending(*launch(shell("exit 255"))), "exit code 255");
  EXPECT_EQ(ending(*launch(shell("kill -9 $$"))), "signal 9");
  EXPECT_TRUE((ExitStatus{0, 0}).ok());
  EXPECT_FALSE((ExitStatus{3, 0}).ok());
  EXPECT_FALSE((ExitStatus{-1, 9}).ok());
}

TEST(Process, KeepsItsStatusAndTakesSignalsAfterItsEnd) {
  const auto child = launch(shell("exit 4"));
  EXPECT_EQ(ending(*child), "exit code 4");
  EXPECT_EQ((*child->poll())->code, 4);
  EXPECT_EQ(ending(*child), "exit code 4");
  EXPECT_TRUE(child->signal(SIGTERM).ok());
}

TEST(Process, PollsWithoutWaiting) {
  const auto child = launch(shell("exec sleep 600"));
  EXPECT_GT(child->pid(), 0);
  EXPECT_EQ(*child->poll(), std::nullopt);
  EXPECT_EQ(*child->wait_for(std::chrono::milliseconds(0)), std::nullopt);
  ASSERT_TRUE(child->signal(SIGKILL).ok());
  EXPECT_EQ(ending(*child), "signal 9");
}

TEST(Process, GivesItsOutputLineByLine) {
  const auto child = launch(shell("printf 'one\\n\\ntwo words\\nlast'"));
  EXPECT_EQ(lines(*child), (std::vector<std::string>{"one", "", "two words", "last"}));
  EXPECT_EQ(*child->read_line(), std::nullopt);
}

TEST(Process, GivesNoOutputThatWasNotAskedFor) {
  ProcessSpec spec = shell("exit 0");
  spec.capture_output = false;
  const auto child = launch(spec);
  const auto line = child->read_line();
  ASSERT_FALSE(line.ok());
  EXPECT_EQ(line.error().code(), Code::kFailedPrecondition);
}

TEST(Process, TakesMoreInputThanAPipeHolds) {
  ProcessSpec spec;
  spec.program = "/bin/cat";
  spec.capture_output = true;
  spec.input = std::string(3 << 20, 'x') + "\nend";
  const auto child = launch(spec);
  const std::vector<std::string> got = lines(*child);
  ASSERT_EQ(got.size(), 2u);
  EXPECT_EQ(got[0], std::string(3 << 20, 'x'));
  EXPECT_EQ(got[1], "end");
  EXPECT_EQ(ending(*child), "exit code 0");
}

TEST(Process, ReadsAnEndOfInputAfterTheInput) {
  EXPECT_EQ(output(shell("cat; echo over")), "over|exit code 0");
}

TEST(Process, MayEndWithoutReadingItsInput) {
  ProcessSpec spec = shell("exit 5");
  spec.input = std::string(1 << 20, 'x');
  // Would end this program by SIGPIPE if the feeding thread did not block it.
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ending(*launch(spec)), "exit code 5");
}

TEST(Process, GetsItsArgumentsWithoutAShell) {
  ProcessSpec spec;
  spec.program = "/usr/bin/printf";
  spec.arguments = {"%s\\n", "a b", "$HOME", "", "*;'\"`"};
  spec.capture_output = true;
  EXPECT_EQ(output(spec), "a b|$HOME||*;'\"`|exit code 0");
}

TEST(Process, AddsToAndReplacesInTheEnvironment) {
  ::setenv("SKERRY_TEST_KEPT", "kept", 1);
  ::setenv("SKERRY_TEST_REPLACED", "old", 1);
  ProcessSpec spec = shell(
      "echo $SKERRY_TEST_KEPT $SKERRY_TEST_REPLACED $SKERRY_TEST_ADDED; "
      "env | grep -c ^SKERRY_TEST_REPLACED=");
  spec.environment = {{"SKERRY_TEST_REPLACED", "new"}, {"SKERRY_TEST_ADDED", "a=b"}};
  EXPECT_TRUE(output(spec).starts_with("kept new a=b|1|"));
  ::unsetenv("SKERRY_TEST_KEPT");
  ::unsetenv("SKERRY_TEST_REPLACED");
}

TEST(Process, AppendsItsErrorsToTheLog) {
  const TemporaryFolder folder = *TemporaryFolder::create("skerry-process");
  ProcessSpec spec = shell("echo error >&2; echo out");
  spec.log_path = join_path(folder.path(), "log");
  EXPECT_EQ(output(spec), "out|exit code 0");
  EXPECT_EQ(output(spec), "out|exit code 0");
  EXPECT_EQ(*read_file(real_file_system(), spec.log_path, 1000), "error\nerror\n");
  spec.log_path = join_path(folder.path(), "absent/log");
  EXPECT_EQ(real_process_launcher().launch(spec).error().code(), Code::kNotFound);
}

TEST(Process, NeedsAProgramThatExistsAndMayRun) {
  const TemporaryFolder folder = *TemporaryFolder::create("skerry-process");
  ProcessSpec spec;
  spec.program = join_path(folder.path(), "absent");
  const auto absent = real_process_launcher().launch(spec);
  ASSERT_FALSE(absent.ok());
  EXPECT_EQ(absent.error().code(), Code::kNotFound);
  EXPECT_NE(absent.error().message().find(spec.program), std::string::npos);
  std::ofstream(spec.program) << "no program";
  EXPECT_EQ(real_process_launcher().launch(spec).error().code(), Code::kPermissionDenied);
  spec.program = folder.path();
  EXPECT_EQ(real_process_launcher().launch(spec).error().code(), Code::kPermissionDenied);
}

TEST(Process, RunsWithinItsMemoryLimit) {
  const std::string command = "dd if=/dev/zero of=/dev/null bs=512M count=1 2>/dev/null";
  EXPECT_EQ(output(shell(command)), "exit code 0");
  ProcessSpec spec = shell(command);
  spec.memory_bytes_max = 256 << 20;
  EXPECT_EQ(output(spec), "exit code 1");
}

TEST(Process, DiesWithItsOwner) {
  auto child = launch(shell("echo ready; exec sleep 600"));
  EXPECT_EQ(**child->read_line(), "ready");
  const pid_t pid = child->pid();
  EXPECT_EQ(::kill(pid, 0), 0);
  child.reset();
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_EQ(errno, ESRCH);
}

TEST(Process, DiesWithTheThreadThatLaunchedIt) {
  std::unique_ptr<Child> child;
  std::jthread([&] { child = launch(shell("exec sleep 600")); }).join();
  EXPECT_EQ(ending(*child), "signal 9");
}

TEST(Process, DiesWithItsParent) {
  std::array<int, 2> alive{};  // Its write end is open as long as the grandchild lives.
  ASSERT_EQ(::pipe(alive.data()), 0);
  const pid_t parent = ::fork();
  ASSERT_GE(parent, 0);
  if (parent == 0) {
    const std::string end = std::to_string(alive[1]);
    const auto child =
        real_process_launcher().launch(shell("printf r >&" + end + "; exec sleep 600"));
    if (!child.ok()) ::_exit(1);
    while (true) ::pause();
  }
  ::close(alive[1]);
  char ready = 0;
  ASSERT_EQ(::read(alive[0], &ready, 1), 1);
  ASSERT_EQ(::kill(parent, SIGKILL), 0);
  ASSERT_EQ(::waitpid(parent, nullptr, 0), parent);
  pollfd closed{alive[0], POLLIN, 0};
  const int patience_ms = static_cast<int>(std::chrono::milliseconds(kPatience).count());
  ASSERT_EQ(::poll(&closed, 1, patience_ms), 1) << "the grandchild outlives its parent";
  EXPECT_EQ(::read(alive[0], &ready, 1), 0);
  ::close(alive[0]);
}

TEST(Terminate, LetsAProcessEndInItsOwnWay) {
  const auto child = launch(shell("sleep 600 & trap \"kill $!; exit 7\" TERM; echo ready; wait"));
  EXPECT_EQ(**child->read_line(), "ready");
  const auto status = terminate(*child, kPatience);
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(status->to_string(), "exit code 7");
}

TEST(Terminate, KillsAProcessThatStays) {
  const auto child = launch(shell("trap '' TERM; echo ready; exec sleep 600"));
  EXPECT_EQ(**child->read_line(), "ready");
  const auto status = terminate(*child, std::chrono::milliseconds(20));
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(status->to_string(), "signal 9");
}

TEST(Terminate, GivesTheStatusOfAProcessThatEndedAlready) {
  const auto child = launch(shell("exit 2"));
  EXPECT_EQ(ending(*child), "exit code 2");
  EXPECT_EQ(terminate(*child, std::chrono::milliseconds(0))->to_string(), "exit code 2");
}

TEST(ExecutablePath, IsThisProgram) {
  const auto path = executable_path();
  ASSERT_TRUE(path.ok());
  EXPECT_TRUE(path->starts_with('/'));
  EXPECT_EQ(::access(path->c_str(), X_OK), 0);
}

}  // namespace
}  // namespace skerry::sys
