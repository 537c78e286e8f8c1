// SPDX-License-Identifier: Apache-2.0
#include "loop/site.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loop/rollout.h"
#include "loop/sample_model.h"
#include "net/client.h"
#include "registry/store.h"
#include "sys/fake/files.h"
#include "sys/random.h"
#include "sys/signals.h"
#include "tests/support/http_server.h"

namespace skerry::loop {
namespace {

using testing::HasSubstr;

class SiteTest : public testing::Test {
 protected:
  void SetUp() override {
    auto store = registry::Store::open(registry_disk_, sys::real_clock(), random_, "/registry", {});
    ASSERT_TRUE(store.ok());
    store_ = *std::move(store);
    client_ = *net::Client::create({});
    options_.site = "site-1";
    options_.ring = "main";
    options_.folder = "/site";
    options_.poll_interval = std::chrono::milliseconds(10);
    options_.version = "test";
  }

  Result<std::unique_ptr<Site>> try_start(registry::Registry* registry) {
    return Site::start({disk_, sys::real_clock(), runtime_, tokens_, registry}, options_);
  }
  void start(registry::Registry* registry) {
    auto site = try_start(registry);
    ASSERT_TRUE(site.ok()) << site.error().to_string();
    site_ = *std::move(site);
  }
  Code start_error(registry::Registry* registry) {
    const auto site = try_start(registry);
    return site.ok() ? Code::kUnknown : site.error().code();
  }

  net::ClientResponse send(const std::string& url, const std::string& body = "") {
    net::ClientRequest request;
    request.method = body.empty() ? "GET" : "POST";
    request.url = url;
    request.body = body;
    request.headers.set("Authorization", "Bearer client");
    auto response = client_->send(request);
    return response.ok() ? *std::move(response) : net::ClientResponse{};
  }
  json::Value status() { return *json::parse(send(site_->url() + "/v1/status").body); }
  bool wait_until_generation(int generation) {
    const sys::SteadyTime deadline = sys::real_clock().steady_now() + std::chrono::seconds(20);
    while (status().at("generation").at("applied") != generation) {
      if (sys::real_clock().steady_now() > deadline) return false;
      sys::sleep_unless_stopped({}, std::chrono::milliseconds(5));
    }
    return true;
  }
  void bake(const std::string& path) {
    const Result<std::string> tar = bundle::pack(sum_bundle("pump", 3));
    ASSERT_TRUE(tar.ok());
    ASSERT_TRUE(sys::write_file_atomically(disk_, path, *tar).ok());
    options_.bundle_path = path;
  }

  sys::fake::FakeFileSystem disk_;
  sys::fake::FakeFileSystem registry_disk_;
  sys::SeededRandom random_{1};
  test::FixedTokens tokens_;
  SampleRuntime runtime_;
  SiteOptions options_;
  std::unique_ptr<registry::Store> store_;
  std::unique_ptr<net::Client> client_;
  std::unique_ptr<Site> site_;
};

TEST_F(SiteTest, FollowsItsRingAndAnswers) {
  start(store_.get());
  EXPECT_EQ(send(site_->url() + "/v2/health/live").status, 200);
  EXPECT_EQ(send(site_->url() + "/v2/health/ready").status, 503) << "it has no model yet";
  ASSERT_TRUE(push_bundle(*store_, sum_bundle("pump", 1), "v1").ok());
  ASSERT_TRUE(push_bundle(*store_, sum_bundle("pump", 2), "v2").ok());
  RolloutController rollouts(*store_, {});
  ASSERT_TRUE(rollouts.start({"pump", "v1"}, "main").ok());
  ASSERT_TRUE(wait_until_generation(1));
  EXPECT_EQ(send(site_->url() + "/v2/health/ready").status, 200);
  const net::ClientResponse answer =
      send(site_->url() + "/v2/models/pump/infer",
           R"({"inputs":[{"name":"features","shape":[1,2],"datatype":"FP32","data":[1.5,2]}]})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("[3.5]"));
  EXPECT_THAT(answer.body, HasSubstr("\"model_version\":\"1\""));
  ASSERT_TRUE(rollouts.start({"pump", "v2"}, "main").ok());
  ASSERT_TRUE(wait_until_generation(2));
  const json::Value model = status().at("models").at(0);
  EXPECT_EQ(model.at("current").at("version"), 2);
  EXPECT_EQ(model.at("previous").at("version"), 1);
}

TEST_F(SiteTest, StatusNamesSiteRingAndTrust) {
  start(store_.get());
  const json::Value seen = status();
  EXPECT_EQ(seen.at("site"), "site-1");
  EXPECT_EQ(seen.at("ring"), "main");
  EXPECT_EQ(seen.at("trust"), "digest-only");
  EXPECT_TRUE(sys::parse_time(std::string(seen.at("at").as_string())).ok());
  EXPECT_TRUE(seen.as_object().contains("observe"));
}

TEST_F(SiteTest, ServesABakedBundleWithoutARegistry) {
  bake("/bundle.tar");
  start(nullptr);
  const json::Value seen = status();
  EXPECT_EQ(seen.at("models").at(0).at("name"), "pump");
  EXPECT_EQ(seen.at("models").at(0).at("current").at("version"), 3);
  EXPECT_EQ(seen.at("health").at("ok"), true);
  const net::ClientResponse answer =
      send(site_->url() + "/v1/observe", R"({"source":"s","asset":"a","values":{"s2":20}})");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr("\"rul\":40"));
}

TEST_F(SiteTest, WithoutRingAndBundleItSaysSo) {
  start(nullptr);
  EXPECT_EQ(status().at("health").at("reasons").at(0), "no_desired_state");
}

TEST_F(SiteTest, MetricsHaveAListenerOfTheirOwn) {
  bake("/bundle.tar");
  start(nullptr);
  EXPECT_NE(site_->metrics_url(), site_->url());
  const net::ClientResponse metrics = send(site_->metrics_url() + "/metrics");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_THAT(metrics.body, HasSubstr("skerry_observe_accepted_total"));
  EXPECT_EQ(send(site_->metrics_url() + "/v1/status").status, 404);
}

TEST_F(SiteTest, DoesNotStartOnWhatIsDamagedOrTaken) {
  ASSERT_TRUE(disk_.make_directories("/site").ok());
  ASSERT_TRUE(sys::write_file_atomically(disk_, "/site/agent.json", "{damaged").ok());
  EXPECT_EQ(start_error(store_.get()), Code::kDataLoss);
  options_.bundle_path = "/absent.tar";
  EXPECT_EQ(start_error(nullptr), Code::kNotFound);
  ASSERT_TRUE(sys::write_file_atomically(disk_, "/no.tar", "no tar").ok());
  options_.bundle_path = "/no.tar";
  EXPECT_EQ(start_error(nullptr), Code::kInvalidArgument);

  bake("/bundle.tar");
  start(nullptr);
  options_.api.listen = site_->url().substr(std::string_view("http://").size());
  EXPECT_EQ(start_error(nullptr), Code::kAlreadyExists);
}

TEST_F(SiteTest, StopEndsBothListenersAndTheAgent) {
  start(store_.get());
  const std::string url = site_->url();
  site_->stop(std::chrono::seconds(5));
  EXPECT_EQ(send(url + "/v2/health/live").status, 0);
}

}  // namespace
}  // namespace skerry::loop
