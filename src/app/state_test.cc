// SPDX-License-Identifier: Apache-2.0
#include "app/state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/http_server.h"

namespace skerry::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Settings settings(const std::vector<std::pair<std::string, std::string>>& values = {}) {
  Result<Settings> loaded = Settings::load("", "", {}, values);
  EXPECT_TRUE(loaded.ok());
  return *std::move(loaded);
}

class StateTest : public testing::Test {
 protected:
  StateTest() : folder_(*sys::TemporaryFolder::create("skerry-state")), state_(folder_.path()) {}
  std::string path(const std::string& name) const { return sys::join_path(state_, name); }

  const sys::TemporaryFolder folder_;
  const std::string state_;
};

TEST(StateFolder, TakesFlagThenXdgThenHome) {
  using Environment = std::map<std::string, std::string>;
  const Environment both{{"XDG_STATE_HOME", "/xdg"}, {"HOME", "/home/ann"}};
  EXPECT_EQ(*state_folder("/here", both), "/here");
  EXPECT_EQ(*state_folder("", both), "/xdg/skerry");
  EXPECT_EQ(*state_folder("", Environment{{"HOME", "/home/ann"}}), "/home/ann/.local/state/skerry");
  EXPECT_TRUE(state_folder("relative", both)->starts_with("/"));
  const Result<std::string> none = state_folder("", {});
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.error().message(), HasSubstr("SKERRY_STATE"));
}

TEST_F(StateTest, OwnTokenIsMadeOnceAndIsAnAdmins) {
  const Result<std::string> first = own_token(state_);
  ASSERT_TRUE(first.ok()) << first.error().to_string();
  EXPECT_EQ(*own_token(state_), *first);
  net::TokenFolder tokens(sys::real_file_system(), path("tokens"));
  EXPECT_EQ(tokens.authenticate(*first)->role, net::Role::kAdmin);
  struct stat info{};
  ASSERT_EQ(::stat(path("client-token").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(StateTest, AddressIsThereWhileTheRoleRuns) {
  const Result<std::string> before = address_of(state_, "hub");
  EXPECT_EQ(before.error().code(), Code::kUnavailable);
  EXPECT_THAT(before.error().message(), HasSubstr("skerry up"));
  {
    Result<AddressFile> file = AddressFile::write(state_, "hub", "http://127.0.0.1:1");
    ASSERT_TRUE(file.ok()) << file.error().to_string();
    const AddressFile moved = *std::move(file);
    EXPECT_EQ(*address_of(state_, "hub"), "http://127.0.0.1:1");
  }
  EXPECT_FALSE(address_of(state_, "hub").ok());
}

TEST(ServerOptions, FollowTheSettings) {
  const auto plain =
      server_options(settings({{"http.allowed_hosts", "a.example,,b.example"}}), "127.0.0.1:7");
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(plain->listen, "127.0.0.1:7");
  EXPECT_THAT(plain->allowed_hosts, ElementsAre("a.example", "b.example"));
  EXPECT_EQ(plain->tls, nullptr);
  const auto tls = server_options(settings({{"tls.certificate", "/c.pem"}, {"tls.key", "/k.pem"}}),
                                  "127.0.0.1:0");
  ASSERT_TRUE(tls.ok());
  EXPECT_EQ(tls->tls->certificate_chain, "/c.pem");
  EXPECT_EQ(tls->tls->private_key, "/k.pem");
  for (const char* alone : {"tls.certificate", "tls.key"}) {
    const auto half = server_options(settings({{alone, "/x.pem"}}), "127.0.0.1:0");
    ASSERT_FALSE(half.ok());
    EXPECT_EQ(half.error().code(), Code::kInvalidArgument);
  }
}

TEST_F(StateTest, RegistryIsTheRunningOneOrThatOfTheSettings) {
  const auto client = *make_client(settings());
  EXPECT_EQ(open_registry(settings(), state_, *client).error().code(), Code::kUnavailable);
  EXPECT_TRUE(
      open_registry(settings({{"registry.url", "http://127.0.0.1:1"}}), state_, *client).ok());
  EXPECT_EQ(open_registry(settings({{"registry.url", "no url"}}), state_, *client).error().code(),
            Code::kInvalidArgument);
}

// The CLI's call to a hub that answers as it is told.
class CallHubTest : public StateTest {
 protected:
  void SetUp() override {
    net::Route route;
    route.method = "POST";
    route.pattern = "/api/v1/echo";
    route.access = net::Access::kOpen;
    route.handler = [this](const net::Request& request, net::Response& response) {
      authorization_ = request.header("Authorization").value_or("");
      body_ = request.body;
      response.status = status_;
      response.body = answer_;
    };
    server_ = *net::Server::start({}, {std::move(route)}, tokens_);
    address_ = std::make_unique<AddressFile>(*AddressFile::write(state_, "hub", server_->url()));
  }
  Result<json::Value> call(int status, std::string answer) {
    status_ = status;
    answer_ = std::move(answer);
    return call_hub(settings(), state_, "POST", "/api/v1/echo", json::Object{{"a", 1}});
  }

  int status_ = 200;
  std::string answer_;
  std::string authorization_;
  std::string body_;
  test::FixedTokens tokens_;
  std::unique_ptr<net::Server> server_;
  std::unique_ptr<AddressFile> address_;
};

TEST_F(CallHubTest, SendsItsTokenAndGivesTheAnswer) {
  const Result<json::Value> answer = call(200, "{\"b\":2}");
  ASSERT_TRUE(answer.ok()) << answer.error().to_string();
  EXPECT_EQ(answer->at("b"), 2);
  EXPECT_EQ(body_, "{\"a\":1}");
  EXPECT_EQ(authorization_, "Bearer " + *own_token(state_));
}

TEST_F(CallHubTest, RefusalBecomesItsErrorAndText) {
  const Result<json::Value> refused = call(412, "{\"error\":\"other features\"}");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), Code::kFailedPrecondition);
  EXPECT_EQ(refused.error().message(), "other features");
  for (const char* answer : {"", "[]", "{\"error\":7}", "busy"}) {
    const Result<json::Value> busy = call(503, answer);
    ASSERT_FALSE(busy.ok());
    EXPECT_EQ(busy.error().code(), Code::kUnavailable);
    EXPECT_THAT(busy.error().message(), HasSubstr("503"));
  }
  EXPECT_FALSE(call(200, "no json").ok());
}

}  // namespace
}  // namespace skerry::app
