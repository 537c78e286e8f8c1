// SPDX-License-Identifier: Apache-2.0
//
// What the reactors and connections of one server share.
// Threads: constant after construction, but for the counters and the pool, which are internally
// synchronised.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "net/byte_stream.h"
#include "net/gate.h"
#include "net/server.h"
#include "net/work_pool.h"
#include "sys/clock.h"

namespace skerry::net {

struct ServerContext {
  ServerContext(Server::Options with, std::vector<Route> table, Router router, HostPolicy hosts,
                Authenticator& authenticator, std::uint64_t trust_ticks,
                std::unique_ptr<TlsContext> tls_context, sys::Clock& time)
      : options(std::move(with)),
        routes(std::move(table)),
        gate(routes, std::move(router), std::move(hosts), authenticator, trust_ticks),
        tls(std::move(tls_context)),
        clock(time),
        pool(options.pool_threads, options.pool_queue_max, options.thread_name) {}

  const Server::Options options;
  const std::vector<Route> routes;
  const Gate gate;
  const std::unique_ptr<TlsContext> tls;  // Null = plain.
  sys::Clock& clock;
  WorkPool pool;

  // Counts a connection out, and wakes who waits for the last one.
  void connection_closed() {
    const MutexLock lock(drained_mutex);
    if (connections_open.fetch_sub(1) == 1) drained.notify_all();
  }

  std::atomic<std::size_t> connections_open = 0;
  std::atomic<std::uint64_t> connections_refused = 0;
  std::atomic<std::uint64_t> requests_refused = 0;  // 503: the pool's queue was full.
  Mutex drained_mutex;
  ConditionVariable drained;
};

}  // namespace skerry::net
