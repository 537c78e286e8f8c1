// SPDX-License-Identifier: Apache-2.0
#include "net/gate.h"

#include <algorithm>
#include <utility>

#include "base/encoding.h"

namespace skerry::net {
namespace {

bool may_enter(Access access, Role role) {
  switch (access) {
    case Access::kOpen: return true;
    case Access::kAnyone: return role != Role::kAnonymous;
    case Access::kClient: return role == Role::kClient || role == Role::kAdmin;
    case Access::kSite: return role == Role::kSite || role == Role::kAdmin;
    case Access::kAdmin: return role == Role::kAdmin;
  }
  return false;
}

Refusal bad_request(std::string message) { return {400, invalid_argument(std::move(message)), {}}; }

// Splits an absolute-form target (RFC 9112 section 3.2.2), whose authority stands for Host.
std::string_view cut_authority(std::string_view& target) {
  const std::size_t scheme = target.starts_with("http://")    ? 7
                             : target.starts_with("https://") ? 8
                                                              : 0;
  if (scheme == 0) return {};
  target.remove_prefix(scheme);
  const auto end = std::min(target.find_first_of("/?"), target.size());
  const std::string_view authority = target.substr(0, end);
  target.remove_prefix(end);
  if (target.empty()) target = "/";
  return authority;
}

}  // namespace

Gate::Gate(std::span<const Route> routes, Router router, HostPolicy hosts,
           Authenticator& authenticator, std::uint64_t trust_ticks)
    : routes_(routes),
      router_(std::move(router)),
      hosts_(std::move(hosts)),
      authenticator_(authenticator),
      trust_ticks_(trust_ticks) {}

std::optional<Refusal> Gate::read_target(const RequestMessage& message, Caller& caller,
                                         Request& request) const {
  std::string_view target = message.target;
  std::string_view host = message.value(message.host);
  if (!target.starts_with('/')) {
    host = cut_authority(target);
    if (host.empty()) return bad_request("request target is neither a path nor a URL");
  }
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  request.query =
      question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
  if (request.query.find('%') != std::string_view::npos && !percent_decode(request.query)) {
    return bad_request("query has a broken percent-encoding");
  }
  // Before HTTP/1.1 a request may come without Host; a browser never does that.
  const bool old_without_host = host.empty() && message.host < 0 && message.version < 11;
  if (!old_without_host && (host.empty() || host != caller.host)) {
    if (!hosts_.host_allowed(host)) {
      return Refusal{403,
                     Error(Code::kPermissionDenied,
                           "this server does not answer to the host that the request names; "
                           "add the name to its allowed hosts"),
                     {}};
    }
    caller.host.assign(host);
  }
  if (message.origin >= 0 && !hosts_.origin_allowed(message.value(message.origin), host)) {
    return Refusal{
        403, Error(Code::kPermissionDenied, "requests from pages of another site are refused"), {}};
  }
  return std::nullopt;
}

Status Gate::authenticate(const RequestMessage& message, std::uint64_t tick, Caller& caller) const {
  if (message.authorization < 0) {
    return Error(Code::kUnauthenticated, "a token is needed, as Authorization: Bearer TOKEN");
  }
  const std::string_view header = message.value(message.authorization);
  if (tick < caller.trusted_until && header == caller.authorization) return {};
  caller.trusted_until = 0;
  const std::string token = TRY(token_from_authorization(header));
  caller.principal = TRY(authenticator_.authenticate(token));
  caller.authorization.assign(header);
  caller.trusted_until = tick + trust_ticks_;
  return {};
}

std::optional<Refusal> Gate::admit(const RequestMessage& message,
                                   std::optional<std::uint64_t> announced, std::uint64_t tick,
                                   Caller& caller, Request& request, const Route*& route) const {
  route = nullptr;
  request.method = message.method;
  request.headers = &message.headers;
  request.body = {};
  request.principal = &anonymous_;
  if (auto refusal = read_target(message, caller, request)) return refusal;
  Router::Match match = router_.find(request.method, request.path, request.parameters);
  switch (match.outcome) {
    case Router::Outcome::kFound: break;
    case Router::Outcome::kNoPath: return Refusal{404, not_found("there is no such path"), {}};
    case Router::Outcome::kBadPath: return bad_request("path has a broken or forbidden encoding");
    case Router::Outcome::kNoMethod:
      return Refusal{405, Error(Code::kUnimplemented, "the path takes " + match.allow + " only"),
                     std::move(match.allow)};
  }
  const Route& found = routes_[match.route];
  if (found.access != Access::kOpen) {
    if (auto status = authenticate(message, tick, caller); !status) {
      // A failing store of tokens (503, 500) is told from a token that is wrong (401).
      const int code = http_status(status.error().code());
      return Refusal{code, std::move(status).error(), {}};
    }
    request.principal = &caller.principal;
    if (!may_enter(found.access, caller.principal.role)) {
      return Refusal{
          403,
          Error(Code::kPermissionDenied,
                "the role of this token (" + format_role(caller.principal) + ") may not do this"),
          {}};
    }
  }
  if (found.handler && announced && *announced > found.body_bytes_max) {
    return Refusal{413,
                   Error(Code::kResourceExhausted, "request body is larger than the " +
                                                       std::to_string(found.body_bytes_max) +
                                                       " bytes that this path takes"),
                   {}};
  }
  if (message.expect >= 0 && !equal_without_case(message.value(message.expect), "100-continue")) {
    return Refusal{417, failed_precondition("only Expect: 100-continue is understood"), {}};
  }
  route = &found;
  return std::nullopt;
}

}  // namespace skerry::net
