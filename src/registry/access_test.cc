// SPDX-License-Identifier: Apache-2.0
#include "registry/access.h"

#include <gtest/gtest.h>

namespace skerry::registry {
namespace {

std::optional<std::string> ring_of(std::string_view site) {
  if (site == "site-1") return "main";
  return std::nullopt;
}

TEST(Access, LetsASiteReadModelsPoliciesAndItsRing) {
  const net::Principal site{net::Role::kSite, "site-1"};
  for (const char* repository : {"models/a", "policies/plant", "fleet/main"}) {
    EXPECT_TRUE(may_pull(site, repository, ring_of)) << repository;
  }
  for (const char* repository :
       {"fleet/canary", "fleet/main2", "fleet", "other", "modelsx/a", "models"}) {
    EXPECT_FALSE(may_pull(site, repository, ring_of)) << repository;
  }
  EXPECT_FALSE(may_pull({net::Role::kSite, "stranger"}, "fleet/main", ring_of));
  EXPECT_FALSE(may_pull(site, "fleet/main", nullptr));
}

TEST(Access, LetsOnlyAnAdminPush) {
  EXPECT_TRUE(check_push({net::Role::kAdmin, ""}, "models/a").ok());
  for (const net::Principal& principal :
       {net::Principal{net::Role::kSite, "site-1"}, net::Principal{net::Role::kClient, ""},
        net::Principal{}}) {
    const Status pushed = check_push(principal, "models/a");
    ASSERT_FALSE(pushed.ok());
    EXPECT_EQ(pushed.error().code(), Code::kPermissionDenied);
  }
}

TEST(Access, LetsAClientReadAndNobodyElse) {
  EXPECT_TRUE(may_pull({net::Role::kClient, ""}, "models/a", nullptr));
  EXPECT_TRUE(may_pull({net::Role::kAdmin, ""}, "anything", nullptr));
  EXPECT_FALSE(may_pull({}, "models/a", nullptr));
}

}  // namespace
}  // namespace skerry::registry
