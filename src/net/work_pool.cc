// SPDX-License-Identifier: Apache-2.0
#include "net/work_pool.h"

#include <signal.h>

#include <utility>

#include "sys/signals.h"

namespace skerry::net {

void block_sigpipe() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

WorkPool::WorkPool(int threads, std::size_t queue_max, const char* thread_name)
    : queue_max_(queue_max) {
  for (int i = 0; i < threads; ++i) {
    threads_.emplace_back([this, thread_name] { run(thread_name); });
  }
}

WorkPool::~WorkPool() { stop(); }

bool WorkPool::submit_new(Job job) {
  {
    const MutexLock lock(mutex_);
    if (stopped_ || queue_.size() >= queue_max_) return false;
    queue_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

void WorkPool::submit_next(Job job) {
  {
    const MutexLock lock(mutex_);
    queue_.push_back(std::move(job));
  }
  wake_.notify_one();
}

std::deque<WorkPool::Job> WorkPool::stop() {
  {
    const MutexLock lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
  threads_.clear();
  const MutexLock lock(mutex_);
  return std::exchange(queue_, {});
}

void WorkPool::run(const char* thread_name) {
  sys::name_thread(thread_name);
  block_sigpipe();
  for (;;) {
    Job job;
    {
      const MutexLock lock(mutex_);
      while (queue_.empty() && !stopped_) wake_.wait(mutex_);
      if (stopped_) return;
      job = std::move(queue_.front());
      queue_.pop_front();
    }
    job();
  }
}

}  // namespace skerry::net
