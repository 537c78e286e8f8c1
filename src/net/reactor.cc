// SPDX-License-Identifier: Apache-2.0
#include "net/reactor.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>

#include "net/connection.h"
#include "net/response_writer.h"
#include "sys/signals.h"

namespace skerry::net {
namespace {

constexpr std::size_t kScratchBytes = 128u << 10;
// After accept() failed for want of descriptors or memory.
constexpr std::chrono::milliseconds kAcceptPause{100};

std::string peer_text(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  } else {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  }
  return text.data();
}

// Errors that concern the one connection only; the next accept() may succeed.
bool passing_accept_error(int error) {
  return error == EINTR || error == ECONNABORTED || error == EPROTO;
}

}  // namespace

Reactor::Reactor(ServerContext& context, int listener)
    : context_(context),
      io_(1),
      guard_(io_.get_executor()),
      listener_(io_, listener),
      accept_timer_(io_),
      tick_timer_(io_),
      scratch_(kScratchBytes) {}

Reactor::~Reactor() = default;

void Reactor::start() {
  refresh_date();
  accept();
  thread_ = std::jthread([this] {
    sys::name_thread(context_.options.thread_name);
    block_sigpipe();
    io_.run();
  });
}

void Reactor::post(std::function<void()> work) { boost::asio::post(io_, std::move(work)); }

void Reactor::drain() {
  draining_ = true;
  boost::system::error_code ignored;
  listener_.close(ignored);
  accept_timer_.cancel();
  for (auto next = connections_.begin(); next != connections_.end();) {
    (*next++)->drain();  // May take itself out of the list.
  }
}

void Reactor::close_all() {
  while (!connections_.empty()) connections_.front()->close();
  tick_timer_.cancel();
}

void Reactor::join() {
  guard_.reset();
  if (thread_.joinable()) thread_.join();
}

std::uint64_t Reactor::deadline(std::chrono::milliseconds timeout) const {
  return tick_ + static_cast<std::uint64_t>(timeout / kTick) + 1;
}

void Reactor::remove(const Connection& connection) {
  connections_.erase(connection.place());
  context_.connection_closed();
}

void Reactor::accept() {
  listener_.async_wait(boost::asio::posix::descriptor_base::wait_read, [this](const auto& error) {
    if (error || draining_) return;
    for (;;) {
      sockaddr_storage address{};
      socklen_t size = sizeof address;
      const int descriptor =
          ::accept4(listener_.native_handle(), reinterpret_cast<sockaddr*>(&address), &size,
                    SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (descriptor >= 0) {
        take(descriptor, peer_text(address));
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        return accept();
      } else if (!passing_accept_error(errno)) {
        accept_timer_.expires_after(kAcceptPause);
        accept_timer_.async_wait([this](const auto& cancelled) {
          if (!cancelled && !draining_) accept();
        });
        return;
      }
    }
  });
}

void Reactor::take(int descriptor, std::string peer) {
  if (context_.connections_open.fetch_add(1) >= context_.options.connections_max) {
    context_.connections_open.fetch_sub(1);
    context_.connections_refused.fetch_add(1);
    ::close(descriptor);
    return;
  }
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (!ticking_) schedule_tick();
  auto connection = std::make_shared<Connection>(*this, descriptor, std::move(peer));
  connections_.push_front(connection);
  connection->set_place(connections_.begin());
  connection->start();
}

void Reactor::schedule_tick() {
  if (!ticking_) refresh_date();
  ticking_ = true;
  tick_timer_.expires_after(kTick);
  tick_timer_.async_wait([this](const auto& cancelled) {
    if (!cancelled) on_tick();
  });
}

void Reactor::on_tick() {
  ++tick_;
  for (auto next = connections_.begin(); next != connections_.end();) {
    (*next++)->on_tick();
  }
  if (connections_.empty()) {
    ticking_ = false;
    return;
  }
  refresh_date();
  schedule_tick();
}

void Reactor::refresh_date() {
  const auto now = std::chrono::floor<std::chrono::seconds>(context_.clock.now());
  if (!date_.empty() && now == date_time_) return;
  date_time_ = now;
  date_ = http_date(now);
}

}  // namespace skerry::net
