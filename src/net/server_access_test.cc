// SPDX-License-Identifier: Apache-2.0
//
// Who is let in: tokens and roles per route, Host and Origin.
#include <gtest/gtest.h>

#include <atomic>

#include "base/encoding.h"
#include "net/server.h"
#include "tests/support/http_server.h"

namespace skerry::net {
namespace {

using test::RawClient;
using test::RawResponse;
using test::request;

std::vector<Route> routes() {
  std::vector<Route> table;
  for (const auto& [path, access] :
       std::initializer_list<std::pair<const char*, Access>>{{"/open", Access::kOpen},
                                                             {"/anyone", Access::kAnyone},
                                                             {"/client", Access::kClient},
                                                             {"/site", Access::kSite},
                                                             {"/admin", Access::kAdmin}}) {
    Route route;
    route.method = "GET";
    route.pattern = path;
    route.access = access;
    route.handler = [](const Request& r, Response& response) {
      response.body = format_role(*r.principal);
    };
    table.push_back(std::move(route));
  }
  return table;
}

struct Running {
  explicit Running(Server::Options options = {}) {
    auto started = Server::start(std::move(options), routes(), tokens);
    SKERRY_CHECK(started.ok());
    server = *std::move(started);
  }
  test::FixedTokens tokens;
  std::unique_ptr<Server> server;
};

TEST(ServerAccess, EachRouteLetsInItsRolesOnly) {
  const Running running;
  RawClient client(running.server->url());
  const struct {
    const char* path;
    int none, unknown, of_client, of_site, of_admin;
  } cases[] = {{"/open", 200, 200, 200, 200, 200},
               {"/anyone", 401, 401, 200, 200, 200},
               {"/client", 401, 401, 200, 403, 200},
               {"/site", 401, 401, 403, 200, 200},
               {"/admin", 401, 401, 403, 403, 200}};
  for (const auto& expected : cases) {
    EXPECT_EQ(client.ask(request("GET", expected.path, "")).status, expected.none);
    EXPECT_EQ(client.ask(request("GET", expected.path, "x")).status, expected.unknown);
    EXPECT_EQ(client.ask(request("GET", expected.path, "client")).status, expected.of_client);
    EXPECT_EQ(client.ask(request("GET", expected.path, "site-1")).status, expected.of_site);
    EXPECT_EQ(client.ask(request("GET", expected.path, "admin")).status, expected.of_admin);
  }
  EXPECT_EQ(client.ask(request("GET", "/anyone", "site-1")).body, "site:site-1");
  EXPECT_EQ(client.ask(request("GET", "/open", "admin")).body, "anonymous");
}

TEST(ServerAccess, TakesTheTokenAsBasicPassword) {
  const Running running;
  RawClient client(running.server->url());
  const std::string field = "Authorization: Basic " + base64_encode("anybody:admin") + "\r\n";
  EXPECT_EQ(client.ask(request("GET", "/admin", "", {}, field)).body, "admin");
}

TEST(ServerAccess, ChallengesAndAnswersInTheFormOfItsRealm) {
  Server::Options options;
  options.authenticate_challenge = "Basic realm=\"r\"";
  options.error_body = [](const Error& error) {
    return json_response(500, "{\"errors\":\"" + std::string(code_name(error.code())) + "\"}");
  };
  const Running running(std::move(options));
  RawClient client(running.server->url());
  RawResponse response = client.ask(request("GET", "/anyone", ""));
  EXPECT_EQ(response.status, 401);
  EXPECT_TRUE(response.has("WWW-Authenticate: Basic realm=\"r\"\r\n"));
  EXPECT_EQ(response.body, R"({"errors":"UNAUTHENTICATED"})");
  response = client.ask(request("GET", "/nothing", ""));
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body, R"({"errors":"NOT_FOUND"})");
}

TEST(ServerAccess, RefusesForeignHostsAndOrigins) {
  Server::Options options;
  options.allowed_hosts = {"hub.example"};
  const Running running(std::move(options));
  RawClient client(running.server->url());
  const auto ask = [&client](std::string_view host, std::string_view origin) {
    std::string text = "GET /admin HTTP/1.1\r\nAuthorization: Bearer admin\r\n";
    text += "Host: " + std::string(host) + "\r\n";
    if (!origin.empty()) text += "Origin: " + std::string(origin) + "\r\n";
    return client.ask(text + "\r\n").status;
  };
  EXPECT_EQ(ask("localhost", ""), 200);
  EXPECT_EQ(ask("hub.example:8080", ""), 200);
  EXPECT_EQ(ask("evil.example", ""), 403);
  EXPECT_EQ(ask("", ""), 403);
  EXPECT_EQ(ask("localhost", "http://localhost:5173"), 200);
  EXPECT_EQ(ask("localhost", "https://hub.example"), 200);
  EXPECT_EQ(ask("localhost", "http://evil.example"), 403);
  EXPECT_EQ(ask("localhost", "null"), 403);
  EXPECT_EQ(ask("evil.example", "http://evil.example"), 403);
  EXPECT_EQ(ask("localhost", ""), 200);
}

// Counts calls, and fails as a store of tokens does.
class Counting final : public Authenticator {
 public:
  Result<Principal> authenticate(std::string_view token) override {
    ++calls;
    if (token == "broken") return unavailable("tokens cannot be read");
    return Principal{Role::kClient, {}};
  }
  std::atomic<int> calls = 0;
};

TEST(ServerAccess, AConnectionBelievesTheTokenItHasJustSeen) {
  Counting tokens;
  const auto server = Server::start({}, routes(), tokens);
  ASSERT_TRUE(server.ok());
  RawClient client((*server)->url());
  std::string many;
  for (int i = 0; i < 100; ++i) many += request("GET", "/client", "a");
  ASSERT_TRUE(client.send(many));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(client.receive().status, 200);
  EXPECT_LT(tokens.calls, 10);
  EXPECT_EQ(client.ask(request("GET", "/client", "broken")).status, 503);
  const int before = tokens.calls;
  EXPECT_EQ(client.ask(request("GET", "/client", "b")).status, 200);
  EXPECT_EQ(tokens.calls, before + 1);
}

}  // namespace
}  // namespace skerry::net
