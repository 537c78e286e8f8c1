// SPDX-License-Identifier: Apache-2.0
//
// Open Inference Protocol V2 over HTTP/1.1 (step 3): health, metadata, configuration, inference in
// JSON and with binary tensors, repository index, statistics. Page: docs/formats/open-inference.md.
// Threads: handlers run inline on the reactors, any number at once.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "net/server.h"
#include "serve/repository.h"
#include "sys/clock.h"

namespace skerry::serve {

struct OipOptions {
  std::string server_name = "skerry";
  std::string server_version;
  std::size_t infer_bytes_max = limits::kJsonBytesMax;
  // False while the process drains: it is then live but not ready. Null = always true.
  std::function<bool()> accepting = nullptr;
};

// `models` and `clock` outlive the server that takes the routes.
std::vector<net::Route> oip_routes(const ModelRepository& models, sys::Clock& clock,
                                   OipOptions options);

// GET /metrics: Prometheus text (serve/prometheus.h), open to whoever has a token.
net::Route metrics_route(const ModelRepository& models);

}  // namespace skerry::serve
