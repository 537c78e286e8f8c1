// SPDX-License-Identifier: Apache-2.0
//
// Bounds in time and number, the start on a port and the orderly stop.
#include <gtest/gtest.h>
#include <poll.h>

#include <array>
#include <atomic>
#include <future>
#include <thread>

#include "net/server.h"
#include "tests/support/http_server.h"

namespace skerry::net {
namespace {

using test::RawClient;
using test::RawResponse;
using test::request;

// A server with one route that answers at once and one that waits for the test.
struct Running {
  explicit Running(Server::Options options) {
    Route quick;
    quick.method = "POST";
    quick.pattern = "/quick";
    quick.handler = [](const Request&, Response& response) { response.body = "quick"; };
    Route waits = quick;
    waits.pattern = "/waits";
    waits.execution = Execution::kBlocking;
    waits.handler = [this](const Request&, Response& response) {
      if (!started_before.exchange(true)) started.set_value();
      open.wait();
      response.body = "waited";
    };
    auto made = Server::start(std::move(options), {quick, waits}, tokens);
    SKERRY_CHECK(made.ok());
    server = *std::move(made);
  }
  ~Running() {
    if (!released) release();
  }
  void release() {
    released = true;
    gate.set_value();
  }

  std::promise<void> gate;
  std::shared_future<void> open = gate.get_future().share();
  std::promise<void> started;
  std::atomic<bool> started_before = false;
  bool released = false;
  test::FixedTokens tokens;
  std::unique_ptr<Server> server;
};

// True when the server closes although the client keeps sending a byte now and then.
bool closed_on_trickle(RawClient& client, char byte) {
  for (int i = 0; i < 200; ++i) {
    pollfd readable{client.socket(), POLLIN, 0};
    if (::poll(&readable, 1, 50) == 1) return client.closed();
    if (!client.send({&byte, 1})) return true;
  }
  return false;
}

TEST(ServerLimits, ClosesIdleConnections) {
  const Running running({.idle_timeout = std::chrono::seconds(1)});
  RawClient fresh(running.server->url());
  RawClient used(running.server->url());
  EXPECT_EQ(used.ask(request("POST", "/quick")).status, 200);
  EXPECT_TRUE(fresh.closed());
  EXPECT_TRUE(used.closed());
}

TEST(ServerLimits, AHeadMustEndInTimeHoweverItTrickles) {
  const Running running({.request_timeout = std::chrono::seconds(1)});
  RawClient client(running.server->url());
  ASSERT_TRUE(client.send("POST /quick HTTP/1.1\r\nHost: localhost\r\nX: "));
  EXPECT_TRUE(closed_on_trickle(client, 'x'));
}

TEST(ServerLimits, ABodyMustGoOn) {
  const Running running({.request_timeout = std::chrono::seconds(1)});
  RawClient client(running.server->url());
  ASSERT_TRUE(
      client.send(request("POST", "/quick", "client", {}, "Content-Length: 10\r\n") + "ab"));
  EXPECT_TRUE(client.closed());
}

TEST(ServerLimits, ARunningHandlerIsNotATimeout) {
  Running running(
      {.idle_timeout = std::chrono::seconds(1), .request_timeout = std::chrono::seconds(1)});
  RawClient other(running.server->url());
  RawClient client(running.server->url());
  ASSERT_TRUE(client.send(request("POST", "/waits")));
  EXPECT_TRUE(other.closed());  // More than a timeout has passed.
  running.release();
  EXPECT_EQ(client.receive().body, "waited");
}

TEST(ServerLimits, ClosesConnectionsAboveTheLimitAndCountsThem) {
  const Running running({.connections_max = 2});
  auto first = std::make_unique<RawClient>(running.server->url());
  RawClient second(running.server->url());
  EXPECT_EQ(first->ask(request("POST", "/quick")).status, 200);
  EXPECT_EQ(second.ask(request("POST", "/quick")).status, 200);
  RawClient third(running.server->url());
  EXPECT_TRUE(third.closed());
  EXPECT_EQ(running.server->counters().connections_open, 2u);
  EXPECT_EQ(running.server->counters().connections_refused, 1u);
  first.reset();
  while (running.server->counters().connections_open == 2) std::this_thread::yield();
  RawClient fourth(running.server->url());
  EXPECT_EQ(fourth.ask(request("POST", "/quick")).status, 200);
}

TEST(ServerLimits, AFullQueueAnswers503AndTheConnectionGoesOn) {
  Running running({.pool_threads = 1, .pool_queue_max = 1});
  RawClient first(running.server->url());
  ASSERT_TRUE(first.send(request("POST", "/waits")));
  running.started.get_future().wait();
  std::array<RawClient, 2> others{RawClient(running.server->url()),
                                  RawClient(running.server->url())};
  for (RawClient& client : others) ASSERT_TRUE(client.send(request("POST", "/waits")));
  std::array<pollfd, 2> readable{pollfd{others[0].socket(), POLLIN, 0},
                                 pollfd{others[1].socket(), POLLIN, 0}};
  ASSERT_EQ(::poll(readable.data(), readable.size(), 10'000), 1);
  const std::size_t refused = readable[0].revents != 0 ? 0 : 1;
  const RawResponse response = others[refused].receive();
  EXPECT_EQ(response.status, 503);
  EXPECT_TRUE(response.has("Retry-After: 1\r\n"));
  EXPECT_EQ(others[refused].ask(request("POST", "/quick")).status, 200);
  EXPECT_EQ(running.server->counters().requests_refused, 1u);
  running.release();
  EXPECT_EQ(first.receive().status, 200);
  EXPECT_EQ(others[1 - refused].receive().status, 200);
}

TEST(ServerStart, NamesThePortThatIsInUse) {
  const Running running({.reactors = 2});
  const std::string address = running.server->address();
  test::FixedTokens tokens;
  for (const int reactors : {1, 2}) {
    const auto second = Server::start({.listen = address, .reactors = reactors}, {}, tokens);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code(), Code::kAlreadyExists);
    EXPECT_NE(second.error().message().find(address), std::string::npos);
  }
}

TEST(ServerStart, RefusesBadAddresses) {
  test::FixedTokens tokens;
  for (const char* address : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
                              "127.0.0.1:80x", "example.org:80", ":80", "::1:80", "[::1:80"}) {
    const auto server = Server::start({.listen = address}, {}, tokens);
    ASSERT_FALSE(server.ok()) << address;
    EXPECT_EQ(server.error().code(), Code::kInvalidArgument) << address;
  }
  EXPECT_FALSE(Server::start({.reactors = 0}, {}, tokens).ok());
  EXPECT_TRUE(Server::start({.listen = "localhost:0"}, {}, tokens).ok());
}

TEST(ServerStop, LetsTheRunningRequestEndAndRefusesNewConnections) {
  Running running({});
  RawClient idle(running.server->url());
  RawClient client(running.server->url());
  EXPECT_EQ(idle.ask(request("POST", "/quick")).status, 200);
  ASSERT_TRUE(client.send(request("POST", "/waits")));
  running.started.get_future().wait();
  std::jthread stopper([&running] { running.server->stop(std::chrono::seconds(60)); });
  EXPECT_TRUE(idle.closed());  // The server drains now.
  EXPECT_FALSE(RawClient(running.server->url()).connected());
  running.release();
  const RawResponse response = client.receive();
  EXPECT_EQ(response.body, "waited");
  EXPECT_TRUE(response.has("Connection: close\r\n"));
  EXPECT_TRUE(client.closed());
}

TEST(ServerStop, ClosesWhatOutlastsTheGrace) {
  const Running running({});
  RawClient client(running.server->url());
  ASSERT_TRUE(client.send("POST /quick HTTP/1.1\r\n"));
  EXPECT_EQ(RawClient(running.server->url()).ask(request("POST", "/quick")).status, 200);
  running.server->stop(std::chrono::milliseconds(10));
  EXPECT_TRUE(client.closed());
}

TEST(ServerStop, FreesItsPort) {
  std::string address;
  {
    const Running running({});
    address = running.server->address();
    RawClient client(running.server->url());
    EXPECT_EQ(client.ask(request("POST", "/quick")).status, 200);
  }
  const Running again({.listen = address});
  EXPECT_EQ(RawClient(again.server->url()).ask(request("POST", "/quick")).status, 200);
}

}  // namespace
}  // namespace skerry::net
