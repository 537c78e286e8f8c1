// SPDX-License-Identifier: Apache-2.0
#include "sys/process.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <map>
#include <thread>

#include "sys/errno_error.h"
#include "sys/signals.h"

extern char** environ;

namespace skerry::sys {
namespace {

constexpr std::size_t kLineBytesMax = 64u << 20;

class Descriptor {
 public:
  explicit Descriptor(int value = -1) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    close();
    value_ = std::exchange(other.value_, -1);
    return *this;
  }
  ~Descriptor() { close(); }
  int get() const { return value_; }
  void close() {
    if (value_ >= 0) ::close(value_);
    value_ = -1;
  }

 private:
  int value_;
};

struct Pipe {
  Descriptor read;
  Descriptor write;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return errno_error("make a pipe");
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

// Everything the child needs, laid out before fork(): after it, only async-signal-safe calls
// follow.
struct Launch {
  std::vector<char*> arguments;
  std::vector<std::string> environment_text;
  std::vector<char*> environment;
  int input = -1;
  int output = -1;
  int error = -1;
  int failure = -1;
  std::uint64_t memory_bytes_max = 0;
  pid_t parent = 0;
};

std::vector<std::string> merged_environment(const ProcessSpec& spec) {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) {
      variables[std::string(text.substr(0, equals))] = text.substr(equals + 1);
    }
  }
  for (const auto& [name, value] : spec.environment) variables[name] = value;
  std::vector<std::string> out;
  for (const auto& [name, value] : variables) out.push_back(name + "=" + value);
  return out;
}

[[noreturn]] void run_child(const char* program, const Launch& launch) {
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // A group of its own: Ctrl-C is for the parent, which then asks each child to stop, once.
  ::setpgid(0, 0);
  bool ready = ::getppid() == launch.parent;  // Else the parent died before prctl took effect.
  if (launch.memory_bytes_max > 0) {
    const rlimit limit{launch.memory_bytes_max, launch.memory_bytes_max};
    ready = ready && ::setrlimit(RLIMIT_AS, &limit) == 0;
  }
  ready = ready && ::dup2(launch.input, 0) >= 0;
  if (launch.output >= 0) ready = ready && ::dup2(launch.output, 1) >= 0;
  if (launch.error >= 0) ready = ready && ::dup2(launch.error, 2) >= 0;
  if (ready) ::execve(program, launch.arguments.data(), launch.environment.data());
  const int code = errno;
  static_cast<void>(!::write(launch.failure, &code, sizeof(code)));
  ::_exit(127);
}

class RealChild final : public Child {
 public:
  RealChild(pid_t pid, Descriptor handle, Descriptor output)
      : pid_(pid), handle_(std::move(handle)), output_(std::move(output)) {}

  ~RealChild() override {
    feeder_.request_stop();
    if (!status_) {
      ::kill(pid_, SIGKILL);
      static_cast<void>(reap(0));
    }
  }
  RealChild(const RealChild&) = delete;
  RealChild& operator=(const RealChild&) = delete;

  int pid() const override { return pid_; }

  Result<std::optional<ExitStatus>> poll() override {
    if (!status_) TRY(reap(WNOHANG));
    return status_;
  }

  Result<std::optional<ExitStatus>> wait_for(std::chrono::milliseconds timeout) override {
    if (status_) return status_;
    pollfd entry{handle_.get(), POLLIN, 0};
    const int ready = ::poll(&entry, 1, static_cast<int>(timeout.count()));
    if (ready < 0 && errno != EINTR) return errno_error("wait for process");
    return poll();
  }

  Result<std::optional<std::string>> read_line() override {
    if (output_.get() < 0) return failed_precondition("the output of the process is not captured");
    std::size_t searched = 0;  // A long line comes in many pieces; each is searched once.
    while (true) {
      const auto end = buffered_.find('\n', searched);
      searched = buffered_.size();
      if (end != std::string::npos) {
        std::string line = buffered_.substr(0, end);
        buffered_.erase(0, end + 1);
        return std::optional(std::move(line));
      }
      if (buffered_.size() > kLineBytesMax) {
        return Error(Code::kResourceExhausted, "a line of the process output is too long");
      }
      std::array<char, 16384> chunk{};
      const ssize_t count = ::read(output_.get(), chunk.data(), chunk.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return errno_error("read the output of the process");
      if (count == 0) {
        if (buffered_.empty()) return std::optional<std::string>();
        return std::optional(std::exchange(buffered_, {}));
      }
      buffered_.append(chunk.data(), static_cast<std::size_t>(count));
    }
  }

  Status signal(int number) override {
    // Through the pidfd, so that a reused process id is never hit.
    if (::syscall(SYS_pidfd_send_signal, handle_.get(), number, nullptr, 0) != 0 &&
        errno != ESRCH) {
      return errno_error("signal process " + std::to_string(pid_));
    }
    return ok_status();
  }

  // Writes `input` from a thread of its own, since a pipe holds only 64 KiB.
  void feed(Descriptor pipe, std::string input) {
    feeder_ = std::jthread([pipe = std::move(pipe), input = std::move(input)]() {
      name_thread("child-input");
      // A child that ends without reading is no reason to end this process.
      sigset_t broken_pipe;
      sigemptyset(&broken_pipe);
      sigaddset(&broken_pipe, SIGPIPE);
      ::pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
      std::string_view rest = input;
      while (!rest.empty()) {
        const ssize_t count = ::write(pipe.get(), rest.data(), rest.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return;  // The child ended first; its exit status tells why.
        rest.remove_prefix(static_cast<std::size_t>(count));
      }
    });
  }

 private:
  Status reap(int options) {
    int raw = 0;
    pid_t got = -1;
    do {
      got = ::waitpid(pid_, &raw, options);
    } while (got < 0 && errno == EINTR);
    if (got < 0) return errno_error("wait for process " + std::to_string(pid_));
    if (got == 0) return ok_status();
    status_ = WIFSIGNALED(raw) ? ExitStatus{-1, WTERMSIG(raw)} : ExitStatus{WEXITSTATUS(raw), 0};
    return ok_status();
  }

  const pid_t pid_;
  Descriptor handle_;
  Descriptor output_;
  std::string buffered_;
  std::optional<ExitStatus> status_;
  std::jthread feeder_;
};

class RealProcessLauncher final : public ProcessLauncher {
 public:
  Result<std::unique_ptr<Child>> launch(const ProcessSpec& spec) override {
    Pipe input = TRY(make_pipe());
    Pipe failure = TRY(make_pipe());
    Pipe output;
    if (spec.capture_output) output = TRY(make_pipe());
    Descriptor log;
    if (!spec.log_path.empty()) {
      log = Descriptor(
          ::open(spec.log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
      if (log.get() < 0) return errno_error("open " + spec.log_path);
    }
    Launch launch;
    launch.arguments.push_back(const_cast<char*>(spec.program.c_str()));
    for (const std::string& argument : spec.arguments) {
      launch.arguments.push_back(const_cast<char*>(argument.c_str()));
    }
    launch.arguments.push_back(nullptr);
    launch.environment_text = merged_environment(spec);
    for (std::string& entry : launch.environment_text) launch.environment.push_back(entry.data());
    launch.environment.push_back(nullptr);
    launch.input = input.read.get();
    launch.output = output.write.get();
    launch.error = log.get();
    launch.failure = failure.write.get();
    launch.memory_bytes_max = spec.memory_bytes_max;
    launch.parent = ::getpid();

    const pid_t pid = ::fork();
    if (pid < 0) return errno_error("start " + spec.program);
    if (pid == 0) run_child(spec.program.c_str(), launch);
    Descriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    const int handle_error = handle.get() < 0 ? errno : 0;
    auto child = std::make_unique<RealChild>(pid, std::move(handle), std::move(output.read));
    failure.write.close();
    int code = 0;
    if (::read(failure.read.get(), &code, sizeof(code)) == sizeof(code)) {
      return errno_error("start " + spec.program, code);
    }
    if (handle_error != 0) return errno_error("watch process (needs Linux 5.3)", handle_error);
    child->feed(std::move(input.write), spec.input);
    return std::unique_ptr<Child>(std::move(child));
  }
};

}  // namespace

std::string ExitStatus::to_string() const {
  if (signal != 0) return "signal " + std::to_string(signal);
  return "exit code " + std::to_string(code);
}

ProcessLauncher& real_process_launcher() {
  static RealProcessLauncher instance;
  return instance;
}

Result<std::string> executable_path() {
  std::array<char, 4096> path{};
  const ssize_t length = ::readlink("/proc/self/exe", path.data(), path.size());
  if (length < 0) return errno_error("find the running executable");
  return std::string(path.data(), static_cast<std::size_t>(length));
}

Result<ExitStatus> terminate(Child& child, std::chrono::milliseconds grace) {
  TRY(child.signal(SIGTERM));
  return await_end(child, grace);
}

Result<ExitStatus> await_end(Child& child, std::chrono::milliseconds grace) {
  if (const auto status = TRY(child.wait_for(grace))) return *status;
  TRY(child.signal(SIGKILL));
  constexpr std::chrono::milliseconds kReapTimeout{5000};
  if (const auto status = TRY(child.wait_for(kReapTimeout))) return *status;
  return internal_error("process " + std::to_string(child.pid()) + " survives SIGKILL");
}

}  // namespace skerry::sys
