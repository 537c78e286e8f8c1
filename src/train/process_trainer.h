// SPDX-License-Identifier: Apache-2.0
//
// The embedded trainer: every job is a child process of the running program ("worker train") with a
// memory limit, which the kernel ends when its parent dies.
// Threads: internally synchronised; two threads may follow two jobs at once.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "sys/files.h"
#include "sys/process.h"
#include "train/trainer.h"

namespace skerry::train {

class ProcessTrainer final : public Trainer {
 public:
  struct Options {
    std::string program;  // Absolute path of skerry.
    std::vector<std::string> arguments = {"worker", "train"};
    std::string runs_folder;  // "run:<id>/<file>" lies in <runs_folder>/<id>/.
    std::uint64_t memory_bytes_max = 16ull
                                     << 30;  // Address space; a learner maps more than it uses.
    std::uint64_t booster_bytes_max = 64ull << 20;  // Of JSON.
  };

  // Both outlive the trainer.
  ProcessTrainer(sys::ProcessLauncher& launcher, sys::FileSystem& files, Options options);
  ~ProcessTrainer() override;  // Ends the jobs that still run.

  Result<JobId> submit(const TrainJob& job) override;
  // Takes in one line of the worker's progress. Blocks: until it comes, at most for one round.
  Result<JobStatus> poll(const JobId& job) override;
  // Forgets the job.
  Result<TrainedBooster> result(const JobId& job) override;

 private:
  struct Job;
  Result<std::string> resolve(const std::string& uri) const;
  Result<std::shared_ptr<Job>> find(const JobId& id);
  void take_line(Job& job, const std::string& text) const;
  Status conclude(Job& job) const;

  sys::ProcessLauncher& launcher_;
  sys::FileSystem& files_;
  const Options options_;

  Mutex mutex_;
  std::map<JobId, std::shared_ptr<Job>> jobs_ SKERRY_GUARDED_BY(mutex_);
  std::uint64_t next_ SKERRY_GUARDED_BY(mutex_) = 1;
};

}  // namespace skerry::train
