// SPDX-License-Identifier: Apache-2.0
#include "serve/metrics.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace skerry::serve {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

// The first bucket whose bound is not below `time`.
std::size_t bucket_of(std::chrono::nanoseconds time) {
  const auto us = std::chrono::ceil<std::chrono::microseconds>(time).count();
  if (us <= 1) return 0;
  return std::min(static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(us - 1))),
                  kLatencyBuckets - 1);
}

}  // namespace

void ModelCounters::succeeded(const StageTimes& times, std::uint64_t rows) {
  Slot& slot = slots_[thread_slot()];
  slot.latency[bucket_of(times.request)].fetch_add(1, kRelaxed);
  slot.rows.fetch_add(rows, kRelaxed);
  slot.request_ns.fetch_add(times.request.count(), kRelaxed);
  slot.input_ns.fetch_add(times.input.count(), kRelaxed);
  slot.infer_ns.fetch_add(times.infer.count(), kRelaxed);
  slot.output_ns.fetch_add(times.output.count(), kRelaxed);
}

void ModelCounters::failed(Failure reason, std::chrono::nanoseconds request) {
  Slot& slot = slots_[thread_slot()];
  (reason == Failure::kRejected ? slot.rejected : slot.backend).fetch_add(1, kRelaxed);
  slot.failed_ns.fetch_add(request.count(), kRelaxed);
}

Totals ModelCounters::totals() const {
  Totals sum;
  for (const Slot& slot : slots_) {
    sum.rows += slot.rows.load(kRelaxed);
    sum.rejected += slot.rejected.load(kRelaxed);
    sum.backend_failures += slot.backend.load(kRelaxed);
    sum.times.request += std::chrono::nanoseconds(slot.request_ns.load(kRelaxed));
    sum.times.input += std::chrono::nanoseconds(slot.input_ns.load(kRelaxed));
    sum.times.infer += std::chrono::nanoseconds(slot.infer_ns.load(kRelaxed));
    sum.times.output += std::chrono::nanoseconds(slot.output_ns.load(kRelaxed));
    sum.failed_time += std::chrono::nanoseconds(slot.failed_ns.load(kRelaxed));
    for (std::size_t i = 0; i < kLatencyBuckets; ++i) {
      const std::uint64_t count = slot.latency[i].load(kRelaxed);
      sum.latency[i] += count;
      sum.requests += count;
    }
  }
  return sum;
}

std::chrono::microseconds quantile(const Totals& totals, double share) {
  const double wanted = std::ceil(share * static_cast<double>(totals.requests));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kLatencyBuckets && totals.requests > 0; ++i) {
    seen += totals.latency[i];
    if (static_cast<double>(seen) >= wanted) return latency_bound(i);
  }
  return std::chrono::microseconds(0);
}

}  // namespace skerry::serve
