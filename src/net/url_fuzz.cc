// SPDX-License-Identifier: Apache-2.0
//
// Text forms that come from outside: URLs, queries, Authorization and Host values.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "net/auth.h"
#include "net/host_policy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace skerry;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto url = net::Url::parse(text)) {
    // What was accepted means the same when written out and read again.
    const auto again = net::Url::parse(url->origin() + url->target);
    SKERRY_CHECK(again.ok() && again->host == url->host && again->port == url->port &&
                 again->target == url->target);
    SKERRY_CHECK(url->target.starts_with('/'));
  }
  net::Request request;
  request.query = text;
  static_cast<void>(request.query_values("a"));
  static_cast<void>(net::token_from_authorization(text));
  static_cast<void>(net::parse_role(text));
  const net::HostPolicy policy("127.0.0.1", {"hub.example"});
  if (policy.host_allowed(text)) SKERRY_CHECK(text.find('/') == std::string_view::npos);
  static_cast<void>(policy.origin_allowed(text, "hub.example"));
  return 0;
}
