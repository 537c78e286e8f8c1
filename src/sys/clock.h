// SPDX-License-Identifier: Apache-2.0
//
// Time as a parameter: nothing outside sys/ reads a clock.
// Threads: internally synchronised.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace skerry::sys {

// Wall-clock time, nanoseconds since 1970-01-01T00:00:00Z.
using Time = std::chrono::sys_time<std::chrono::nanoseconds>;
// Time that never goes back; only differences mean something.
using SteadyTime = std::chrono::steady_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() = 0;
  virtual SteadyTime steady_now() = 0;
};

// The machine's clock.
Clock& real_clock();

// RFC 3339 in UTC, with as many of 0, 3, 6 or 9 decimals as the value needs.
std::string format_time(Time time);

// RFC 3339 with any offset and up to nine decimals, years 1678 to 2261 (what 64-bit nanoseconds
// hold). Errors: kInvalidArgument.
Result<Time> parse_time(std::string_view text);

}  // namespace skerry::sys
