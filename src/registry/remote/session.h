// SPDX-License-Identifier: Apache-2.0
//
// Requests to one registry, with its way of logging in: our tokens as Bearer, Basic, or the token
// service that a Bearer challenge names (distribution's token authentication). Threads: internally
// synchronised. Blocks: on the network.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/mutex.h"
#include "base/result.h"
#include "net/client.h"
#include "net/http.h"
#include "registry/remote/challenge.h"
#include "sys/clock.h"

namespace skerry::registry {

// What a request needs the right for.
struct Scope {
  std::string repository;  // Empty: the catalogue.
  bool push = false;

  // "repository:<name>:pull,push" or "registry:catalog:*".
  std::string to_string() const;
};

class Session {
 public:
  struct Credentials {
    std::string username;  // With `password`, for Basic and for token services.
    std::string password;
    std::string token;  // One of ours: sent as Bearer at once, as password of Basic when asked for.
  };

  // `client` and `clock` outlive the session.
  Session(net::Client& client, sys::Clock& clock, net::Url registry, Credentials credentials);

  // "https://registry.example:5000".
  const std::string& origin() const { return origin_; }

  // Sends what `make` gives; after a 401 logs in and sends it once more, so `make` may be called
  // twice. Credentials go to the registry's own origin and the token service only.
  Result<net::ClientResponse> send(const std::function<net::ClientRequest()>& make,
                                   const Scope& scope);

  // The URL a Location or Link header means. Errors: kInvalidArgument; kFailedPrecondition where it
  // leads from https to http.
  Result<std::string> follow(std::string_view location) const;

 private:
  struct Granted {
    std::string header;
    sys::Time until;
  };

  std::optional<std::string> authorization(const Scope& scope);
  // Does what the challenges ask for; authorization() then gives another header.
  Status log_in(std::string_view challenges, const Scope& scope);
  Status fetch_token(const Challenge& challenge, const Scope& scope);
  std::optional<std::string> basic() const;

  // Constant after construction.
  net::Client& client_;
  sys::Clock& clock_;
  const net::Url registry_;
  const std::string origin_;
  const Credentials credentials_;

  Mutex mutex_;
  bool use_basic_ SKERRY_GUARDED_BY(mutex_) = false;
  // One token for each scope: collecting scopes in one makes some services refuse it as too long.
  std::map<std::string, Granted> granted_ SKERRY_GUARDED_BY(mutex_);
};

// The Error of an answer that is none of those hoped for, with the code and text of its body.
Error answer_error(const net::ClientResponse& response, std::string_view action);

}  // namespace skerry::registry
