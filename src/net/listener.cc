// SPDX-License-Identifier: Apache-2.0
#include "net/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

namespace skerry::net {
namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  std::uint16_t port() const {
    return ntohs(storage.ss_family == AF_INET6
                     ? reinterpret_cast<const sockaddr_in6&>(storage).sin6_port
                     : reinterpret_cast<const sockaddr_in&>(storage).sin_port);
  }
};

// Closes what is open unless release() was called.
class OpenSockets {
 public:
  ~OpenSockets() {
    for (const int descriptor : descriptors_) ::close(descriptor);
  }
  void add(int descriptor) { descriptors_.push_back(descriptor); }
  std::vector<int> release() { return std::exchange(descriptors_, {}); }

 private:
  std::vector<int> descriptors_;
};

Result<Address> parse_address(const std::string& host, std::uint16_t port) {
  Address address;
  auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
  if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    address.size = sizeof v4;
    return address;
  }
  if (host.size() > 2 && host.front() == '[' && host.back() == ']' &&
      ::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    address.size = sizeof v6;
    return address;
  }
  return invalid_argument(
      "listen address needs a literal IPv4 address, an IPv6 address in brackets "
      "or localhost before the port");
}

Error socket_error(const char* what, std::string_view address) {
  const int number = errno;
  const std::string text = std::string(what) + " " + std::string(address) + ": ";
  switch (number) {
    case EADDRINUSE: return {Code::kAlreadyExists, text + "the port is in use by another program"};
    case EACCES:
    case EPERM:
      return {Code::kPermissionDenied, text + "not permitted; ports below 1024 need privileges"};
    default: return unavailable(text + std::strerror(number));
  }
}

Status set_option(int descriptor, int option, std::string_view address) {
  const int on = 1;
  if (::setsockopt(descriptor, SOL_SOCKET, option, &on, sizeof on) == 0) return {};
  return socket_error("listen on", address);
}

// Binds one more socket. The first is bound without SO_REUSEPORT, and so is refused when any other
// program has the port; it joins the group afterwards.
Result<int> bind_socket(Address& where, bool first, std::string_view address,
                        OpenSockets& sockets) {
  const int descriptor =
      ::socket(where.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return socket_error("listen on", address);
  sockets.add(descriptor);
  TRY(set_option(descriptor, SO_REUSEADDR, address));
  if (!first) TRY(set_option(descriptor, SO_REUSEPORT, address));
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&where.storage), where.size) != 0) {
    return socket_error("listen on", address);
  }
  if (first) TRY(set_option(descriptor, SO_REUSEPORT, address));
  // The port that the system chose for port 0 is the others' as well.
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&where.storage), &where.size) != 0) {
    return socket_error("listen on", address);
  }
  return descriptor;
}

}  // namespace

Result<Listeners> open_listeners(std::string_view address, int count) {
  const auto colon = address.rfind(':');
  if (colon == std::string_view::npos) return invalid_argument("listen address is not HOST:PORT");
  const std::string_view digits = address.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) {
    return invalid_argument("listen address has no port from 0 to 65535");
  }
  Listeners listeners;
  listeners.host = address.substr(0, colon);
  if (listeners.host == "localhost") listeners.host = "127.0.0.1";
  Address where = TRY(parse_address(listeners.host, port));
  OpenSockets sockets;
  std::vector<int> bound;
  for (int i = 0; i < count; ++i)
    bound.push_back(TRY(bind_socket(where, i == 0, address, sockets)));
  for (const int descriptor : bound) {
    if (::listen(descriptor, SOMAXCONN) != 0) return socket_error("listen on", address);
  }
  listeners.port = where.port();
  listeners.descriptors = sockets.release();
  return listeners;
}

}  // namespace skerry::net
