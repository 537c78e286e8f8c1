// SPDX-License-Identifier: Apache-2.0
//
// Sites as child processes of this one. A site that ends by itself is started again, later each
// time it ends early; all of them end with this process, however it ends. Threads: internally
// synchronised; supervise() is called by one thread, a few times a second.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "deploy/deployer.h"
#include "sys/clock.h"
#include "sys/files.h"
#include "sys/process.h"

namespace skerry::deploy {

class LocalDeployer final : public Deployer {
 public:
  struct Options {
    std::string program;                 // Absolute path of skerry-site.
    std::vector<std::string> arguments;  // Before the site's own.
    std::string sites_folder;            // Holds one folder a site: secrets, log, state.
    std::chrono::milliseconds back_off_min{500};
    std::chrono::milliseconds back_off_max{30'000};
    std::chrono::milliseconds healthy_after{10'000};  // Running this long resets the back-off.
    std::chrono::milliseconds stop_grace{10'000};
  };

  LocalDeployer(sys::FileSystem& fs, sys::Clock& clock, sys::ProcessLauncher& launcher,
                Options options);
  ~LocalDeployer() override;  // Stops every site.

  Status ensure(const SiteHost& host) override;
  Status remove(const std::string& site) override;
  Result<std::vector<HostStatus>> observe_hosts() override;

  // Notices ended sites and starts those whose back-off is over.
  void supervise();

 private:
  struct Host {
    SiteHost request;
    std::unique_ptr<sys::Child> child;
    sys::SteadyTime started{};
    sys::SteadyTime start_at{};  // While backing off.
    std::chrono::milliseconds back_off{0};
    std::int64_t restarts = 0;
    std::string last_exit;
  };

  Status write_secrets(const SiteHost& host);
  Status start(Host& host) SKERRY_REQUIRES(mutex_);
  Status stop(Host& host) SKERRY_REQUIRES(mutex_);
  void schedule_restart(Host& host) SKERRY_REQUIRES(mutex_);

  sys::FileSystem& fs_;
  sys::Clock& clock_;
  sys::ProcessLauncher& launcher_;
  const Options options_;

  Mutex mutex_;
  std::map<std::string, Host> hosts_ SKERRY_GUARDED_BY(mutex_);
};

}  // namespace skerry::deploy
