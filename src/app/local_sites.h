// SPDX-License-Identifier: Apache-2.0
//
// Sites of this machine: enrolled at the hub beside them and run by the local deployer.
// Threads: single-thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "app/settings.h"
#include "base/result.h"
#include "deploy/deployer.h"
#include "deploy/local_deployer.h"
#include "net/auth.h"

namespace skerry::app {

class LocalSites {
 public:
  LocalSites(const Settings& settings, std::string state)
      : settings_(settings), state_(std::move(state)) {}

  // Errors: kNotFound without a skerry-site beside this program.
  Status open();

  // Enrols the site, unless this state folder has an enrolment for the same registry and ring, and
  // starts it. `poll`: instead of what the SiteSpec says; empty = not.
  Status start(const std::string& site, const std::string& ring, const std::string& listen,
               const std::string& registry_url, net::TokenFolder& tokens,
               const std::string& poll = "");

  // To be called a few times a second.
  void supervise() { deployer_->supervise(); }
  // Stops every site cleanly.
  void stop() { deployer_.reset(); }

  Result<std::vector<deploy::HostStatus>> observe() { return deployer_->observe_hosts(); }

  // URL of a site once it listens. Errors: kUnavailable before that.
  Result<std::string> url(const std::string& site) const;

 private:
  Result<std::string> enrolment(const std::string& site, const std::string& ring,
                                const std::string& registry_url, net::TokenFolder& tokens);

  const Settings& settings_;
  const std::string state_;
  std::unique_ptr<deploy::LocalDeployer> deployer_;
};

}  // namespace skerry::app
