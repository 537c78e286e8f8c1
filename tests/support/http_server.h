// SPDX-License-Identifier: Apache-2.0
//
// For tests of HTTP surfaces: an authenticator with three fixed tokens, and a client that sends
// exactly the bytes it is given, on a socket that never waits longer than ten seconds. Threads:
// RawClient belongs to one thread; FixedTokens is immutable.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <string>
#include <string_view>

#include "base/check.h"
#include "net/auth.h"
#include "net/http.h"

namespace skerry::test {

// "admin", "client" and "site-1" are their own tokens.
class FixedTokens final : public net::Authenticator {
 public:
  Result<net::Principal> authenticate(std::string_view token) override {
    if (token == "admin") return net::Principal{net::Role::kAdmin, {}};
    if (token == "client") return net::Principal{net::Role::kClient, {}};
    if (token == "site-1") return net::Principal{net::Role::kSite, "site-1"};
    return Error(Code::kUnauthenticated, "the token is not known here");
  }
};

struct RawResponse {
  int status = 0;    // 0 = the connection ended before a whole head came.
  std::string head;  // With the empty line.
  std::string body;

  bool has(std::string_view text) const { return head.find(text) != std::string::npos; }
};

class RawClient {
 public:
  // `url` of a server on an IPv4 loopback address.
  explicit RawClient(const std::string& url) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const net::Url parsed = net::Url::parse(url).value();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(parsed.port);
    SKERRY_CHECK(::inet_pton(AF_INET, parsed.host.c_str(), &address.sin_addr) == 1);
    const timeval patience{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    connected_ =
        ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient() { close(); }

  bool connected() const { return connected_; }
  int socket() const { return socket_; }

  // False when the server does not take all of it.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // The next answer; `with_body` is false after HEAD.
  RawResponse receive(bool with_body = true) {
    RawResponse response;
    std::size_t end = 0;
    while ((end = pending_.find("\r\n\r\n")) == std::string::npos) {
      if (!more()) return response;
    }
    response.head = pending_.substr(0, end + 4);
    pending_.erase(0, end + 4);
    if (response.head.size() > 12) {
      std::from_chars(response.head.data() + 9, response.head.data() + 12, response.status);
    }
    std::size_t length = 0;
    const auto field = response.head.find("Content-Length: ");
    if (field != std::string::npos && with_body) {
      const char* digits = response.head.data() + field + 16;
      std::from_chars(digits, response.head.data() + response.head.size(), length);
    }
    while (pending_.size() < length && more()) {
    }
    response.body = pending_.substr(0, length);
    pending_.erase(0, std::min(length, pending_.size()));
    return response;
  }

  RawResponse ask(std::string_view request) {
    send(request);
    return receive();
  }

  // True when the server closes within ten seconds without another byte.
  bool closed() { return pending_.empty() && !more() && ended_; }

  void end_writing() { ::shutdown(socket_, SHUT_WR); }
  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

 private:
  bool more() {
    std::array<char, 65536> buffer{};
    const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (size > 0) pending_.append(buffer.data(), static_cast<std::size_t>(size));
    ended_ = size == 0 || (size < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
    return size > 0;
  }

  int socket_;
  bool connected_ = false;
  bool ended_ = false;
  std::string pending_;
};

// A request with the fields that every request needs. `token` "" = none.
inline std::string request(std::string_view method, std::string_view target,
                           std::string_view token = "client", std::string_view body = {},
                           std::string_view fields = {}) {
  std::string text(method);
  text += " ";
  text += target;
  text += " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  if (!token.empty()) text += "Authorization: Bearer " + std::string(token) + "\r\n";
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  text += fields;
  text += "\r\n";
  text += body;
  return text;
}

}  // namespace skerry::test
