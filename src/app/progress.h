// SPDX-License-Identifier: Apache-2.0
//
// A progress line on standard error: redrawn in place on a terminal, one plain line a phase
// elsewhere. Threads: single-thread.
#pragma once

#include <string>
#include <string_view>

#include "loop/train_progress.h"

namespace skerry::app {

class ProgressLine final : public loop::TrainProgress {
 public:
  // `quiet`: prints nothing.
  explicit ProgressLine(bool quiet);
  ~ProgressLine() override;
  ProgressLine(const ProgressLine&) = delete;  // Owns a line of the terminal.
  ProgressLine& operator=(const ProgressLine&) = delete;

  bool update(std::string_view phase, double fraction) override;

 private:
  const bool quiet_;
  const bool terminal_;
  bool drawn_ = false;
  std::string last_word_;  // First word of the phase: "train" of "train 120/300".
  int last_percent_ = -1;
};

}  // namespace skerry::app
