// SPDX-License-Identifier: Apache-2.0
//
// A request's way from bytes to a handler, without the socket: parser, gate and router. The input's
// first byte says in how large pieces the rest arrives; the outcome must not depend on it.
#include <algorithm>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "net/gate.h"

namespace {

using namespace skerry;
using Event = net::RequestParser::Event;

class NoTokens final : public net::Authenticator {
 public:
  Result<net::Principal> authenticate(std::string_view token) override {
    if (token == "t") return net::Principal{net::Role::kAdmin, {}};
    return Error(Code::kUnauthenticated, "unknown");
  }
};

std::vector<net::Route> make_routes() {
  std::vector<net::Route> routes;
  for (const char* pattern : {"/", "/v2/", "/v2/{rest*}", "/models/{model}/infer", "/a/{b}/{c}"}) {
    net::Route route;
    route.method = "POST";
    route.pattern = pattern;
    route.access = pattern[1] == 'a' ? net::Access::kAdmin : net::Access::kOpen;
    route.handler = [](const net::Request&, net::Response&) {};
    routes.push_back(std::move(route));
  }
  return routes;
}

struct Site {
  std::vector<net::Route> routes = make_routes();
  NoTokens tokens;
  net::Gate gate{routes, net::Router::build(routes).value(), net::HostPolicy("127.0.0.1", {}),
                 tokens, 4};
};

struct Outcome {
  bool done = false;
  int refused = 0;
  std::string body;
  std::vector<std::string> parameters;

  bool operator==(const Outcome&) const = default;
  bool ended() const { return done || refused != 0; }
};

Outcome read(const Site& site, std::string_view bytes, std::size_t step) {
  Outcome outcome;
  net::RequestMessage message;
  net::Caller caller;
  net::Request request;
  const net::Route* route = nullptr;
  net::RequestParser parser(message, {.header_bytes_max = 2048, .fields_max = 32});
  std::string stored;
  for (Event event = Event::kNeedMore; event == Event::kNeedMore && !bytes.empty();) {
    stored.append(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
    std::string_view input = stored;
    event = parser.feed(input);
    if (event == Event::kHead) {
      const auto refusal =
          site.gate.admit(message, parser.announced_body_bytes(), 1, caller, request, route);
      if (refusal) {
        outcome.refused = refusal->status;
        return outcome;
      }
      SKERRY_CHECK(route != nullptr);
      outcome.parameters = request.parameters;
      parser.set_body(&message.body, 4096);
      event = parser.feed(input);
    }
    stored.erase(0, stored.size() - input.size());
    SKERRY_CHECK(message.body.size() <= 4096);
    outcome.done = event == Event::kDone;
    if (event == Event::kError) outcome.refused = parser.refused_status();
  }
  // What has arrived of an unfinished body depends on the pieces.
  if (outcome.done) outcome.body = message.body;
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Site site;
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t step = data[0] % 64 + 1;
  const Outcome split = read(site, bytes, step);
  const Outcome whole = read(site, bytes, bytes.size());
  // A mistake may be found before or only at the end of a head, and the limits look at how much is
  // waiting; where both readings come to an end of a small request, it is the same.
  if (bytes.size() < 1024 && split.ended() && whole.ended()) SKERRY_CHECK(split == whole);
  return 0;
}
