// SPDX-License-Identifier: Apache-2.0
//
// A running site (steps 2 and 3): scoring over HTTP, and an agent that follows the ring's desired
// state when there is a registry, or one baked-in bundle when there is none. Threads: start() and
// stop() belong to one thread; one agent thread is made and joined inside.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/result.h"
#include "loop/agent.h"
#include "net/auth.h"
#include "net/server.h"
#include "registry/registry.h"
#include "serve/runtime.h"
#include "sys/clock.h"
#include "sys/files.h"

namespace skerry::loop {

// What a site gets from outside; all of it outlives the site.
struct SiteTools {
  sys::FileSystem& files;
  sys::Clock& clock;
  serve::Runtime& runtime;
  net::Authenticator& authenticator;
  registry::Registry* registry = nullptr;  // Null = no agent.
};

struct SiteOptions {
  std::string site;
  std::string ring;
  std::string folder;  // State of this site.
  // Without a registry: a bundle's tar, or a folder with a bundle's files. Empty = serve nothing
  // yet.
  std::string bundle_path;
  net::Server::Options api;
  net::Server::Options metrics;
  std::size_t assets_max = 10'000;
  std::optional<std::chrono::milliseconds> poll_interval;
  std::string version;  // Of the program, for metadata.
};

class Site {
 public:
  // Loads what the disk holds, then listens. Errors: a port in use, a damaged state folder, a
  // baked-in bundle that does not load.
  static Result<std::unique_ptr<Site>> start(const SiteTools& tools, SiteOptions options);
  virtual ~Site() = default;

  virtual std::string url() const = 0;
  virtual std::string metrics_url() const = 0;
  // Not ready any more, then lets running requests end.
  virtual void stop(std::chrono::milliseconds grace) = 0;
};

}  // namespace skerry::loop
