// SPDX-License-Identifier: Apache-2.0
//
// Writes responses as bytes of HTTP/1.1 (RFC 9112).
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/http.h"
#include "sys/clock.h"

namespace skerry::net {

struct WriteOptions {
  bool head = false;                 // Answer to HEAD: no body follows.
  bool keep_alive = true;            // Else "Connection: close".
  bool announce_keep_alive = false;  // HTTP/1.0 clients ask for it and want it confirmed.
  std::string_view date;             // RFC 9110 section 5.6.7.
};

// Appends status line and header fields with the empty line. Control characters in values become
// spaces, so that no value can start a field of its own.
void append_head(const Response& response, const WriteOptions& options, std::string& out);

// True where a response of this status has no body (1xx, 204, 304).
bool without_body(int status);

// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(sys::Time time);

}  // namespace skerry::net
