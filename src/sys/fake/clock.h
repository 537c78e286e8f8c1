// SPDX-License-Identifier: Apache-2.0
//
// A clock that stands still until it is told to move.
// Threads: internally synchronised.
#pragma once

#include <atomic>
#include <chrono>

#include "sys/clock.h"

namespace skerry::sys::fake {

class FakeClock final : public Clock {
 public:
  explicit FakeClock(Time start = Time(std::chrono::hours(24 * 365 * 50))) : now_(start) {}

  Time now() override { return now_.load(); }
  SteadyTime steady_now() override { return steady_.load(); }

  // Moves both clocks on.
  void advance(std::chrono::nanoseconds by) {
    now_ = now_.load() + by;
    steady_ = steady_.load() + std::chrono::duration_cast<SteadyTime::duration>(by);
  }
  // Sets the wall clock alone, forward or back, as an operator or NTP does.
  void set(Time now) { now_ = now; }

 private:
  std::atomic<Time> now_;
  std::atomic<SteadyTime> steady_{SteadyTime(std::chrono::hours(1))};
};

}  // namespace skerry::sys::fake
