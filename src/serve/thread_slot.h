// SPDX-License-Identifier: Apache-2.0
//
// Spreads what every request touches over cache lines, so that reactors do not wait for each other.
// Threads: pure function.
#pragma once

#include <cstddef>
#include <functional>
#include <thread>

namespace skerry::serve {

inline constexpr std::size_t kThreadSlots = 8;

// A number below kThreadSlots that stays the same for the calling thread.
inline std::size_t thread_slot() {
  return std::hash<std::thread::id>{}(std::this_thread::get_id()) % kThreadSlots;
}

}  // namespace skerry::serve
