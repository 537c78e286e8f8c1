// SPDX-License-Identifier: Apache-2.0
#include "loop/hub_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loop/sample_model.h"
#include "net/client.h"
#include "net/server.h"
#include "registry/store.h"
#include "sys/fake/clock.h"
#include "sys/fake/files.h"
#include "tests/support/http_server.h"

namespace skerry::loop {
namespace {

using testing::HasSubstr;

class HubApiTest : public testing::Test {
 protected:
  void SetUp() override {
    auto store = registry::Store::open(disk_, clock_, random_, "/registry", {});
    ASSERT_TRUE(store.ok());
    store_ = *std::move(store);
    rollouts_ = std::make_unique<RolloutController>(*store_, RolloutController::Options{});
    auto server = net::Server::start({}, hub_routes(*store_, *rollouts_), tokens_);
    ASSERT_TRUE(server.ok()) << server.error().to_string();
    server_ = *std::move(server);
    client_ = *net::Client::create({});
  }

  net::ClientResponse send(const std::string& method, const std::string& path,
                           const std::string& token, const std::string& body = "") {
    net::ClientRequest request;
    request.method = method;
    request.url = server_->url() + path;
    if (!token.empty()) request.headers.set("Authorization", "Bearer " + token);
    request.body = body;
    auto response = client_->send(request);
    EXPECT_TRUE(response.ok());
    return response.ok() ? *std::move(response) : net::ClientResponse{};
  }
  net::ClientResponse roll_out(const std::string& body) {
    return send("POST", "/api/v1/rollouts", "admin", body);
  }

  sys::fake::FakeFileSystem disk_;
  sys::fake::FakeClock clock_;
  sys::SeededRandom random_{1};
  test::FixedTokens tokens_;
  std::unique_ptr<registry::Store> store_;
  std::unique_ptr<RolloutController> rollouts_;
  std::unique_ptr<net::Server> server_;
  std::unique_ptr<net::Client> client_;
};

TEST_F(HubApiTest, EachRouteAsksForItsRole) {
  struct Case {
    const char* method;
    const char* path;
    const char* token;
    int status;
  };
  for (const Case& c : {Case{"GET", "/api/v1/health", "", 200},
                        {"GET", "/api/v1/models", "", 401},
                        {"GET", "/api/v1/models", "stranger", 401},
                        {"GET", "/api/v1/models", "site-1", 403},
                        {"GET", "/api/v1/models", "client", 200},
                        {"GET", "/api/v1/rollouts", "site-1", 403},
                        {"GET", "/api/v1/rollouts", "client", 200},
                        {"POST", "/api/v1/rollouts", "client", 403},
                        {"POST", "/api/v1/rollouts", "site-1", 403},
                        {"POST", "/api/v1/rollouts", "admin", 400},
                        {"DELETE", "/api/v1/rollouts", "admin", 405},
                        {"GET", "/api/v1/nothing", "admin", 404}}) {
    EXPECT_EQ(send(c.method, c.path, c.token).status, c.status)
        << c.method << " " << c.path << " as " << c.token;
  }
}

TEST_F(HubApiTest, ModelsAreListedWithTagsAndDigests) {
  const Result<Digest> v1 = push_bundle(*store_, sum_bundle("pump", 1), "v1");
  ASSERT_TRUE(v1.ok());
  ASSERT_TRUE(write_blob(*store_, "other/repository", "text/plain", "no model").ok());
  EXPECT_EQ(send("GET", "/api/v1/models", "client").body,
            R"({"models":[{"name":"pump","tags":[{"tag":"v1","digest":")" + v1->to_string() +
                R"("}]}]})");
}

TEST_F(HubApiTest, RolloutAnswersWithTheDesiredState) {
  EXPECT_EQ(send("GET", "/api/v1/rollouts", "client").body, R"({"rings":[]})");
  ASSERT_TRUE(push_bundle(*store_, sum_bundle("pump", 1), "v1").ok());
  const net::ClientResponse started = roll_out(R"({"model":"pump:v1","ring":"main"})");
  EXPECT_EQ(started.status, 200);
  EXPECT_THAT(started.body, HasSubstr(R"("generation":1)"));
  EXPECT_EQ(send("GET", "/api/v1/rollouts", "client").body, "{\"rings\":[" + started.body + "]}");
}

TEST_F(HubApiTest, BadRolloutsSayWhatIsWrong) {
  ASSERT_TRUE(push_bundle(*store_, sum_bundle("pump", 1), "v1").ok());
  ASSERT_TRUE(push_bundle(*store_, other_pipeline_bundle("pump", 2), "v2").ok());
  ASSERT_EQ(roll_out(R"({"model":"pump:v1","ring":"main"})").status, 200);
  struct Case {
    const char* body;
    int status;
    const char* says;
  };
  for (const Case& c : {Case{"", 400, "error"},
                        {"{", 400, "error"},
                        {"[]", 400, "the body"},
                        {R"({"model":"pump:v1"})", 400, "ring"},
                        {R"({"model":"pump:v1","rings":"main"})", 400, R"(did you mean \"ring\")"},
                        {R"({"model":7,"ring":"main"})", 400, "model"},
                        {R"({"model":"pump","ring":"main"})", 400, "NAME:TAG"},
                        {R"({"model":"pump:v1","ring":"../x"})", 400, "ring"},
                        {R"({"model":"fan:v1","ring":"main"})", 404, "fan"},
                        {R"({"model":"pump:v9","ring":"main"})", 404, "v9"},
                        {R"({"model":"pump:v2","ring":"main"})", 412, "features differently"}}) {
    const net::ClientResponse response = roll_out(c.body);
    EXPECT_EQ(response.status, c.status) << c.body;
    EXPECT_THAT(response.body, HasSubstr(c.says)) << c.body;
  }
  EXPECT_THAT(send("GET", "/api/v1/rollouts", "client").body, HasSubstr(R"("generation":1)"));
}

}  // namespace
}  // namespace skerry::loop
