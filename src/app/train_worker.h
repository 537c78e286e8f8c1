// SPDX-License-Identifier: Apache-2.0
//
// "worker train": the body of the training child process. Reads one order from standard input and
// writes progress and the outcome as JSON lines to standard output (train/worker.h).
#pragma once

namespace skerry::app {

// The exit code: 0, or the number of the error's code.
int run_train_worker();

}  // namespace skerry::app
