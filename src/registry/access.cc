// SPDX-License-Identifier: Apache-2.0
#include "registry/access.h"

#include "registry/api_error.h"

namespace skerry::registry {
namespace {

constexpr std::string_view kFleet = "fleet/";

Error denied(std::string_view action, std::string_view repository) {
  return coded("DENIED", Code::kPermissionDenied,
               "this token may not " + std::string(action) + " " + std::string(repository));
}

}  // namespace

bool may_pull(const net::Principal& principal, std::string_view repository,
              const RingOfSite& ring_of_site) {
  switch (principal.role) {
    case net::Role::kAdmin:
    case net::Role::kClient: return true;
    case net::Role::kAnonymous: return false;
    case net::Role::kSite: break;
  }
  if (repository.starts_with("models/") || repository.starts_with("policies/")) return true;
  if (!repository.starts_with(kFleet) || !ring_of_site) return false;
  return ring_of_site(principal.site) == repository.substr(kFleet.size());
}

Status check_pull(const net::Principal& principal, std::string_view repository,
                  const RingOfSite& ring_of_site) {
  if (may_pull(principal, repository, ring_of_site)) return {};
  return denied("pull from", repository);
}

Status check_push(const net::Principal& principal, std::string_view repository) {
  if (principal.role == net::Role::kAdmin) return {};
  return denied("push to", repository);
}

}  // namespace skerry::registry
