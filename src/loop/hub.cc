// SPDX-License-Identifier: Apache-2.0
#include "loop/hub.h"

#include <thread>

#include "base/log.h"
#include "loop/enrol.h"
#include "loop/hub_api.h"
#include "loop/rollout.h"
#include "registry/server.h"
#include "sys/signals.h"

namespace skerry::loop {
namespace {

class RunningHub final : public Hub {
 public:
  RunningHub(const HubTools& tools, HubOptions options, std::unique_ptr<registry::Store> store)
      : options_(std::move(options)),
        enrolled_(tools.files, options_.enrolled_folder),
        store_(std::move(store)),
        rollouts_(*store_, {options_.intervals}) {}

  Status listen(net::Authenticator& authenticator) {
    registry::use_registry_errors(options_.registry);
    options_.registry.thread_name = "registry";
    registry::ApiOptions api;
    api.ring_of_site = [this](std::string_view site) { return enrolled_.ring_of(site); };
    registry_server_ =
        TRY(net::Server::start(options_.registry,
                               registry::registry_routes(*store_, std::move(api)), authenticator)
                .with("registry"));
    options_.api.thread_name = "hub";
    api_server_ =
        TRY(net::Server::start(options_.api, hub_routes(*store_, rollouts_), authenticator)
                .with("hub"));
    housekeeping_ = std::jthread([this](std::stop_token stop) { keep_house(stop); });
    return ok_status();
  }

  std::string api_url() const override { return api_server_->url(); }
  std::string registry_url() const override { return registry_server_->url(); }

  void stop(std::chrono::milliseconds grace) override {
    housekeeping_.request_stop();
    api_server_->stop(grace);
    registry_server_->stop(grace);
  }

 private:
  void keep_house(std::stop_token stop) {
    sys::name_thread("hub-house");
    while (sys::sleep_unless_stopped(stop, options_.collect_every)) {
      const Result<registry::Store::Collected> freed = store_->collect(options_.collect_grace);
      if (!freed.ok()) {
        log::error("registry collection: {}", freed.error().to_string());
      } else if (freed->bytes > 0) {
        log::info("registry collection freed {} bytes", freed->bytes);
      }
    }
  }

  HubOptions options_;
  EnrolledSites enrolled_;
  std::unique_ptr<registry::Store> store_;
  RolloutController rollouts_;
  std::unique_ptr<net::Server> registry_server_;
  std::unique_ptr<net::Server> api_server_;
  std::jthread housekeeping_;  // Last: joined before what it uses goes away.
};

}  // namespace

Result<std::unique_ptr<Hub>> Hub::start(const HubTools& tools, HubOptions options) {
  std::unique_ptr<registry::Store> store =
      TRY(registry::Store::open(tools.files, tools.clock, tools.random, options.registry_folder,
                                options.store)
              .with("registry"));
  auto hub = std::make_unique<RunningHub>(tools, std::move(options), std::move(store));
  TRY(hub->listen(tools.authenticator));
  return std::unique_ptr<Hub>(std::move(hub));
}

}  // namespace skerry::loop
