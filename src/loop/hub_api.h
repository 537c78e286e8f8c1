// SPDX-License-Identifier: Apache-2.0
//
// The hub's HTTP API, /api/v1/ (docs/formats/hub-api.md): models, rollouts, health.
// Threads: handlers run on the server's pool, any number at once.
#pragma once

#include <vector>

#include "loop/rollout.h"
#include "net/server.h"
#include "registry/registry.h"

namespace skerry::loop {

// Both outlive the server that takes the routes.
std::vector<net::Route> hub_routes(registry::Registry& registry, RolloutController& rollouts);

}  // namespace skerry::loop
