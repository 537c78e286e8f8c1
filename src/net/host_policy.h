// SPDX-License-Identifier: Apache-2.0
//
// Which Host and Origin a server answers to. A page of another site can make a browser send
// requests to a loopback or plant address (DNS rebinding, cross-site posts); such requests carry
// the attacker's name in Host or Origin and are refused for every method. Threads: immutable.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace skerry::net {

class HostPolicy {
 public:
  // `listen_host` and `allowed` are host names or addresses without a port.
  HostPolicy(std::string_view listen_host, const std::vector<std::string>& allowed);

  // True for loopback names, the listen address, allowed names and every literal address: only a
  // name can be rebound.
  bool host_allowed(std::string_view host_and_port) const;

  // True where a page of `origin` may call: of a loopback or allowed name, or of the very Host that
  // the request names. "null" and other schemes are refused.
  bool origin_allowed(std::string_view origin, std::string_view host_and_port) const;

 private:
  bool known(std::string_view host) const;

  std::vector<std::string> known_;
};

// "localhost", "*.localhost", 127.0.0.0/8 or ::1 with or without brackets.
bool is_loopback_host(std::string_view host);

}  // namespace skerry::net
