// SPDX-License-Identifier: Apache-2.0
//
// The training worker: one fit in a process of its own, so that a learner that crashes or eats the
// memory takes nothing else with it. The order arrives as JSON on standard input; progress and the
// outcome leave as JSON lines on standard output; the booster leaves as a file. Threads: functions
// may be called from any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"
#include "sys/files.h"
#include "train/trainer.h"

namespace skerry::train {

// What the parent asks for: the job, and where its files lie on this machine.
struct WorkerOrder {
  TrainJob job;
  std::string dataset_path;
  std::string booster_path;  // Written atomically.
};

json::Object to_json(const WorkerOrder& order);
// Errors: kInvalidArgument naming the member.
Result<WorkerOrder> worker_order_from_json(std::string_view text);

// One line of a worker's output.
struct WorkerLine {
  std::optional<RoundLoss> round;
  struct Done {
    int rounds = 0;
    std::string library;
    Digest booster_digest = Digest::of("");
  };
  std::optional<Done> done;
  std::optional<Error> failure;
};

std::string format_line(const WorkerLine& line);  // Without the newline.
// Errors: kInvalidArgument for anything format_line() does not write.
Result<WorkerLine> parse_line(std::string_view text);

// train/xgboost's fit(), or a test's.
using FitFunction = std::function<Result<TrainedBooster>(
    const LearnerParameters& parameters, const Matrix& train, const Matrix* validation,
    const std::function<bool(const RoundLoss&)>& progress)>;

struct WorkerLimits {
  std::uint64_t dataset_bytes_max = 16ull << 30;
};

// Carries out one order. `emit` gets each line and returns false when nobody reads any more, which
// cancels the fit. The outcome is the last line; the returned status repeats it for the exit code.
Status run_worker(sys::FileSystem& files, std::string_view order, const FitFunction& fit,
                  const std::function<bool(const std::string& line)>& emit,
                  WorkerLimits limits = {});

}  // namespace skerry::train
