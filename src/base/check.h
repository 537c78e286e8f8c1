// SPDX-License-Identifier: Apache-2.0
//
// SKERRY_CHECK ends the process when one of our own invariants is broken; it is always on. Input,
// disk and network never reach it: those are Errors.
#pragma once

namespace skerry {

// Prints the condition and its place on standard error, then aborts.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace skerry

#define SKERRY_CHECK(condition)                        \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::skerry::check_failed(#condition, __FILE__, __LINE__))
