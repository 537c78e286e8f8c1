// SPDX-License-Identifier: Apache-2.0
#include "app/progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace skerry::app {
namespace {

constexpr int kBarWidth = 32;

std::string bar(double fraction) {
  const int filled = static_cast<int>(fraction * kBarWidth + 0.5);
  std::string out;
  for (int i = 0; i < kBarWidth; ++i) out += i < filled ? "█" : "·";
  return out;
}

}  // namespace

ProgressLine::ProgressLine(bool quiet) : quiet_(quiet), terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  if (drawn_) std::cerr << "\r\033[K" << std::flush;
}

bool ProgressLine::update(std::string_view phase, double fraction) {
  if (quiet_) return true;
  fraction = std::clamp(fraction, 0.0, 1.0);
  const std::string word(phase.substr(0, phase.find(' ')));
  const int percent = static_cast<int>(fraction * 100);
  if (terminal_) {
    if (percent == last_percent_ && word == last_word_) return true;
    std::cerr << fmt::format("\r\033[K  {} {:>3} %  {}", bar(fraction), percent, phase)
              << std::flush;
    drawn_ = true;
  } else if (word != last_word_) {
    std::cerr << "  " << word << "\n";
  }
  last_word_ = word;
  last_percent_ = percent;
  return true;
}

}  // namespace skerry::app
