// SPDX-License-Identifier: Apache-2.0
#include "loop/hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loop/enrol.h"
#include "loop/rollout.h"
#include "loop/sample_model.h"
#include "net/client.h"
#include "registry/server.h"
#include "sys/fake/files.h"
#include "tests/support/http_server.h"

namespace skerry::loop {
namespace {

using testing::HasSubstr;

class HubTest : public testing::Test {
 protected:
  HubTest() : client_(*net::Client::create({})) {
    options_.registry_folder = "/registry";
    options_.enrolled_folder = "/sites";
  }

  Result<std::unique_ptr<Hub>> start(net::Authenticator& tokens) {
    return Hub::start({disk_, sys::real_clock(), sys::system_random(), tokens}, options_);
  }
  int get(const std::string& url, const std::string& token) {
    net::ClientRequest request;
    request.url = url;
    if (!token.empty()) request.headers.set("Authorization", "Bearer " + token);
    const auto response = client_->send(request);
    return response.ok() ? response->status : 0;
  }

  sys::fake::FakeFileSystem disk_;
  test::FixedTokens tokens_;
  HubOptions options_;
  std::unique_ptr<net::Client> client_;
};

TEST_F(HubTest, ServesApiAndRegistry) {
  const auto hub = start(tokens_);
  ASSERT_TRUE(hub.ok()) << hub.error().to_string();
  EXPECT_EQ(get((*hub)->api_url() + "/api/v1/health", ""), 200);
  EXPECT_EQ(get((*hub)->registry_url() + "/v2/", "client"), 200);
  EXPECT_EQ(get((*hub)->registry_url() + "/v2/", ""), 401);
  (*hub)->stop(std::chrono::seconds(5));
  EXPECT_EQ(get((*hub)->api_url() + "/api/v1/health", ""), 0);
  EXPECT_EQ(get((*hub)->registry_url() + "/v2/", "client"), 0);
}

TEST_F(HubTest, SiteReadsTheDesiredStateOfItsOwnRingOnly) {
  {
    const auto store = registry::Store::open(disk_, sys::real_clock(), sys::system_random(),
                                             options_.registry_folder, {});
    ASSERT_TRUE(store.ok());
    ASSERT_TRUE(push_bundle(**store, sum_bundle("pump", 1), "v1").ok());
    RolloutController rollouts(**store, {});
    ASSERT_TRUE(rollouts.start({"pump", "v1"}, "main").ok());
    ASSERT_TRUE(rollouts.start({"pump", "v1"}, "pilot").ok());
  }
  net::TokenFolder tokens(disk_, "/tokens");
  const auto hub = start(tokens);
  ASSERT_TRUE(hub.ok()) << hub.error().to_string();
  const auto enrolment =
      EnrolledSites(disk_, "/sites")
          .enrol("site-1", "main", (*hub)->registry_url(), tokens, sys::system_random());
  ASSERT_TRUE(enrolment.ok());
  const std::string registry = (*hub)->registry_url() + "/v2/";
  EXPECT_EQ(get(registry + "fleet/main/manifests/desired", enrolment->token), 200);
  EXPECT_EQ(get(registry + "fleet/pilot/manifests/desired", enrolment->token), 403);
  EXPECT_EQ(get(registry + "models/pump/manifests/v1", enrolment->token), 200);
}

TEST_F(HubTest, PortInUseIsNamedForEitherListener) {
  const auto first = start(tokens_);
  ASSERT_TRUE(first.ok());
  const std::string taken = (*first)->api_url().substr(std::string_view("http://").size());
  for (net::Server::Options* listener : {&options_.registry, &options_.api}) {
    listener->listen = taken;
    const auto second = start(tokens_);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code(), Code::kAlreadyExists);
    EXPECT_THAT(second.error().message(), HasSubstr(taken));
    listener->listen = "127.0.0.1:0";
  }
}

}  // namespace
}  // namespace skerry::loop
