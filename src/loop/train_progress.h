// SPDX-License-Identifier: Apache-2.0
//
// How far a training run is, for a progress bar.
// Threads: called from the thread that runs the training.
#pragma once

#include <string_view>

namespace skerry::loop {

class TrainProgress {
 public:
  virtual ~TrainProgress() = default;
  // `phase` is what happens now ("train 120/300"); `fraction` is of the whole run, 0 to 1, never
  // falling. Returns false to cancel the run.
  virtual bool update(std::string_view phase, double fraction) = 0;
};

}  // namespace skerry::loop
