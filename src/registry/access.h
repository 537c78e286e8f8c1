// SPDX-License-Identifier: Apache-2.0
//
// Who may do what in which repository (DESIGN, tokens): an admin everything; a client reads; a site
// reads models, policies and the desired state of its own ring.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace skerry::registry {

// The ring of a site; nullopt for a site that is not enrolled. Called for each request of a site.
using RingOfSite = std::function<std::optional<std::string>(std::string_view site)>;

bool may_pull(const net::Principal& principal, std::string_view repository,
              const RingOfSite& ring_of_site);

// Errors: kPermissionDenied in the form of api_error.h.
Status check_pull(const net::Principal& principal, std::string_view repository,
                  const RingOfSite& ring_of_site);
Status check_push(const net::Principal& principal, std::string_view repository);

}  // namespace skerry::registry
