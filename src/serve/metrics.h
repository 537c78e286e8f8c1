// SPDX-License-Identifier: Apache-2.0
//
// What a model has done: counts, time by stage and a latency histogram, kept per thread slot so
// that counting costs nothing worth mentioning on the request path. Threads: internally
// synchronised; totals() is a moment's view, each number exact on its own.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

#include "serve/thread_slot.h"

namespace skerry::serve {

// Upper bounds double from 1 microsecond to 16.8 s; the last bucket has no bound.
inline constexpr std::size_t kLatencyBuckets = 26;
// Upper bound of a bucket but the last.
constexpr std::chrono::microseconds latency_bound(std::size_t bucket) {
  return std::chrono::microseconds(std::int64_t{1} << bucket);
}

enum class Failure { kRejected, kBackend };

struct StageTimes {
  std::chrono::nanoseconds request{0};
  std::chrono::nanoseconds input{0};  // Decoding and checking.
  std::chrono::nanoseconds infer{0};
  std::chrono::nanoseconds output{0};  // Encoding.
};

struct Totals {
  std::uint64_t requests = 0;  // That succeeded.
  std::uint64_t rows = 0;
  std::uint64_t rejected = 0;
  std::uint64_t backend_failures = 0;
  StageTimes times;                                      // Sums over the requests that succeeded.
  std::chrono::nanoseconds failed_time{0};               // Sum over those that failed.
  std::array<std::uint64_t, kLatencyBuckets> latency{};  // Requests by bucket, not cumulative.
};

class ModelCounters {
 public:
  void succeeded(const StageTimes& times, std::uint64_t rows);
  void failed(Failure reason, std::chrono::nanoseconds request);
  Totals totals() const;

 private:
  struct alignas(64) Slot {
    std::atomic<std::uint64_t> rows{0};
    std::atomic<std::uint64_t> rejected{0};
    std::atomic<std::uint64_t> backend{0};
    std::atomic<std::int64_t> request_ns{0};
    std::atomic<std::int64_t> input_ns{0};
    std::atomic<std::int64_t> infer_ns{0};
    std::atomic<std::int64_t> output_ns{0};
    std::atomic<std::int64_t> failed_ns{0};
    std::array<std::atomic<std::uint64_t>, kLatencyBuckets> latency{};
  };
  std::array<Slot, kThreadSlots> slots_;
};

// The latency below which `share` of the requests stayed, as the upper bound of its bucket; zero
// without requests.
std::chrono::microseconds quantile(const Totals& totals, double share);

}  // namespace skerry::serve
