// SPDX-License-Identifier: Apache-2.0
#include "net/server.h"

#include "net/listener.h"
#include "net/reactor.h"

namespace skerry::net {
namespace {

// How long a connection believes a token; with TokenFolder's own check a revocation is seen within
// 5 s.
constexpr std::chrono::milliseconds kTrustTime{1000};

class ReactorServer final : public Server {
 public:
  // Takes over the sockets.
  ReactorServer(Options options, std::vector<Route> routes, Router router, HostPolicy hosts,
                std::unique_ptr<TlsContext> tls, Authenticator& authenticator,
                const Listeners& listeners)
      : context_(std::move(options), std::move(routes), std::move(router), std::move(hosts),
                 authenticator, kTrustTime / Reactor::kTick, std::move(tls), sys::real_clock()),
        address_(listeners.host + ":" + std::to_string(listeners.port)) {
    for (const int descriptor : listeners.descriptors) {
      reactors_.push_back(std::make_unique<Reactor>(context_, descriptor));
    }
    for (const auto& reactor : reactors_) reactor->start();
  }

  ~ReactorServer() override { stop(std::chrono::milliseconds(0)); }

  std::string address() const override { return address_; }
  std::string url() const override { return (context_.tls ? "https://" : "http://") + address_; }
  Counters counters() const override {
    return {context_.connections_open, context_.connections_refused, context_.requests_refused};
  }
  void stop(std::chrono::milliseconds grace) override;

 private:
  ServerContext context_;
  const std::string address_;
  std::vector<std::unique_ptr<Reactor>> reactors_;
  bool stopped_ = false;
};

void ReactorServer::stop(std::chrono::milliseconds grace) {
  if (std::exchange(stopped_, true)) return;
  for (const auto& reactor : reactors_) {
    reactor->post([&reactor = *reactor] { reactor.drain(); });
  }
  if (grace.count() > 0) {
    const MutexLock lock(context_.drained_mutex);
    context_.drained.wait_for(context_.drained_mutex, grace,
                              [this] { return context_.connections_open == 0; });
  }
  for (const auto& reactor : reactors_) {
    reactor->post([&reactor = *reactor] { reactor.close_all(); });
  }
  // Jobs own connections, and a connection is destroyed while its reactor still exists but no
  // thread of it runs any more: hence this order.
  auto never_started = context_.pool.stop();
  for (const auto& reactor : reactors_) reactor->join();
  never_started.clear();
  context_.pool.stop().clear();
}

Status check_options(const Server::Options& options) {
  if (options.reactors < 1 || options.pool_threads < 1) {
    return invalid_argument("a server needs at least one reactor and one pool thread");
  }
  if (options.header_bytes_max < 256 || options.header_bytes_max > (16u << 20)) {
    return invalid_argument("header_bytes_max must be from 256 bytes to 16 MiB");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(Options options, std::vector<Route> routes,
                                              Authenticator& authenticator) {
  TRY(check_options(options));
  Router router = TRY(Router::build(routes));
  std::unique_ptr<TlsContext> tls;
  if (options.tls) tls = TRY(TlsContext::create(*options.tls));
  const Listeners listeners = TRY(open_listeners(options.listen, options.reactors));
  HostPolicy hosts(listeners.host, options.allowed_hosts);
  return std::unique_ptr<Server>(
      std::make_unique<ReactorServer>(std::move(options), std::move(routes), std::move(router),
                                      std::move(hosts), std::move(tls), authenticator, listeners));
}

}  // namespace skerry::net
