// SPDX-License-Identifier: Apache-2.0
//
// The Store as an HTTP registry: OCI distribution-spec 1.1.1, end-1 to end-13, with cancel (end-14)
// and ?tag= (end-7b) of its successor. Threads: handlers run on the server's pool, any number at
// once; the Store serialises what must be. Memory: blobs stream in and out in pieces; a manifest is
// held whole.
#pragma once

#include <cstddef>
#include <vector>

#include "net/server.h"
#include "registry/access.h"
#include "registry/store.h"

namespace skerry::registry {

struct ApiOptions {
  RingOfSite ring_of_site;               // Empty: a site reads no fleet/<ring>.
  std::size_t referrers_page = 500;      // Descriptors in one answer.
  std::size_t tag_parameters_max = 100;  // ?tag= of one push; above: 414.
};

// The routes, all below /v2/. Every one needs a valid token; what it may do is checked per
// repository. `store` outlives the server.
std::vector<net::Route> registry_routes(Store& store, ApiOptions options);

// Makes a server's own refusals (401, 403, 413, ...) look like the API's, and its 401 a challenge
// that docker and skopeo answer with the token as password.
void use_registry_errors(net::Server::Options& options);

}  // namespace skerry::registry
