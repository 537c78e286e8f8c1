// SPDX-License-Identifier: Apache-2.0
//
// The server's protocol: what comes back for which bytes, whole, split, pipelined and broken.
#include "net/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/support/http_server.h"

namespace skerry::net {
namespace {

using test::RawClient;
using test::RawResponse;
using test::request;

Route route(const char* method, const char* pattern,
            std::function<void(const Request&, Response&)> handler) {
  Route made;
  made.method = method;
  made.pattern = pattern;
  made.access = Access::kOpen;
  made.body_bytes_max = 1000;
  made.handler = std::move(handler);
  return made;
}

void echo(const Request& request, Response& response) {
  response.headers.add("Content-Type", "text/plain");
  response.body = std::string(request.method) + " " + std::string(request.path) + "?" +
                  std::string(request.query) + " " + std::string(request.body);
  for (const std::string& parameter : request.parameters) response.body += "|" + parameter;
}

std::vector<Route> routes() {
  std::vector<Route> table;
  table.push_back(route("GET", "/echo", echo));
  table.push_back(route("POST", "/echo", echo));
  table.push_back(route("POST", "/pool", echo));
  table.back().execution = Execution::kBlocking;
  table.push_back(route("GET", "/items/{item}/{rest*}", echo));
  table.push_back(
      route("GET", "/peer", [](const Request& r, Response& out) { out.body = r.peer; }));
  table.push_back(
      route("DELETE", "/echo", [](const Request&, Response& out) { out.status = 204; }));
  table.push_back(route("GET", "/large",
                        [](const Request&, Response& out) { out.body.assign(3'000'000, 'x'); }));
  return table;
}

class ServerTest : public testing::TestWithParam<int> {
 protected:
  explicit ServerTest(Server::Options options = {}) {
    auto started = Server::start(std::move(options), routes(), tokens_);
    SKERRY_CHECK(started.ok());
    server_ = *std::move(started);
  }
  RawClient client() const { return RawClient(server_->url()); }

  test::FixedTokens tokens_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, AnswersRequestAfterRequestOnOneConnection) {
  RawClient client(server_->url());
  for (int i = 0; i < 3; ++i) {
    const RawResponse response = client.ask(request("POST", "/echo?a=b", "", "body"));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "POST /echo?a=b body");
    EXPECT_TRUE(response.has("Content-Type: text/plain\r\n"));
    EXPECT_TRUE(response.has("Date: "));
    EXPECT_FALSE(response.has("Connection: close"));
  }
  EXPECT_EQ(client.ask(request("GET", "/peer", "")).body, "127.0.0.1");
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrderAcrossThreads) {
  RawClient client(server_->url());
  std::string text;
  for (int i = 0; i < 60; ++i) {
    text += request("POST", i % 3 == 0 ? "/pool" : "/echo", "", std::to_string(i));
  }
  ASSERT_TRUE(client.send(text));
  for (int i = 0; i < 60; ++i) {
    EXPECT_EQ(client.receive().body,
              std::string("POST ") + (i % 3 == 0 ? "/pool" : "/echo") + "? " + std::to_string(i));
  }
}

TEST_F(ServerTest, ReadsRequestsSplitAtEveryByte) {
  RawClient client(server_->url());
  const std::string text = request("POST", "/echo", "", "0123456789", "X-Field: value\r\n");
  for (const char c : text) ASSERT_TRUE(client.send({&c, 1}));
  EXPECT_EQ(client.receive().body, "POST /echo? 0123456789");
  for (std::size_t cut = 1; cut < text.size(); cut += 7) {
    ASSERT_TRUE(client.send(std::string_view(text).substr(0, cut)));
    ASSERT_TRUE(client.send(std::string_view(text).substr(cut)));
    EXPECT_EQ(client.receive().status, 200) << cut;
  }
}

TEST_F(ServerTest, ReadsChunkedBodies) {
  RawClient client(server_->url());
  for (const char* path : {"/echo", "/pool"}) {
    const RawResponse response =
        client.ask(request("POST", path, "", {}, "Transfer-Encoding: chunked\r\n") +
                   "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n");
    EXPECT_EQ(response.body, std::string("POST ") + path + "? abcde");
  }
}

TEST_F(ServerTest, HeadHasTheHeadOfGetAndNoBody) {
  RawClient client(server_->url());
  client.send(request("HEAD", "/echo", "") + request("GET", "/echo", ""));
  const RawResponse head = client.receive(false);
  EXPECT_EQ(head.status, 200);
  EXPECT_TRUE(head.has("Content-Length: 12\r\n"));
  EXPECT_EQ(client.receive().body, "GET /echo? ");
  EXPECT_EQ(client.ask(request("DELETE", "/echo", "")).status, 204);
  EXPECT_EQ(client.ask(request("GET", "/echo", "")).status, 200);
}

TEST_F(ServerTest, DecodesPathParameters) {
  RawClient client(server_->url());
  EXPECT_EQ(client.ask(request("GET", "/items/a%2Fb/c/d%20e", "")).body,
            "GET /items/a%2Fb/c/d%20e? |a/b|c/d e");
  EXPECT_EQ(client.ask(request("GET", "/items/a%zz/c", "")).status, 400);
  EXPECT_EQ(client.ask(request("GET", "/items/a%00/c", "")).status, 400);
  EXPECT_EQ(client.ask(request("GET", "/items/a/../../x", "")).status, 400);
  EXPECT_EQ(client.ask(request("GET", "/echo?x=%z", "")).status, 400);
}

TEST_F(ServerTest, SaysWhatIsWrongAsJsonAndGoesOn) {
  RawClient client(server_->url());
  RawResponse response = client.ask(request("GET", "/nothing", ""));
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body, R"({"error":"there is no such path"})");
  response = client.ask(request("PUT", "/echo", "", "a small body is read over"));
  EXPECT_EQ(response.status, 405);
  EXPECT_TRUE(response.has("Allow: DELETE, GET, HEAD, POST\r\n"));
  EXPECT_EQ(client.ask(request("GET", "/echo", "")).status, 200);
}

TEST_F(ServerTest, EndsTheConnectionAfterABrokenRequest) {
  for (const char* text : {"nonsense\r\n\r\n", "GET /echo HTTP/1.1\r\n\r\n",
                           "GET echo HTTP/1.1\r\nHost: localhost\r\n\r\n",
                           "POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
                           "chunked\r\n\r\nnonsense\r\n"}) {
    RawClient client(server_->url());
    const RawResponse response = client.ask(text);
    EXPECT_EQ(response.status, 400) << text;
    EXPECT_TRUE(response.body.starts_with(R"({"error":")")) << text;
  }
  RawClient client(server_->url());
  client.send("nonsense\r\n\r\n" + request("GET", "/echo", ""));
  EXPECT_TRUE(client.receive().has("Connection: close\r\n"));
  EXPECT_TRUE(client.closed());
}

TEST_F(ServerTest, TakesAbsoluteTargetsAndOldClients) {
  RawClient client(server_->url());
  EXPECT_EQ(client.ask("GET http://localhost/echo?q HTTP/1.1\r\nHost: localhost\r\n\r\n").body,
            "GET /echo?q ");
  EXPECT_EQ(client.ask("GET http://evil.example/echo HTTP/1.1\r\nHost: localhost\r\n\r\n").status,
            403);
  RawResponse response = client.ask("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_TRUE(response.has("Connection: keep-alive\r\n"));
  response = client.ask("GET /echo HTTP/1.0\r\n\r\n");
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(client.closed());
}

TEST_F(ServerTest, ClosesWhenTheClientAsksForIt) {
  for (const char* path : {"/echo", "/pool"}) {
    RawClient client(server_->url());
    const RawResponse response =
        client.ask(request("POST", path, "", "x", "Connection: close\r\n"));
    EXPECT_EQ(response.status, 200);
    EXPECT_TRUE(response.has("Connection: close\r\n"));
    EXPECT_TRUE(client.closed()) << path;
  }
}

TEST_F(ServerTest, AnswersAClientThatHasEndedItsSide) {
  RawClient client(server_->url());
  client.send(request("POST", "/pool", "", "x") + request("GET", "/echo", ""));
  client.end_writing();
  EXPECT_EQ(client.receive().status, 200);
  EXPECT_EQ(client.receive().status, 200);
  EXPECT_TRUE(client.closed());
}

TEST_F(ServerTest, AsksForTheBodyThatWaitsForIt) {
  RawClient client(server_->url());
  const std::string whole = request("POST", "/echo", "", "12345", "Expect: 100-continue\r\n");
  const std::string head = whole.substr(0, whole.size() - 5);
  EXPECT_EQ(client.ask(head).status, 100);
  EXPECT_EQ(client.ask("12345").body, "POST /echo? 12345");
  EXPECT_EQ(client.ask(whole).status, 200);  // The body is there already: no interim answer.
  EXPECT_EQ(
      client.ask(request("POST", "/echo", "", {}, "Content-Length: 5\r\nExpect: tea\r\n")).status,
      417);
}

TEST_F(ServerTest, RefusesALargeBodyBeforeReadingIt) {
  for (const char* expect : {"", "Expect: 100-continue\r\n"}) {
    RawClient client(server_->url());
    const RawResponse response = client.ask(
        request("POST", "/echo", "", {}, std::string("Content-Length: 1073741824\r\n") + expect));
    EXPECT_EQ(response.status, 413);
    EXPECT_TRUE(response.has("Connection: close\r\n"));
    EXPECT_TRUE(client.closed());
  }
  RawClient client(server_->url());
  EXPECT_EQ(client.ask(request("POST", "/echo", "", std::string(1001, 'x'))).status, 413);
  EXPECT_EQ(client.ask(request("POST", "/echo", "", std::string(1000, 'x'))).status, 200);
  client.send(request("POST", "/echo", "", {}, "Transfer-Encoding: chunked\r\n") + "3e9\r\n");
  EXPECT_EQ(client.receive().status, 413);
  EXPECT_TRUE(client.closed());
}

TEST_F(ServerTest, TheAnswerSurvivesABodyThatIsNotRead) {
  RawClient client(server_->url());
  const std::string body(8'000'000, 'x');
  std::jthread sender([&client, &body] { client.send(request("POST", "/echo", "", body)); });
  EXPECT_EQ(client.receive().status, 413);
}

TEST_F(ServerTest, RefusesALargeHeader) {
  RawClient client(server_->url());
  const RawResponse response =
      client.ask(request("GET", "/echo", "", {}, "X: " + std::string(40'000, 'x') + "\r\n"));
  EXPECT_EQ(response.status, 431);
  EXPECT_TRUE(client.closed());
}

TEST_F(ServerTest, WritesLargeAnswersToASlowReader) {
  RawClient client(server_->url());
  client.send(request("GET", "/large", "") + request("GET", "/large", "") +
              request("GET", "/echo", ""));
  EXPECT_EQ(client.receive().body.size(), 3'000'000u);
  EXPECT_EQ(client.receive().body.size(), 3'000'000u);
  EXPECT_EQ(client.receive().body, "GET /echo? ");
}

TEST_F(ServerTest, WritesMorePipelinedAnswersThanSocketsHold) {
  RawClient client(server_->url());
  constexpr int kRequests = 40'000;
  std::jthread sender([&client] {
    const std::string one = request("GET", "/echo", "");
    std::string hundred;
    for (int i = 0; i < 100; ++i) hundred += one;
    for (int i = 0; i < kRequests / 100; ++i) client.send(hundred);
  });
  int answered = 0;
  while (answered < kRequests && client.receive().status == 200) ++answered;
  EXPECT_EQ(answered, kRequests);
}

TEST(Server, ManyConnectionsOverSeveralReactors) {
  test::FixedTokens tokens;
  const auto server = Server::start({.reactors = 3, .pool_threads = 3}, routes(), tokens);
  ASSERT_TRUE(server.ok());
  std::atomic<int> answered = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&server, &answered] {
        for (int i = 0; i < 50; ++i) {
          RawClient client((*server)->url());
          for (const char* path : {"/echo", "/pool"}) {
            answered += client.ask(request("POST", path, "", "x")).status == 200;
          }
        }
      });
    }
  }
  EXPECT_EQ(answered, 400);
}

}  // namespace
}  // namespace skerry::net
