// SPDX-License-Identifier: Apache-2.0
#include "app/roles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace skerry::app {
namespace {

using testing::HasSubstr;

constexpr const char* kAnyPort = "127.0.0.1:0";

class HubRoleTest : public testing::Test {
 protected:
  HubRoleTest() : folder_(*sys::TemporaryFolder::create("skerry-roles")) {}
  Result<std::unique_ptr<HubRole>> start(const std::string& state, const std::string& listen) {
    const Result<Settings> settings = Settings::load("", "", {}, {});
    return HubRole::start(*settings, sys::join_path(folder_.path(), state), listen, kAnyPort);
  }

  const sys::TemporaryFolder folder_;
};

TEST_F(HubRoleTest, LeavesAddressesWhileItRuns) {
  const std::string state = sys::join_path(folder_.path(), "a");
  {
    const auto role = start("a", kAnyPort);
    ASSERT_TRUE(role.ok()) << role.error().to_string();
    EXPECT_EQ(*address_of(state, "hub"), (*role)->hub().api_url());
    EXPECT_EQ(*address_of(state, "registry"), (*role)->hub().registry_url());
    EXPECT_TRUE((*role)->tokens().authenticate(*own_token(state)).ok());
  }
  EXPECT_FALSE(address_of(state, "hub").ok());
  EXPECT_TRUE(start("a", kAnyPort).ok()) << "the locks are free again";
}

TEST_F(HubRoleTest, SecondOneOnAStateFolderNamesTheHolder) {
  const auto first = start("a", kAnyPort);
  ASSERT_TRUE(first.ok());
  const auto second = start("a", kAnyPort);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code(), Code::kFailedPrecondition);
  EXPECT_THAT(second.error().message(), HasSubstr(std::to_string(::getpid())));
}

TEST_F(HubRoleTest, PortInUseLeavesNoAddress) {
  const auto first = start("a", kAnyPort);
  ASSERT_TRUE(first.ok());
  const std::string taken = (*first)->hub().api_url().substr(std::string_view("http://").size());
  const auto second = start("b", taken);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code(), Code::kAlreadyExists);
  EXPECT_THAT(second.error().message(), HasSubstr(taken));
  EXPECT_FALSE(address_of(sys::join_path(folder_.path(), "b"), "registry").ok());
}

TEST(ShiftPort, AddsToTheLastNumber) {
  struct Case {
    const char* listen;
    int by;
    const char* shifted;  // Null = refused.
  };
  for (const Case& c : {Case{"127.0.0.1:8100", 20, "127.0.0.1:8120"},
                        {"127.0.0.1:8100", 0, "127.0.0.1:8100"},
                        {"[::1]:8100", 2, "[::1]:8102"},
                        {"localhost:0", 7, "localhost:0"},
                        {"127.0.0.1:65535", 0, "127.0.0.1:65535"},
                        {"127.0.0.1:65535", 1, nullptr},
                        {"127.0.0.1:70000", 0, nullptr},
                        {"127.0.0.1:-1", 1, nullptr},
                        {"127.0.0.1:", 1, nullptr},
                        {"127.0.0.1:80a", 1, nullptr},
                        {"8100", 1, nullptr},
                        {"", 1, nullptr}}) {
    const Result<std::string> shifted = shift_port(c.listen, c.by);
    ASSERT_EQ(shifted.ok(), c.shifted != nullptr) << c.listen;
    if (shifted.ok()) {
      EXPECT_EQ(*shifted, c.shifted);
    } else {
      EXPECT_EQ(shifted.error().code(), Code::kInvalidArgument);
    }
  }
}

}  // namespace
}  // namespace skerry::app
