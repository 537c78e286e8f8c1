// SPDX-License-Identifier: Apache-2.0
#include "net/client.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <thread>

#include "net/listener.h"
#include "net/server.h"
#include "tests/support/http_server.h"

namespace skerry::net {
namespace {

Route route(const char* method, const char* pattern,
            std::function<void(const Request&, Response&)> handler) {
  Route made;
  made.method = method;
  made.pattern = pattern;
  made.access = Access::kOpen;
  made.execution = Execution::kBlocking;
  made.body_bytes_max = 16u << 20;
  made.handler = std::move(handler);
  return made;
}

void echo(const Request& request, Response& response) {
  response.body = std::string(request.method) + ":" + std::string(request.body) + ":" +
                  std::string(request.header("Authorization").value_or("none"));
}

class ClientTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto redirect = [this](int status) {
      return [this, status](const Request& request, Response& response) {
        response.status = status;
        const auto to = request.query_value("to");
        response.headers.set("Location", to ? *to : other_->url() + "/echo");
      };
    };
    std::vector<Route> routes;
    for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
      routes.push_back(route(method, "/echo", echo));
      routes.push_back(route(method, "/303", redirect(303)));
      routes.push_back(route(method, "/307", redirect(307)));
      routes.push_back(route(method, "/302", redirect(302)));
    }
    routes.push_back(route("GET", "/large", [](const Request&, Response& response) {
      response.body.assign(1'000'000, 'x');
    }));
    routes.push_back(route("GET", "/missing", [](const Request&, Response& response) {
      response = error_response(not_found("nothing here"));
    }));
    routes.push_back(route("GET", "/waits", [this](const Request&, Response&) { open_.wait(); }));
    Route closed = route("PUT", "/closed", echo);
    closed.access = Access::kAdmin;
    routes.push_back(closed);
    server_ = *Server::start({}, routes, tokens_);
    other_ = *Server::start({}, routes, tokens_);
    client_ = *Client::create({});
  }
  void TearDown() override { gate_.set_value(); }

  ClientRequest to(const std::string& path, const std::string& method = "GET") const {
    ClientRequest request;
    request.method = method;
    request.url = server_->url() + path;
    request.headers.set("Authorization", "Bearer secret");
    return request;
  }

  std::promise<void> gate_;
  std::shared_future<void> open_ = gate_.get_future().share();
  test::FixedTokens tokens_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Server> other_;
  std::unique_ptr<Client> client_;
};

TEST_F(ClientTest, SendsEveryMethodOverOneConnection) {
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
    ClientRequest request = to("/echo", method);
    if (std::string_view(method) != "GET") request.body = "b";
    const auto response = client_->send(request);
    ASSERT_TRUE(response.ok()) << response.error().message();
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, std::string(method) + ":" + request.body + ":Bearer secret");
  }
  const auto head = client_->send(to("/large", "HEAD"));
  ASSERT_TRUE(head.ok());
  EXPECT_EQ(head->body, "");
  EXPECT_EQ(head->headers.find("content-length"), "1000000");
  EXPECT_EQ(client_->send(to("/echo", "POST"))->body, "POST::Bearer secret");
  EXPECT_EQ(server_->counters().connections_open, 1u);
}

TEST_F(ClientTest, AnyStatusIsAnAnswer) {
  const auto response = client_->send(to("/missing"));
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->status, 404);
  EXPECT_EQ(response->headers.find("Content-Type"), "application/json");
  EXPECT_EQ(response->body, R"({"error":"nothing here"})");
}

TEST_F(ClientTest, StreamsBothWays) {
  ClientRequest request = to("/echo", "PUT");
  request.body_bytes = 3'000'000;
  std::size_t given = 0;
  request.body_source = [&given](std::span<char> out) -> Result<std::size_t> {
    const std::size_t count = std::min<std::size_t>(out.size(), 3'000'000 - given);
    std::fill_n(out.begin(), count, 'u');
    given += count;
    return count;
  };
  std::size_t taken = 0;
  request.body_sink = [&taken](std::string_view bytes) -> Status {
    taken += bytes.size();
    return {};
  };
  const auto response = client_->send(request);
  ASSERT_TRUE(response.ok()) << response.error().message();
  EXPECT_EQ(response->body, "");
  EXPECT_EQ(taken, 3'000'000 + std::string_view("PUT::Bearer secret").size());
}

TEST_F(ClientTest, TheSinkGetsNoErrorBodies) {
  ClientRequest request = to("/missing");
  request.body_sink = [](std::string_view) -> Status { return internal_error("not for me"); };
  EXPECT_EQ(client_->send(request)->body, R"({"error":"nothing here"})");
}

TEST_F(ClientTest, ErrorsOfSinkAndSourceEndTheTransfer) {
  ClientRequest request = to("/large");
  request.body_sink = [](std::string_view) -> Status {
    return Error(Code::kResourceExhausted, "disk full");
  };
  EXPECT_EQ(client_->send(request).error().message(), "disk full");
  request = to("/echo", "PUT");
  request.body_bytes = 10;
  request.body_source = [](std::span<char>) -> Result<std::size_t> { return data_loss("torn"); };
  EXPECT_EQ(client_->send(request).error().code(), Code::kDataLoss);
  EXPECT_EQ(client_->send(to("/echo"))->status, 200);
}

TEST_F(ClientTest, BoundsTheAnswer) {
  ClientRequest request = to("/large");
  request.response_bytes_max = 999'999;
  EXPECT_EQ(client_->send(request).error().code(), Code::kResourceExhausted);
  request.response_bytes_max = 1'000'000;
  EXPECT_EQ(client_->send(request)->body.size(), 1'000'000u);
}

TEST_F(ClientTest, CredentialsStayWithTheirOrigin) {
  EXPECT_EQ(client_->send(to("/307?to=/echo"))->body, "GET::Bearer secret");
  EXPECT_EQ(client_->send(to("/307"))->body, "GET::none");
  EXPECT_EQ(client_->send(to("/302?to=echo"))->body, "GET::Bearer secret");
}

TEST_F(ClientTest, RedirectsKeepOrChangeTheMethod) {
  ClientRequest request = to("/303?to=/echo", "POST");
  request.body = "b";
  EXPECT_EQ(client_->send(request)->body, "GET::Bearer secret");
  request.url = server_->url() + "/307?to=/echo";
  EXPECT_EQ(client_->send(request)->body, "POST:b:Bearer secret");
  request.url = server_->url() + "/302?to=/echo";
  EXPECT_EQ(client_->send(request)->body, "GET::Bearer secret");
  request.redirects_max = 0;
  EXPECT_EQ(client_->send(request)->status, 302);
}

TEST_F(ClientTest, RefusesEndlessAndForeignRedirects) {
  ClientRequest twice = to("/307?to=/307?to=/echo");
  twice.redirects_max = 2;
  EXPECT_EQ(client_->send(twice)->status, 200);
  twice.redirects_max = 1;
  EXPECT_EQ(client_->send(twice).error().code(), Code::kFailedPrecondition);
  EXPECT_FALSE(client_->send(to("/307?to=file:///etc/passwd")).ok());
  EXPECT_FALSE(client_->send(to("/307?to=ftp://a/")).ok());
}

TEST_F(ClientTest, SaysWhyThereIsNoAnswer) {
  ClientRequest request = to("/waits");
  request.total_timeout = std::chrono::milliseconds(200);
  EXPECT_EQ(client_->send(request).error().code(), Code::kDeadlineExceeded);
  const std::string gone = other_->url();
  other_->stop(std::chrono::milliseconds(0));
  request = to("/echo");
  request.url = gone + "/echo";
  const auto refused = client_->send(request);
  EXPECT_EQ(refused.error().code(), Code::kUnavailable);
  EXPECT_TRUE(refused.error().retryable());
  request.url = "http://name.invalid/";
  EXPECT_EQ(client_->send(request).error().code(), Code::kUnavailable);
  request.url = "gopher://x/";
  EXPECT_EQ(client_->send(request).error().code(), Code::kInvalidArgument);
}

TEST_F(ClientTest, RefusesHeaderFieldsWithLineBreaks) {
  ClientRequest request = to("/echo");
  request.headers.set("X", "a\r\nY: b");
  EXPECT_EQ(client_->send(request).error().code(), Code::kInvalidArgument);
}

TEST_F(ClientTest, AnEarlyRefusalIsSeenDuringTheUpload) {
  ClientRequest request = to("/closed", "PUT");
  request.body.assign(8'000'000, 'x');
  const auto response = client_->send(request);
  ASSERT_TRUE(response.ok()) << response.error().message();
  EXPECT_EQ(response->status, 401);
}

TEST_F(ClientTest, ServesThreadsAtOnce) {
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([this, &good] {
        for (int n = 0; n < 20; ++n) good += client_->send(to("/echo"))->status == 200;
      });
    }
  }
  EXPECT_EQ(good, 160);
}

// Answers its one connection with fixed bytes and closes.
std::string answer_once(std::jthread& thread, std::string bytes) {
  const Listeners listeners = open_listeners("127.0.0.1:0", 1).value();
  thread = std::jthread([descriptor = listeners.descriptors[0], bytes = std::move(bytes)] {
    pollfd waiting{descriptor, POLLIN, 0};
    ::poll(&waiting, 1, 10'000);
    const int connection = ::accept(descriptor, nullptr, nullptr);
    std::array<char, 4096> request{};
    ::recv(connection, request.data(), request.size(), 0);
    ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    ::close(connection);
    ::close(descriptor);
  });
  return "http://127.0.0.1:" + std::to_string(listeners.port) + "/";
}

TEST(ClientAnswers, ACutAnswerIsUnavailable) {
  const auto client = *Client::create({});
  std::jthread thread;
  for (const char* bytes : {"", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab"}) {
    ClientRequest request;
    request.url = answer_once(thread, bytes);
    const auto response = client->send(request);
    ASSERT_FALSE(response.ok()) << bytes;
    EXPECT_EQ(response.error().code(), Code::kUnavailable) << response.error().message();
  }
}

TEST(ClientAnswers, BoundsTheHeader) {
  const auto client = *Client::create({});
  std::jthread thread;
  std::string bytes = "HTTP/1.1 200 OK\r\n";
  while (bytes.size() < (300u << 10)) bytes += "X: " + std::string(1000, 'y') + "\r\n";
  ClientRequest request;
  request.url = answer_once(thread, bytes + "\r\n");
  EXPECT_EQ(client->send(request).error().code(), Code::kResourceExhausted);
}

TEST(ClientAnswers, SeesOnlyTheFinalHead) {
  const auto client = *Client::create({});
  std::jthread thread;
  ClientRequest request;
  request.url = answer_once(thread,
                            "HTTP/1.1 103 Early Hints\r\nLink: early\r\n\r\n"
                            "HTTP/1.1 200 OK\r\nX: final\r\nContent-Length: 0\r\n\r\n");
  const auto response = client->send(request);
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->headers.find("link"), std::nullopt);
  EXPECT_EQ(response->headers.find("x"), "final");
}

}  // namespace
}  // namespace skerry::net
