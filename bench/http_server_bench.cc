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
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "net/server.h"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr const char* kToken = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
constexpr const char* kAnswer =
    R"({"model_name":"m","model_version":"1","outputs":[{"name":"rul","datatype":"FP32","shape":[1,1],"data":[118.2]}]})";

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
    response_.body() = kAnswer;
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

void report_port(int pipe, std::uint16_t port) {
  if (::write(pipe, &port, sizeof port) != sizeof port) std::_Exit(1);
}

void run_beast(int pipe) {
  asio::io_context io(1);
  tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0));
  accept_next(acceptor);
  report_port(pipe, acceptor.local_endpoint().port());
  io.run();
}

class OneToken final : public skerry::net::Authenticator {
 public:
  skerry::Result<skerry::net::Principal> authenticate(std::string_view token) override {
    if (token == kToken) return skerry::net::Principal{skerry::net::Role::kClient, {}};
    return skerry::Error(skerry::Code::kUnauthenticated, "unknown token");
  }
};

std::vector<skerry::net::Route> routes() {
  std::vector<skerry::net::Route> table;
  const auto add = [&table](const char* method, const char* pattern) {
    skerry::net::Route route;
    route.method = method;
    route.pattern = pattern;
    route.access = skerry::net::Access::kClient;
    route.handler = [](const skerry::net::Request&, skerry::net::Response& response) {
      response.headers.add("Content-Type", "application/json");
      response.body = kAnswer;
    };
    table.push_back(std::move(route));
  };
  // The neighbours that a site has, so that the search for a route is a real one.
  for (const char* pattern : {"/v2", "/v2/health/live", "/v2/health/ready", "/v2/models/{model}",
                              "/v2/models/{model}/ready", "/v2/models/{model}/config",
                              "/v2/models/{model}/versions/{version}", "/v1/status"}) {
    add("GET", pattern);
  }
  add("POST", "/v2/models/{model}/versions/{version}/infer");
  add("POST", "/v2/models/{model}/infer");
  add("POST", "/v1/observe");
  return table;
}

void run_skerry(int pipe) {
  OneToken tokens;
  const auto server = skerry::net::Server::start({}, routes(), tokens);
  if (!server) std::_Exit(1);
  const std::string address = (*server)->address();
  report_port(pipe, static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  for (;;) ::pause();
}

void pin(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  ::sched_setaffinity(0, sizeof set, &set);
}

struct Child {
  pid_t pid = 0;
  std::uint16_t port = 0;

  double cpu_seconds() const {
    clockid_t clock{};
    timespec time{};
    if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0) std::exit(1);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  }
};

Child start(void (*run)(int)) {
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) != 0) std::exit(1);
  Child child;
  child.pid = ::fork();
  if (child.pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    pin(0);
    run(pipe[1]);
    std::_Exit(0);
  }
  if (::read(pipe[0], &child.port, sizeof child.port) != sizeof child.port) std::exit(1);
  return child;
}

std::string request_text() {
  std::string body = R"({"inputs":[{"name":"features","datatype":"FP32","shape":[1,57],"data":[)";
  for (int i = 0; i < 57; ++i) body += (i == 0 ? "" : ",") + std::to_string(i % 10) + ".25";
  body += "]}]}";
  body.resize(std::max<std::size_t>(body.size(), 398), ' ');
  return "POST /v2/models/turbofan-rul/infer HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\n"
         "Accept: */*\r\nAuthorization: Bearer " +
         std::string(kToken) +
         "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

int connect_to(std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    std::exit(1);
  return descriptor;
}

struct Figures {
  double cpu_us;
  double per_second;
};

// Sends `requests` over `connections`, one outstanding on each. Answers are small, so one recv
// takes one.
Figures load(const Child& child, int requests, int connections) {
  const std::string request = request_text();
  const int epoll = ::epoll_create1(0);
  std::vector<int> sockets;
  for (int i = 0; i < connections; ++i) {
    sockets.push_back(connect_to(child.port));
    epoll_event event{EPOLLIN, {.fd = sockets.back()}};
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, sockets.back(), &event);
  }
  timespec began{};
  ::clock_gettime(CLOCK_MONOTONIC, &began);
  const double cpu_before = child.cpu_seconds();
  int sent = 0;
  int answered = 0;
  const auto send_one = [&](int socket) {
    if (::send(socket, request.data(), request.size(), 0) != static_cast<ssize_t>(request.size())) {
      std::exit(1);
    }
    ++sent;
  };
  for (const int socket : sockets) send_one(socket);
  std::array<epoll_event, 64> events{};
  std::array<char, 4096> answer{};
  while (answered < requests) {
    const int ready = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < ready; ++i) {
      const ssize_t size = ::recv(events[i].data.fd, answer.data(), answer.size(), 0);
      if (size < 12 || std::string_view(answer.data(), 12) != "HTTP/1.1 200") {
        std::fprintf(stderr, "unexpected answer: %.*s\n", static_cast<int>(size), answer.data());
        std::exit(1);
      }
      ++answered;
      if (sent < requests) send_one(events[i].data.fd);
    }
  }
  const double cpu = child.cpu_seconds() - cpu_before;
  timespec ended{};
  ::clock_gettime(CLOCK_MONOTONIC, &ended);
  for (const int socket : sockets) ::close(socket);
  ::close(epoll);
  const double seconds = static_cast<double>(ended.tv_sec - began.tv_sec) +
                         1e-9 * static_cast<double>(ended.tv_nsec - began.tv_nsec);
  return {1e6 * cpu / requests, requests / seconds};
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

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 9;
  const int requests = argc > 2 ? std::atoi(argv[2]) : 60000;
  const int connections = argc > 3 ? std::atoi(argv[3]) : 16;
  const Child minimal = start(run_beast);
  const Child skerry = start(run_skerry);
  pin(1);
  load(minimal, requests / 4, connections);  // Warm.
  load(skerry, requests / 4, connections);
  std::vector<Figures> of_minimal;
  std::vector<Figures> of_skerry;
  std::vector<double> ratios;
  for (int i = 0; i < rounds; ++i) {
    of_minimal.push_back(load(minimal, requests, connections));
    of_skerry.push_back(load(skerry, requests, connections));
    ratios.push_back(of_skerry.back().cpu_us / of_minimal.back().cpu_us);
  }
  print("beast", of_minimal);
  print("skerry", of_skerry);
  std::printf("ratio     %6.3f (median of %d rounds; bar 1.15)\n", median(ratios), rounds);
  ::kill(minimal.pid, SIGKILL);
  ::kill(skerry.pid, SIGKILL);
  while (::wait(nullptr) > 0) {
  }
  return 0;
}
