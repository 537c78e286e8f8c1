// SPDX-License-Identifier: Apache-2.0
//
// Decides about a request once its head is complete: host, route, caller, body size. Everything
// here happens before a byte of the body is taken. Threads: a Gate is immutable; a Caller and a
// Request belong to one connection.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "net/auth.h"
#include "net/host_policy.h"
#include "net/request_parser.h"
#include "net/router.h"
#include "net/server.h"

namespace skerry::net {

// A request that is not let in: what to answer.
struct Refusal {
  int status;
  Error error;
  std::string allow;  // Of a 405.
};

// What a connection remembers of its caller, so that a request like the one before costs two
// comparisons. Only text that already passed is kept, so comparing tells a stranger nothing.
struct Caller {
  std::string host;                 // The Host that passed last.
  std::string authorization;        // The Authorization that passed last.
  Principal principal;              // Whom it stands for,
  std::uint64_t trusted_until = 0;  // up to this tick.
};

class Gate {
 public:
  // `trust_ticks`: how long a caller is believed without asking the authenticator again.
  Gate(std::span<const Route> routes, Router router, HostPolicy hosts, Authenticator& authenticator,
       std::uint64_t trust_ticks);

  // Fills `request` (but not its body) and `route`, or says why not. `announced` as
  // RequestParser::announced_body_bytes(). The views in `request` point into `message` and
  // `caller`.
  std::optional<Refusal> admit(const RequestMessage& message,
                               std::optional<std::uint64_t> announced, std::uint64_t tick,
                               Caller& caller, Request& request, const Route*& route) const;

 private:
  std::optional<Refusal> read_target(const RequestMessage& message, Caller& caller,
                                     Request& request) const;
  Status authenticate(const RequestMessage& message, std::uint64_t tick, Caller& caller) const;

  const std::span<const Route> routes_;
  const Router router_;
  const HostPolicy hosts_;
  Authenticator& authenticator_;
  const std::uint64_t trust_ticks_;
  const Principal anonymous_;
};

}  // namespace skerry::net
