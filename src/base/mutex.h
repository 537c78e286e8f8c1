// SPDX-License-Identifier: Apache-2.0
//
// std::mutex with clang's capability attributes: clang's -Wthread-safety cannot follow the plain
// type. Lock order between mutexes stands in docs/locks.md; no callback runs under a lock.
#pragma once

#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define SKERRY_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define SKERRY_THREAD_ATTRIBUTE(x)
#endif

#define SKERRY_GUARDED_BY(x) SKERRY_THREAD_ATTRIBUTE(guarded_by(x))
#define SKERRY_REQUIRES(...) SKERRY_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))

namespace skerry {

class SKERRY_THREAD_ATTRIBUTE(capability("mutex")) Mutex {
 public:
  void lock() SKERRY_THREAD_ATTRIBUTE(acquire_capability()) { mutex_.lock(); }
  void unlock() SKERRY_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class SKERRY_THREAD_ATTRIBUTE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) SKERRY_THREAD_ATTRIBUTE(acquire_capability(mutex))
      : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() SKERRY_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Waits on a Mutex that the caller holds.
using ConditionVariable = std::condition_variable_any;

}  // namespace skerry
