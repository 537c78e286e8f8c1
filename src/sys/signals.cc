// SPDX-License-Identifier: Apache-2.0
#include "sys/signals.h"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "sys/errno_error.h"

namespace skerry::sys {
namespace {

constexpr int kExitInterrupted = 130;  // The shell's 128 + SIGINT.
constexpr int kWakeSignal = SIGUSR1;   // Ends the listener thread in the destructor.

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, kWakeSignal}) sigaddset(&set, number);
  return set;
}

class RealStopSignal final : public StopSignal {
 public:
  RealStopSignal() : listener_([this] { listen(); }) {}

  ~RealStopSignal() override {
    closing_.request_stop();
    ::pthread_kill(listener_.native_handle(), kWakeSignal);
  }

  std::stop_token token() const override { return source_.get_token(); }
  void wait() override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, source_.get_token(), [] { return false; });
  }
  void request() override { source_.request_stop(); }

 private:
  void listen() {
    name_thread("signals");
    const sigset_t set = stop_signals();
    while (true) {
      int number = 0;
      if (::sigwait(&set, &number) != 0) continue;
      if (closing_.stop_requested()) return;
      if (number == kWakeSignal) continue;
      if (!source_.request_stop()) ::_exit(kExitInterrupted);
    }
  }

  std::stop_source source_;
  std::stop_source closing_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::jthread listener_;
};

}  // namespace

Result<std::unique_ptr<StopSignal>> StopSignal::install() {
  const sigset_t set = stop_signals();
  if (const int code = ::pthread_sigmask(SIG_BLOCK, &set, nullptr); code != 0) {
    return errno_error("block signals", code);
  }
  ::signal(SIGPIPE, SIG_IGN);
  return std::unique_ptr<StopSignal>(std::make_unique<RealStopSignal>());
}

bool sleep_unless_stopped(std::stop_token stop, std::chrono::milliseconds duration) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, duration, [] { return false; });
  return !stop.stop_requested();
}

void name_thread(const char* name) { ::prctl(PR_SET_NAME, name); }

}  // namespace skerry::sys
