// SPDX-License-Identifier: Apache-2.0
//
// CPU of the server per request: Skerry's HTTP server with routing, a token and limits, against a
// minimal Beast server with a fixed answer. Each runs in a child process; the same closed loop of
// keep-alive connections loads them in turn, and the child's own CPU clock is read around each
// round.
//
//   http_server_bench [rounds=9] [requests a round=60000] [connections=16]
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/check.h"
#include "net/server.h"
#include "sys/clock.h"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr const char* kToken = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
constexpr const char* kAnswer =
    R"({"model_name":"m","model_version":"1","outputs":[{"name":"rul","datatype":"FP32","shape":[1,1],"data":[118.2]}]})";

constexpr int kRounds = 9;
constexpr int kRequests = 60'000;  // A round.
constexpr int kConnections = 16;

// User and system time of the calling thread.
std::string thread_cpu_us() {
  rusage usage{};
  SKERRY_CHECK(::getrusage(RUSAGE_THREAD, &usage) == 0);
  const auto us = [](const timeval& time) {
    return static_cast<long long>(time.tv_sec) * 1'000'000 + time.tv_usec;
  };
  return std::to_string(us(usage.ru_utime) + us(usage.ru_stime));
}

// The minimal server: one thread, string bodies, async_read and async_write, as in Beast's
// examples.
class BeastSession : public std::enable_shared_from_this<BeastSession> {
 public:
  explicit BeastSession(tcp::socket socket) : stream_(std::move(socket)) {}

  void read() {
    request_ = {};
    http::async_read(stream_, buffer_, request_,
                     [self = shared_from_this()](beast::error_code error, std::size_t) {
                       if (!error) self->answer();
                     });
  }

 private:
  void answer() {
    response_ = http::response<http::string_body>(http::status::ok, 11);
    response_.set(http::field::content_type, "application/json");
    response_.keep_alive(request_.keep_alive());
    response_.body() = request_.method() == http::verb::get ? thread_cpu_us() : kAnswer;
    response_.prepare_payload();
    http::async_write(stream_, response_,
                      [self = shared_from_this()](beast::error_code error, std::size_t) {
                        if (!error) self->read();
                      });
  }

  tcp::socket stream_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
};

void accept_next(tcp::acceptor& acceptor) {
  acceptor.async_accept([&acceptor](beast::error_code error, tcp::socket socket) {
    if (!error) {
      socket.set_option(tcp::no_delay(true));
      std::make_shared<BeastSession>(std::move(socket))->read();
    }
    accept_next(acceptor);
  });
}

class BeastServer {
 public:
  BeastServer()
      : acceptor_(io_, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)), thread_([this] {
          accept_next(acceptor_);
          io_.run();
        }) {}
  ~BeastServer() { io_.stop(); }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  std::jthread thread_;
};

class OneToken final : public skerry::net::Authenticator {
 public:
  skerry::Result<skerry::net::Principal> authenticate(std::string_view token) override {
    if (token == kToken) return skerry::net::Principal{skerry::net::Role::kClient, {}};
    return skerry::Error(skerry::Code::kUnauthenticated, "unknown token");
  }
};

void answer(const skerry::net::Request&, skerry::net::Response& response) {
  response.headers.add("Content-Type", "application/json");
  response.body = kAnswer;
}

void answer_cpu(const skerry::net::Request&, skerry::net::Response& response) {
  response.body = thread_cpu_us();
}

std::vector<skerry::net::Route> routes() {
  std::vector<skerry::net::Route> table;
  const auto add = [&table](const char* method, const char* pattern) {
    skerry::net::Route route;
    route.method = method;
    route.pattern = pattern;
    route.access = skerry::net::Access::kClient;
    route.handler = std::string_view(pattern) == "/cpu" ? answer_cpu : answer;
    table.push_back(std::move(route));
  };
  // The neighbours that a site has, so that the search for a route is a real one.
  for (const char* pattern : {"/v2", "/v2/health/live", "/v2/health/ready", "/v2/models/{model}",
                              "/v2/models/{model}/ready", "/v2/models/{model}/config",
                              "/v2/models/{model}/versions/{version}", "/v1/status", "/cpu"}) {
    add("GET", pattern);
  }
  add("POST", "/v2/models/{model}/versions/{version}/infer");
  add("POST", "/v2/models/{model}/infer");
  add("POST", "/v1/observe");
  return table;
}

// The calling thread, and those it starts from now on.
void pin(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  ::sched_setaffinity(0, sizeof set, &set);  // Without a second core the figures are only noisier.
}

std::string head_fields() {
  return " HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\nAccept: */*\r\nAuthorization: "
         "Bearer " +
         std::string(kToken) + "\r\n";
}

std::string request_text() {
  std::string body = R"({"inputs":[{"name":"features","datatype":"FP32","shape":[1,57],"data":[)";
  for (int i = 0; i < 57; ++i) body += (i == 0 ? "" : ",") + std::to_string(i % 10) + ".25";
  body += "]}]}";
  body.resize(std::max<std::size_t>(body.size(), 398), ' ');
  return "POST /v2/models/turbofan-rul/infer" + head_fields() +
         "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

class Connection {
 public:
  explicit Connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    SKERRY_CHECK(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { ::close(socket_); }

  int socket() const { return socket_; }
  void send(const std::string& request) const {
    SKERRY_CHECK(::send(socket_, request.data(), request.size(), 0) ==
                 static_cast<ssize_t>(request.size()));
  }
  // Answers are small: one call takes a whole one.
  std::string_view receive() {
    const ssize_t size = ::recv(socket_, buffer_.data(), buffer_.size(), 0);
    SKERRY_CHECK(size > 12 && std::string_view(buffer_.data(), 12) == "HTTP/1.1 200");
    return {buffer_.data(), static_cast<std::size_t>(size)};
  }

 private:
  const int socket_;
  std::array<char, 4096> buffer_{};
};

double server_cpu_us(std::uint16_t port) {
  Connection connection(port);
  connection.send("GET /cpu" + head_fields() + "\r\n");
  const std::string_view answer = connection.receive();
  const std::string_view digits = answer.substr(answer.find("\r\n\r\n") + 4);
  long long us = 0;
  SKERRY_CHECK(std::from_chars(digits.data(), digits.data() + digits.size(), us).ec == std::errc{});
  return static_cast<double>(us);
}

struct Figures {
  double cpu_us;
  double per_second;
};

// Sends `requests`, one outstanding on each connection.
Figures load(std::uint16_t port, int requests) {
  const std::string request = request_text();
  const double cpu_before = server_cpu_us(port);
  const int epoll = ::epoll_create1(0);
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < kConnections; ++i) {
    connections.push_back(std::make_unique<Connection>(port));
    epoll_event event{EPOLLIN, {.ptr = connections.back().get()}};
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, connections.back()->socket(), &event);
  }
  const auto began = skerry::sys::real_clock().steady_now();
  for (const auto& connection : connections) connection->send(request);
  int sent = kConnections;
  int answered = 0;
  std::array<epoll_event, 64> events{};
  while (answered < requests) {
    const int ready = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < ready; ++i) {
      auto& connection = *static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr);
      connection.receive();
      ++answered;
      if (sent++ < requests) connection.send(request);
    }
  }
  const std::chrono::duration<double> seconds = skerry::sys::real_clock().steady_now() - began;
  ::close(epoll);
  return {(server_cpu_us(port) - cpu_before) / requests, requests / seconds.count()};
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void print(const char* name, const std::vector<Figures>& rounds) {
  std::vector<double> cpu;
  std::vector<double> rate;
  for (const Figures& figures : rounds) {
    cpu.push_back(figures.cpu_us);
    rate.push_back(figures.per_second);
  }
  const auto [low, high] = std::minmax_element(cpu.begin(), cpu.end());
  std::printf("%-8s  %6.2f us CPU a request (%.2f to %.2f), %.0f requests/s\n", name, median(cpu),
              *low, *high, median(rate));
}

}  // namespace

int main() {
  pin(0);
  const BeastServer minimal;
  OneToken tokens;
  const auto server = skerry::net::Server::start({}, routes(), tokens);
  SKERRY_CHECK(server.ok());
  const std::uint16_t port = skerry::net::Url::parse((*server)->url()).value().port;
  pin(1);
  load(minimal.port(), kRequests / 4);  // Warm.
  load(port, kRequests / 4);
  std::vector<Figures> of_minimal;
  std::vector<Figures> of_skerry;
  std::vector<double> ratios;
  for (int i = 0; i < kRounds; ++i) {
    of_minimal.push_back(load(minimal.port(), kRequests));
    of_skerry.push_back(load(port, kRequests));
    ratios.push_back(of_skerry.back().cpu_us / of_minimal.back().cpu_us);
  }
  print("beast", of_minimal);
  print("skerry", of_skerry);
  std::printf("ratio     %6.3f (median of %d rounds; bar 1.15)\n", median(ratios), kRounds);
  return 0;
}
