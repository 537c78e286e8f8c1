// SPDX-License-Identifier: Apache-2.0
//
// HTTP/1.1 server, plain or TLS: reactors that own their connections, and a bounded pool for routes
// that block. Every route but the ones marked open needs a token (net/auth.h); a connection
// believes a token that it has seen for one second without asking the authenticator again. Threads:
// built and stopped by one thread; handlers run as their route says.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/auth.h"
#include "net/http.h"

namespace skerry::net {

enum class Execution {
  kInline,    // On the reactor: must not block.
  kBlocking,  // On the pool: may use the disk and other servers.
};

// Takes a request body piece by piece (route kind "stream"). Destroyed without finish() when the
// client goes away. Calls come one after the other, on the pool.
class BodyReceiver {
 public:
  virtual ~BodyReceiver() = default;
  virtual Status write(std::string_view bytes) = 0;
  virtual Response finish() = 0;
};

// The least role a route asks for. kAnonymous = open. kSite lets sites and admins in, kClient lets
// clients and admins in, kAnyone lets in whoever has a valid token.
enum class Access { kOpen, kAnyone, kClient, kSite, kAdmin };

struct Route {
  std::string method;
  // "/v2/models/{model}/infer"; a last part "{rest*}" takes everything that is left, slashes
  // included.
  std::string pattern;
  Access access = Access::kAnyone;
  Execution execution = Execution::kInline;
  std::size_t body_bytes_max = 1u << 20;  // Above: 413. Not applied to streamed bodies.

  // Exactly one of the two is set. `handler` fills a fresh Response with status 200.
  std::function<void(const Request&, Response&)> handler{};
  // Called when the head has arrived. An error is answered without reading the body.
  std::function<Result<std::unique_ptr<BodyReceiver>>(const Request&)> receiver{};
};

struct TlsFiles {
  std::string certificate_chain;  // Path of a PEM file.
  std::string private_key;        // Path of a PEM file.
};

class Server {
 public:
  struct Options {
    std::string listen = "127.0.0.1:0";  // HOST:PORT; port 0 takes a free one.
    int reactors = 1;
    int pool_threads = 2;
    std::size_t connections_max = 4096;        // Above: accepted and closed at once, counted.
    std::size_t pool_queue_max = 1024;         // Above: 503 with Retry-After.
    std::size_t header_bytes_max = 32u << 10;  // Request line, fields and trailers. Above: 431.
    std::chrono::seconds idle_timeout{75};
    std::chrono::seconds request_timeout{
        60};  // From the first byte of a head to its end; per body read.
    // Hosts a browser may name in Host and Origin besides loopback names and the listen address
    // (and, in Host, literal addresses); a request with another one is refused (403), which stops
    // DNS rebinding and cross-site posts.
    std::vector<std::string> allowed_hosts{};
    std::shared_ptr<const TlsFiles> tls{};  // Null = plain.
    // What the server's own refusals (400, 401, 403, 404, 405, 413, 417, 431, 503, a receiver's
    // error) look like; by default {"error": ...}. The server sets the status and the fields that
    // belong to it.
    std::function<Response(const Error&)> error_body{};
    std::string authenticate_challenge = "Bearer realm=\"skerry\"";  // WWW-Authenticate of a 401.
    const char* thread_name = "http";
  };

  // Binds and starts to serve. `authenticator` outlives the server.
  // Errors: kAlreadyExists when the port is in use (names it), kInvalidArgument for a bad address,
  // certificate or pair of equal routes.
  static Result<std::unique_ptr<Server>> start(Options options, std::vector<Route> routes,
                                               Authenticator& authenticator);
  virtual ~Server() = default;  // stop() with no grace.

  // "127.0.0.1:41873" and "http://127.0.0.1:41873".
  virtual std::string address() const = 0;
  virtual std::string url() const = 0;

  struct Counters {
    std::uint64_t connections_open = 0;
    std::uint64_t connections_refused = 0;  // Above connections_max.
    std::uint64_t requests_refused = 0;     // 503, above pool_queue_max.
  };
  virtual Counters counters() const = 0;

  // Refuses new connections, lets running requests end for up to `grace`, closes the rest.
  virtual void stop(std::chrono::milliseconds grace) = 0;
};

}  // namespace skerry::net
