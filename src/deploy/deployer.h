// SPDX-License-Identifier: Apache-2.0
//
// Where sites run (step 2): as supervised processes here, as pods later. A SiteHost is a request
// for one running site; ensure() makes it so, again and again, until remove(). Threads:
// implementations are internally synchronised.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace skerry::deploy {

struct SiteHost {
  std::string site;
  std::string
      image;  // Of a container engine; the local deployer runs the site program beside skerry.
  std::map<std::string, std::string> configuration;  // SKERRY_* variables.
  std::map<std::string, std::string> secrets;  // File name to content, readable by the site alone.
};

struct HostStatus {
  enum class State { kRunning, kBackingOff, kStopped };
  std::string site;
  State state = State::kStopped;
  int pid = 0;                // 0 unless running as a process.
  std::int64_t restarts = 0;  // Since ensure().
  std::string last_exit;      // "exit code 3"; empty if it never ended.
};

class Deployer {
 public:
  virtual ~Deployer() = default;

  // Starts the site, or restarts it when the request differs from the last one. Returns when it was
  // started, not when it is ready. Errors: kInvalidArgument, kNotFound for a missing program.
  virtual Status ensure(const SiteHost& host) = 0;
  // Stops it cleanly (SIGTERM, then SIGKILL after the grace). Errors: kNotFound.
  virtual Status remove(const std::string& site) = 0;
  // Sorted by site.
  virtual Result<std::vector<HostStatus>> observe_hosts() = 0;
};

}  // namespace skerry::deploy
