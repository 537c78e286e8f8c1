// SPDX-License-Identifier: Apache-2.0
//
// Outbound HTTP: blocking, with pooled connections, proxies from the environment and TLS
// verification that cannot be turned off. Threads: a Client is internally synchronised.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace skerry::net {

struct ClientRequest {
  std::string method = "GET";
  std::string url{};
  Headers headers{};
  std::string body{};
  // Instead of `body`: fills `out` with the next bytes, 0 at the end. Needs `body_bytes`.
  std::function<Result<std::size_t>(std::span<char> out)> body_source{};
  std::uint64_t body_bytes = 0;
  // Takes the body of a 2xx answer piece by piece instead of ClientResponse::body. An error ends
  // the transfer and is returned.
  std::function<Status(std::string_view bytes)> body_sink{};
  std::uint64_t response_bytes_max = 64u << 20;  // Without a sink.
  std::chrono::milliseconds connect_timeout{10'000};
  // A transfer slower than 1 byte/s for this long is given up; there is no limit on the whole.
  std::chrono::seconds stall_timeout{30};
  std::chrono::milliseconds total_timeout{0};  // 0 = none.
  // Redirects are followed up to this number; Authorization is never sent to another host.
  int redirects_max = 5;
};

struct ClientResponse {
  int status = 0;
  Headers headers{};
  std::string body{};
};

class Client {
 public:
  struct Options {
    std::string ca_file{};  // PEM bundle; the system's when empty.
    std::string user_agent = "skerry";
  };

  static Result<std::unique_ptr<Client>> create(Options options);
  virtual ~Client() = default;

  // Any HTTP status is a success here. Errors: kUnavailable (no connection, name unknown, cut off),
  // kDeadlineExceeded, kResourceExhausted (answer too large), kUnauthenticated (certificate).
  virtual Result<ClientResponse> send(const ClientRequest& request) = 0;
};

}  // namespace skerry::net
