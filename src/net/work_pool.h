// SPDX-License-Identifier: Apache-2.0
//
// The threads on which blocking routes and streamed bodies run.
// Threads: internally synchronised. The queue is bounded for new requests; work that goes on with a
// request already taken is always accepted, one job a connection.
#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "base/mutex.h"

namespace skerry::net {

class WorkPool {
 public:
  using Job = std::function<void()>;

  WorkPool(int threads, std::size_t queue_max, const char* thread_name);
  ~WorkPool();

  // False when the queue is full or the pool stopped; the job is then dropped.
  bool submit_new(Job job);
  void submit_next(Job job);

  // Lets the running jobs end and returns those that never started.
  std::deque<Job> stop();

 private:
  void run(const char* thread_name);

  const std::size_t queue_max_;

  Mutex mutex_;
  ConditionVariable wake_;
  std::deque<Job> queue_ SKERRY_GUARDED_BY(mutex_);
  bool stopped_ SKERRY_GUARDED_BY(mutex_) = false;

  std::vector<std::jthread> threads_;
};

// Keeps SIGPIPE from the calling thread: a write to a closed socket is an error there, not a
// signal.
void block_sigpipe();

}  // namespace skerry::net
