// SPDX-License-Identifier: Apache-2.0
//
// Orderly stop: SIGINT and SIGTERM become a stop request that threads can wait on; SIGPIPE is
// ignored.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>

#include "base/result.h"

namespace skerry::sys {

// Blocks both signals in the calling thread and every thread it starts later, so it is created
// first in main. A second signal while stopping ends the process at once with code 130.
class StopSignal {
 public:
  static Result<std::unique_ptr<StopSignal>> install();
  virtual ~StopSignal() = default;

  virtual std::stop_token token() const = 0;
  // Blocks until a signal came or request() was called.
  virtual void wait() = 0;
  virtual void request() = 0;
};

// Sleeps up to `duration`; returns false as soon as a stop is requested.
bool sleep_unless_stopped(std::stop_token stop, std::chrono::milliseconds duration);

// Names the calling thread (at most 15 characters are kept) for debuggers and top.
void name_thread(const char* name);

}  // namespace skerry::sys
