// SPDX-License-Identifier: Apache-2.0
#include "deploy/local_deployer.h"

#include <algorithm>
#include <csignal>

#include "base/ids.h"
#include "base/log.h"

namespace skerry::deploy {
namespace {

bool same(const SiteHost& a, const SiteHost& b) {
  return a.image == b.image && a.configuration == b.configuration && a.secrets == b.secrets;
}

}  // namespace

LocalDeployer::LocalDeployer(sys::FileSystem& fs, sys::Clock& clock, sys::ProcessLauncher& launcher,
                             Options options)
    : fs_(fs), clock_(clock), launcher_(launcher), options_(std::move(options)) {}

LocalDeployer::~LocalDeployer() {
  const MutexLock lock(mutex_);
  // All are asked first, so that their drains overlap, and each once: a second request ends a site
  // at once.
  for (auto& [site, host] : hosts_) {
    if (host.child == nullptr) continue;
    if (const Status asked = host.child->signal(SIGTERM); !asked.ok()) {
      log::error("stop {}: {}", site, asked.error().to_string());
    }
  }
  for (auto& [site, host] : hosts_) {
    if (host.child == nullptr) continue;
    const Result<sys::ExitStatus> ended = sys::await_end(*host.child, options_.stop_grace);
    if (!ended.ok()) log::error("stop {}: {}", site, ended.error().to_string());
  }
}

Status LocalDeployer::ensure(const SiteHost& host) {
  TRY(check_name(host.site).with("site"));
  const MutexLock lock(mutex_);
  Host& entry = hosts_[host.site];
  if (entry.child != nullptr && same(entry.request, host)) return ok_status();
  TRY(stop(entry));
  TRY(write_secrets(host));
  entry = Host{};
  entry.request = host;
  entry.back_off = options_.back_off_min;
  return start(entry);
}

Status LocalDeployer::remove(const std::string& site) {
  const MutexLock lock(mutex_);
  const auto found = hosts_.find(site);
  if (found == hosts_.end()) return not_found("no site \"" + site + "\" runs here");
  const Status stopped = stop(found->second);
  hosts_.erase(found);
  return stopped;
}

Result<std::vector<HostStatus>> LocalDeployer::observe_hosts() {
  const MutexLock lock(mutex_);
  std::vector<HostStatus> out;
  for (const auto& [site, host] : hosts_) {
    HostStatus status;
    status.site = site;
    status.state =
        host.child != nullptr ? HostStatus::State::kRunning : HostStatus::State::kBackingOff;
    status.pid = host.child != nullptr ? host.child->pid() : 0;
    status.restarts = host.restarts;
    status.last_exit = host.last_exit;
    out.push_back(std::move(status));
  }
  return out;
}

void LocalDeployer::supervise() {
  const MutexLock lock(mutex_);
  for (auto& [site, host] : hosts_) {
    if (host.child != nullptr) {
      const Result<std::optional<sys::ExitStatus>> ended = host.child->poll();
      if (!ended.ok()) {
        log::error("watch {}: {}", site, ended.error().to_string());
      } else if (*ended) {
        host.last_exit = (*ended)->to_string();
        schedule_restart(host);
      }
      continue;
    }
    if (clock_.steady_now() < host.start_at) continue;
    ++host.restarts;
    if (const Status started = start(host); !started.ok()) {
      host.last_exit = started.error().message();
      schedule_restart(host);
    }
  }
}

Status LocalDeployer::write_secrets(const SiteHost& host) {
  const std::string folder = sys::join_path(options_.sites_folder, host.site);
  TRY(fs_.make_directories(folder));
  for (const auto& [name, content] : host.secrets) {
    TRY(check_name(name).with("secret file"));
    TRY(sys::write_file_atomically(fs_, sys::join_path(folder, name), content, 0600));
  }
  return ok_status();
}

Status LocalDeployer::start(Host& host) {
  const std::string folder = sys::join_path(options_.sites_folder, host.request.site);
  sys::ProcessSpec spec;
  spec.program = options_.program;
  spec.arguments = options_.arguments;
  for (const auto& [name, value] : host.request.configuration) {
    spec.environment.emplace_back(name, value);
  }
  spec.log_path = sys::join_path(folder, "log");
  host.child = TRY(launcher_.launch(spec).with("start site " + host.request.site));
  host.started = clock_.steady_now();
  return ok_status();
}

Status LocalDeployer::stop(Host& host) {
  if (host.child == nullptr) return ok_status();
  const Result<sys::ExitStatus> ended = sys::terminate(*host.child, options_.stop_grace);
  host.child.reset();
  if (!ended.ok()) return ended.error().with("stop site " + host.request.site);
  host.last_exit = ended->to_string();
  return ok_status();
}

void LocalDeployer::schedule_restart(Host& host) {
  const sys::SteadyTime now = clock_.steady_now();
  if (host.child != nullptr && now - host.started >= options_.healthy_after) {
    host.back_off = options_.back_off_min;
  }
  host.child.reset();
  host.start_at = now + host.back_off;
  log::warning("site {} ended ({}); it starts again in {} ms", host.request.site, host.last_exit,
               host.back_off.count());
  host.back_off = std::min(host.back_off * 2, options_.back_off_max);
}

}  // namespace skerry::deploy
