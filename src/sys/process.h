// SPDX-License-Identifier: Apache-2.0
//
// Child processes behind an interface, so that a supervisor can be tested without any.
// Threads: a ProcessLauncher is internally synchronised; a Child belongs to one thread, except
// signal().
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace skerry::sys {

struct ProcessSpec {
  std::string program;                 // Absolute path; no shell is involved.
  std::vector<std::string> arguments;  // Without the program itself.
  // Added to, or replacing in, the parent's environment.
  std::vector<std::pair<std::string, std::string>> environment;
  std::string input;                   // Fed to standard input, which is then closed.
  bool capture_output = false;         // Else standard output goes where the parent's goes.
  std::string log_path;                // Standard error is appended here; the parent's when empty.
  std::uint64_t memory_bytes_max = 0;  // Address-space limit; 0 = none.
};

struct ExitStatus {
  int code = 0;    // Exit code, or -1 when a signal ended it.
  int signal = 0;  // The signal, or 0.
  bool ok() const { return code == 0 && signal == 0; }
  // "exit code 3" or "signal 9".
  std::string to_string() const;
};

// A running child; killed by the kernel when the thread that launched it ends (with the process or
// before it), and by the destructor.
class Child {
 public:
  virtual ~Child() = default;
  virtual int pid() const = 0;
  // The exit status if it ended, without waiting.
  virtual Result<std::optional<ExitStatus>> poll() = 0;
  // Blocks until it ends or the time is over (then nullopt).
  virtual Result<std::optional<ExitStatus>> wait_for(std::chrono::milliseconds timeout) = 0;
  // The next line of captured output without its newline; nullopt at the end. Blocks.
  // Errors: kFailedPrecondition without capture_output, kResourceExhausted for a line above 64 MiB.
  virtual Result<std::optional<std::string>> read_line() = 0;
  virtual Status signal(int number) = 0;
};

class ProcessLauncher {
 public:
  virtual ~ProcessLauncher() = default;
  // Errors: kNotFound when the program is absent, kPermissionDenied, kResourceExhausted.
  virtual Result<std::unique_ptr<Child>> launch(const ProcessSpec& spec) = 0;
};

ProcessLauncher& real_process_launcher();

// The absolute path of the running executable.
Result<std::string> executable_path();

// Sends SIGTERM, waits up to `grace`, then SIGKILL; returns how it ended.
Result<ExitStatus> terminate(Child& child, std::chrono::milliseconds grace);

// Waits up to `grace` for a child that was asked to end, then SIGKILL; returns how it ended.
Result<ExitStatus> await_end(Child& child, std::chrono::milliseconds grace);

}  // namespace skerry::sys
