// SPDX-License-Identifier: Apache-2.0
//
// Without site processes; those are in tests/loop.
#include "app/local_sites.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/state.h"
#include "sys/files.h"

namespace skerry::app {
namespace {

TEST(LocalSites, UrlIsThatOfASiteThatListens) {
  const sys::TemporaryFolder folder = *sys::TemporaryFolder::create("skerry-sites");
  const Settings settings = *Settings::load("", "", {}, {});
  const LocalSites sites(settings, folder.path());
  EXPECT_EQ(sites.url("site-1").error().code(), Code::kUnavailable);
  const auto address = AddressFile::write(folder.path(), "sites/site-1", "http://127.0.0.1:9");
  ASSERT_TRUE(address.ok());
  EXPECT_EQ(*sites.url("site-1"), "http://127.0.0.1:9");
}

}  // namespace
}  // namespace skerry::app
