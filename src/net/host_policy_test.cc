// SPDX-License-Identifier: Apache-2.0
#include "net/host_policy.h"

#include <gtest/gtest.h>

namespace skerry::net {
namespace {

TEST(HostPolicy, AnswersToLoopbackListenAddressAllowedNamesAndLiterals) {
  const HostPolicy policy("plant-server", {"hub.example", "[fd00::7]"});
  for (const char* host :
       {"localhost", "LOCALHOST:80", "a.localhost", "127.0.0.1", "127.8.8.8:1", "[::1]:8100",
        "plant-server:8100", "Hub.Example", "hub.example:443", "192.168.1.9:8100", "[fd00::1]"}) {
    EXPECT_TRUE(policy.host_allowed(host)) << host;
  }
  for (const char* host :
       {"", "evil.example", "hub.example.evil.example", "localhost.evil.example", "127.0.0.1.evil",
        "hub.example:80:80", "hub.example:x", "[::1", "127.1.evil", "xlocalhost", "0x7f000001",
        "hub.example@evil", "hub.example/"}) {
    EXPECT_FALSE(policy.host_allowed(host)) << host;
  }
}

TEST(HostPolicy, LetsInPagesOfKnownOriginsOnly) {
  const HostPolicy policy("0.0.0.0", {"hub.example"});
  EXPECT_TRUE(policy.origin_allowed("http://localhost:3000", "127.0.0.1:8100"));
  EXPECT_TRUE(policy.origin_allowed("https://hub.example", "hub.example"));
  EXPECT_TRUE(policy.origin_allowed("http://192.168.1.9:8100", "192.168.1.9:8100"));
  for (const char* origin :
       {"null", "", "http://evil.example", "https://6.6.6.6", "http://192.168.1.9:9999", "file://",
        "hub.example", "http://hub.example.evil", "http://"}) {
    EXPECT_FALSE(policy.origin_allowed(origin, "192.168.1.9:8100")) << origin;
  }
}

TEST(HostPolicy, KnowsLoopbackNames) {
  for (const char* host :
       {"localhost", "x.localhost", "127.0.0.1", "127.255.0.1", "::1", "[::1]"}) {
    EXPECT_TRUE(is_loopback_host(host)) << host;
  }
  for (const char* host : {"", "128.0.0.1", "127.0.0.1.example", "127.x", "[::2]", ".localhostx"}) {
    EXPECT_FALSE(is_loopback_host(host)) << host;
  }
}

}  // namespace
}  // namespace skerry::net
