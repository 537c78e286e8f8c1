// SPDX-License-Identifier: Apache-2.0
//
// Listening sockets: several for one port, so that each reactor accepts for itself (SO_REUSEPORT).
// Threads: plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace skerry::net {

struct Listeners {
  std::vector<int>
      descriptors;   // Listening, non-blocking, closed on exec; the receiver closes them.
  std::string host;  // As given, "localhost" resolved.
  std::uint16_t port = 0;
};

// Binds `count` sockets to `address`, "HOST:PORT" with a literal address or "localhost" and port 0
// for a free one. Errors: kInvalidArgument for a malformed address, kAlreadyExists when another
// socket has the port, kPermissionDenied, kUnavailable for an address that this machine does not
// have.
Result<Listeners> open_listeners(std::string_view address, int count);

}  // namespace skerry::net
