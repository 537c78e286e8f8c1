// SPDX-License-Identifier: Apache-2.0
#include "sys/fake/process.h"

#include <csignal>

namespace skerry::sys::fake {
namespace {

class FakeChild final : public Child {
 public:
  FakeChild(int pid, std::shared_ptr<FakeProcess> process)
      : pid_(pid), process_(std::move(process)) {}

  int pid() const override { return pid_; }
  Result<std::optional<ExitStatus>> poll() override { return process_->ends_with; }
  Result<std::optional<ExitStatus>> wait_for(std::chrono::milliseconds) override {
    return process_->ends_with;
  }
  Result<std::optional<std::string>> read_line() override {
    if (process_->lines.empty()) return std::optional<std::string>();
    std::string line = std::move(process_->lines.front());
    process_->lines.pop_front();
    return std::optional(std::move(line));
  }
  Status signal(int number) override {
    process_->signals.push_back(number);
    if (number == SIGKILL) process_->ends_with = ExitStatus{-1, SIGKILL};
    if (number == SIGTERM && process_->on_terminate) process_->ends_with = process_->on_terminate;
    return ok_status();
  }

 private:
  int pid_;
  std::shared_ptr<FakeProcess> process_;
};

}  // namespace

Result<std::unique_ptr<Child>> FakeProcessLauncher::launch(const ProcessSpec& spec) {
  launched_.push_back(spec);
  processes_.push_back(script_ ? TRY(script_(spec)) : std::make_shared<FakeProcess>());
  return std::unique_ptr<Child>(
      std::make_unique<FakeChild>(static_cast<int>(processes_.size()), processes_.back()));
}

}  // namespace skerry::sys::fake
