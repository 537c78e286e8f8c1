// SPDX-License-Identifier: Apache-2.0
//
// Diagnostics for operators, one line per event on standard error or a file. No payload, no secret:
// a message names counts, ids, digests and places only.
// Threads: every function may be called from any thread.
#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace skerry::log {

enum class Level { kDebug, kInfo, kWarning, kError };

// Where lines go: standard error when `path` is empty. Called once by main before threads start.
// Errors: kUnavailable when the file cannot be opened; logging then stays on standard error.
Status open(Level level, const std::string& path);

bool enabled(Level level);
void write(Level level, std::string_view line);

template <typename... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::kDebug))
    write(Level::kDebug, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::kInfo)) write(Level::kInfo, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kWarning, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
  write(Level::kError, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace skerry::log
