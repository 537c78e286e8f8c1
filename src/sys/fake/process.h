// SPDX-License-Identifier: Apache-2.0
//
// Child processes that a test scripts: what each launch prints, and when and how it ends.
// Threads: single-thread.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sys/process.h"

namespace skerry::sys::fake {

// One scripted child. It runs until end() is called, unless it was made with an exit status.
struct FakeProcess {
  std::deque<std::string> lines;                          // What read_line() gives.
  std::optional<ExitStatus> ends_with;                    // Set: it has ended.
  std::vector<int> signals;                               // What was sent to it.
  std::optional<ExitStatus> on_terminate = ExitStatus{};  // How SIGTERM ends it; nullopt = ignored.
};

class FakeProcessLauncher final : public ProcessLauncher {
 public:
  // Decides what a launch becomes. By default: a child that runs until it gets a signal.
  using Script = std::function<Result<std::shared_ptr<FakeProcess>>(const ProcessSpec& spec)>;

  explicit FakeProcessLauncher(Script script = {}) : script_(std::move(script)) {}

  Result<std::unique_ptr<Child>> launch(const ProcessSpec& spec) override;

  const std::vector<ProcessSpec>& launched() const { return launched_; }
  const std::vector<std::shared_ptr<FakeProcess>>& processes() const { return processes_; }

 private:
  Script script_;
  std::vector<ProcessSpec> launched_;
  std::vector<std::shared_ptr<FakeProcess>> processes_;
};

}  // namespace skerry::sys::fake
