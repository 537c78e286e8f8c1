// SPDX-License-Identifier: Apache-2.0
//
// A running hub: the embedded registry, which is the control channel, and the hub's API. It never
// calls a site. Threads: start() and stop() belong to one thread; one housekeeping thread is made
// and joined inside.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "domain/site_spec.h"
#include "net/auth.h"
#include "net/server.h"
#include "registry/store.h"
#include "sys/clock.h"
#include "sys/files.h"
#include "sys/random.h"

namespace skerry::loop {

struct HubTools {
  sys::FileSystem& files;
  sys::Clock& clock;
  sys::Random& random;
  net::Authenticator& authenticator;
};

struct HubOptions {
  std::string registry_folder;
  std::string enrolled_folder;  // See enrol.h.
  registry::Store::Options store;
  net::Server::Options registry;
  net::Server::Options api;
  SiteIntervals intervals;
  std::chrono::minutes collect_every{60};
  std::chrono::seconds collect_grace{24 * 3600};  // Younger blobs may belong to a push under way.
};

class Hub {
 public:
  // Errors: a port in use, a damaged registry folder.
  static Result<std::unique_ptr<Hub>> start(const HubTools& tools, HubOptions options);
  virtual ~Hub() = default;

  virtual std::string api_url() const = 0;
  virtual std::string registry_url() const = 0;
  virtual void stop(std::chrono::milliseconds grace) = 0;
};

}  // namespace skerry::loop
