// SPDX-License-Identifier: Apache-2.0
#include "net/host_policy.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "net/http.h"

namespace skerry::net {
namespace {

struct Authority {
  std::string_view host;  // Without brackets.
  bool valid = false;
};

// Splits "name", "name:port", "[address]" and "[address]:port".
Authority split(std::string_view text) {
  std::string_view host = text;
  std::string_view port;
  if (!text.empty() && text.front() == '[') {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return {};
    host = text.substr(1, end - 1);
    port = text.substr(end + 1);
  } else if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon);
    port = text.substr(colon);
  }
  const bool port_ok =
      port.empty() || (port.front() == ':' && std::all_of(port.begin() + 1, port.end(), [](char c) {
                         return c >= '0' && c <= '9';
                       }));
  return {host, port_ok && !host.empty()};
}

bool is_address(std::string_view host) {
  std::array<char, 64> text{};
  if (host.size() >= text.size()) return false;
  std::memcpy(text.data(), host.data(), host.size());
  std::array<unsigned char, 16> bytes{};
  return ::inet_pton(AF_INET, text.data(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, text.data(), bytes.data()) == 1;
}

std::string_view without_brackets(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  return host;
}

}  // namespace

bool is_loopback_host(std::string_view host) {
  host = without_brackets(host);
  constexpr std::string_view kSuffix = ".localhost";
  if (equal_without_case(host, "localhost") || host == "::1") return true;
  if (host.size() > kSuffix.size() &&
      equal_without_case(host.substr(host.size() - kSuffix.size()), kSuffix)) {
    return true;
  }
  return host.starts_with("127.") && is_address(host);
}

HostPolicy::HostPolicy(std::string_view listen_host, const std::vector<std::string>& allowed) {
  known_.emplace_back(without_brackets(listen_host));
  for (const std::string& host : allowed) known_.emplace_back(without_brackets(host));
}

bool HostPolicy::known(std::string_view host) const {
  return is_loopback_host(host) ||
         std::any_of(known_.begin(), known_.end(),
                     [host](const auto& name) { return equal_without_case(name, host); });
}

bool HostPolicy::host_allowed(std::string_view host_and_port) const {
  const Authority authority = split(host_and_port);
  return authority.valid && (known(authority.host) || is_address(authority.host));
}

bool HostPolicy::origin_allowed(std::string_view origin, std::string_view host_and_port) const {
  if (origin.starts_with("https://")) {
    origin.remove_prefix(8);
  } else if (origin.starts_with("http://")) {
    origin.remove_prefix(7);
  } else {
    return false;
  }
  const Authority authority = split(origin);
  if (!authority.valid) return false;
  return known(authority.host) || equal_without_case(origin, host_and_port);
}

}  // namespace skerry::net
