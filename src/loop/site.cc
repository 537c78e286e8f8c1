// SPDX-License-Identifier: Apache-2.0
#include "loop/site.h"

#include <atomic>
#include <map>
#include <mutex>
#include <vector>

#include "base/log.h"
#include "bundle/bundle.h"
#include "loop/baked_bundle.h"
#include "loop/site_api.h"
#include "serve/oip_routes.h"
#include "serve/prometheus.h"
#include "serve/repository.h"
#include "sys/signals.h"

namespace skerry::loop {
namespace {

constexpr std::uint64_t kBundleBytesMax = 4ull << 30;

using ModelPtr = std::shared_ptr<const serve::LoadedModel>;

// Joins the agent to serving: what was loaded and checked waits here until it is served.
class RepositoryTarget final : public ModelTarget {
 public:
  RepositoryTarget(serve::Runtime& runtime, serve::ModelRepository& models)
      : runtime_(runtime), models_(models) {}

  Result<ModelInfo> load(const Digest& digest, std::string_view bundle_tar) override {
    const bundle::BundleView view = TRY(bundle::open(bundle_tar));
    const ModelPtr model = TRY(serve::load_bundle(runtime_, view, digest.to_string()));
    loaded_[digest] = model;
    return ModelInfo{model->version, model->manifest->pipeline_digest};
  }

  void serve(std::span<const ServedSlot> slots) override {
    std::map<Digest, ModelPtr> kept;
    std::vector<serve::AspiredVersion> wanted;
    for (const ServedSlot& slot : slots) {
      const ModelPtr model = loaded_.at(slot.digest);
      kept[slot.digest] = model;
      wanted.push_back({slot.name, model->version, slot.digest.to_string(), slot.current,
                        [model]() -> Result<ModelPtr> { return model; }});
    }
    for (const auto& [state, error] : models_.aspire(wanted)) {
      log::error("serve {} version {}: {}", state.name, state.version, error.to_string());
    }
    loaded_ = std::move(kept);
  }

 private:
  serve::Runtime& runtime_;
  serve::ModelRepository& models_;
  std::map<Digest, ModelPtr> loaded_;  // Belongs to the agent's thread.
};

class RunningSite final : public Site {
 public:
  RunningSite(const SiteTools& tools, SiteOptions options)
      : tools_(tools), options_(std::move(options)), target_(tools.runtime, models_) {}

  ~RunningSite() override { join_agent(); }

  Status open() {
    TRY(tools_.files.make_directories(options_.folder));
    if (tools_.registry != nullptr) {
      Agent::Options agent;
      agent.site = options_.site;
      agent.ring = options_.ring;
      agent.folder = options_.folder;
      agent.poll_interval = options_.poll_interval;
      agent_ = std::make_unique<Agent>(tools_.files, tools_.clock, *tools_.registry, target_,
                                       std::move(agent));
      TRY(agent_->start());
    } else if (!options_.bundle_path.empty()) {
      TRY(serve_baked_bundle());
    }
    SiteApi::Options api;
    api.assets.assets_max = options_.assets_max;
    api_ = std::make_unique<SiteApi>(models_, tools_.clock, [this] { return status(); }, api);
    TRY(listen());
    if (agent_ != nullptr) {
      agent_thread_ = std::jthread([this](std::stop_token stop) { follow(stop); });
    }
    return ok_status();
  }

  std::string url() const override { return api_server_->url(); }
  std::string metrics_url() const override { return metrics_server_->url(); }

  void stop(std::chrono::milliseconds grace) override {
    accepting_ = false;
    join_agent();
    api_server_->stop(grace);
    metrics_server_->stop(std::chrono::milliseconds(0));
  }

 private:
  Status serve_baked_bundle() {
    const std::string tar = TRY(read_bundle(tools_.files, options_.bundle_path, kBundleBytesMax));
    const bundle::BundleView view = TRY(bundle::open(tar).with(options_.bundle_path));
    const Digest digest = Digest::of(tar);
    TRY(target_.load(digest, tar).with(options_.bundle_path));
    const ServedSlot slot{view.name, digest, true};
    target_.serve({&slot, 1});
    return ok_status();
  }

  Status listen() {
    serve::OipOptions oip;
    oip.server_version = options_.version;
    oip.accepting = [this] { return accepting_.load(); };
    std::vector<net::Route> routes = serve::oip_routes(models_, tools_.clock, std::move(oip));
    for (net::Route& route : api_->routes()) routes.push_back(std::move(route));
    options_.api.thread_name = "site";
    api_server_ = TRY(net::Server::start(options_.api, std::move(routes), tools_.authenticator)
                          .with("site " + options_.site));
    options_.metrics.thread_name = "metrics";
    metrics_server_ =
        TRY(net::Server::start(options_.metrics, {metrics_route()}, tools_.authenticator)
                .with("metrics of site " + options_.site));
    return ok_status();
  }

  net::Route metrics_route() {
    net::Route route = serve::metrics_route(models_);
    route.handler = [this](const net::Request&, net::Response& response) {
      response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
      response.body = serve::prometheus_text(models_) + api_->prometheus_text();
    };
    return route;
  }

  json::Object status() const {
    json::Object out;
    out["site"] = options_.site;
    out["ring"] = options_.ring;
    out["at"] = sys::format_time(tools_.clock.now());
    out["trust"] = "digest-only";
    const json::Object agent =
        agent_ != nullptr ? to_json(agent_->status()) : to_json(baked_status());
    for (const auto& member : agent) out[member.key()] = member.value();
    return out;
  }

  // A site without a ring serves what its image holds.
  AgentStatus baked_status() const {
    AgentStatus status;
    for (const serve::VersionState& version : models_.list()) {
      const Result<Digest> digest = Digest::parse(version.digest);
      SKERRY_CHECK(digest.ok());  // Written by serve_baked_bundle().
      status.models.push_back({version.name, SlotStatus{*digest, version.version}, {}});
    }
    if (status.models.empty()) status.problems.push_back("no_desired_state");
    return status;
  }

  void follow(std::stop_token stop) {
    sys::name_thread("agent");
    do {
      const AgentStatus before = agent_->status();
      agent_->poll();
      log_change(before, agent_->status());
    } while (sys::sleep_unless_stopped(stop, agent_->poll_interval()));
  }

  static void log_change(const AgentStatus& before, const AgentStatus& after) {
    if (after.generation_applied != before.generation_applied) {
      log::info("desired state of generation {} is applied", after.generation_applied);
    }
    if (after.problems != before.problems && !after.problems.empty()) {
      log::warning("{}: {}", after.problems.front(), after.detail);
    }
  }

  void join_agent() {
    agent_thread_.request_stop();
    if (agent_thread_.joinable()) agent_thread_.join();
  }

  const SiteTools tools_;
  SiteOptions options_;
  serve::ModelRepository models_;
  RepositoryTarget target_;
  std::unique_ptr<Agent> agent_;
  std::unique_ptr<SiteApi> api_;
  std::atomic<bool> accepting_ = true;
  std::unique_ptr<net::Server> api_server_;
  std::unique_ptr<net::Server> metrics_server_;
  std::jthread agent_thread_;
};

}  // namespace

Result<std::unique_ptr<Site>> Site::start(const SiteTools& tools, SiteOptions options) {
  auto site = std::make_unique<RunningSite>(tools, std::move(options));
  TRY(site->open());
  return std::unique_ptr<Site>(std::move(site));
}

}  // namespace skerry::loop
