// SPDX-License-Identifier: Apache-2.0
//
// One thread that accepts connections on its own listening socket and owns them to their end.
// Threads: everything but post() belongs to the reactor's thread, or to the starting and stopping
// thread while that one does not run.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "net/server_context.h"

namespace skerry::net {

class Connection;

class Reactor {
 public:
  // Time is counted in ticks: deadlines are coarse, and no request reads a clock.
  static constexpr std::chrono::milliseconds kTick{250};

  // Takes over `listener`, a listening non-blocking socket.
  Reactor(ServerContext& context, int listener);
  ~Reactor();

  void start();
  // Runs `work` on the reactor's thread.
  void post(std::function<void()> work);
  // Stops accepting; closes idle connections now and the others after their running request.
  void drain();
  // Closes every connection. Called after drain().
  void close_all();
  // Waits for the thread to end, which it does when every connection is closed and destroyed.
  void join();

  ServerContext& context() { return context_; }
  boost::asio::io_context& io() { return io_; }
  bool draining() const { return draining_; }
  std::uint64_t tick() const { return tick_; }
  // The tick after which `timeout` is over.
  std::uint64_t deadline(std::chrono::milliseconds timeout) const;
  // The time as HTTP writes it, not older than a tick while there are connections.
  std::string_view date() const { return date_; }
  // A read buffer that all connections of the reactor use in turn.
  std::span<char> scratch() { return scratch_; }
  void remove(const Connection& connection);

 private:
  void accept();
  void take(int descriptor, std::string peer);
  void schedule_tick();
  void on_tick();
  void refresh_date();

  ServerContext& context_;
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
  boost::asio::posix::stream_descriptor listener_;
  boost::asio::steady_timer accept_timer_;
  boost::asio::steady_timer tick_timer_;
  bool ticking_ = false;
  bool draining_ = false;
  std::uint64_t tick_ = 1;
  std::string date_;
  sys::Time date_time_{};
  std::vector<char> scratch_;
  std::list<std::shared_ptr<Connection>> connections_;
  std::jthread thread_;
};

}  // namespace skerry::net
