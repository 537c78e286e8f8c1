// SPDX-License-Identifier: Apache-2.0
#include "loop/observe_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "net/server.h"
#include "tests/support/http_server.h"

namespace skerry::loop {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A site that answers as it is told and remembers what it was asked.
class ObserveClientTest : public testing::Test {
 protected:
  void SetUp() override {
    net::Route route;
    route.method = "POST";
    route.pattern = "/v1/observe";
    route.access = net::Access::kClient;
    route.handler = [this](const net::Request& request, net::Response& response) {
      queries_.emplace_back(request.query);
      bodies_.emplace_back(request.body);
      types_.emplace_back(request.header("Content-Type").value_or(""));
      answer_(request, response);
    };
    auto server = net::Server::start({}, {std::move(route)}, tokens_);
    ASSERT_TRUE(server.ok()) << server.error().to_string();
    server_ = *std::move(server);
    client_ = *net::Client::create({});
  }

  Result<std::vector<json::Value>> send(int lines, std::size_t lines_per_request = 2,
                                        const std::string& model = "",
                                        const std::string& token = "client") {
    ObserveClient::Options options;
    options.url = server_->url();
    options.token = token;
    options.model = model;
    options.lines_per_request = lines_per_request;
    std::vector<json::Value> observations;
    for (int i = 0; i < lines; ++i) observations.push_back(json::Object{{"n", i}});
    return ObserveClient(*client_, options).send(observations);
  }

  // Each line comes back.
  std::function<void(const net::Request&, net::Response&)> answer_ =
      [](const net::Request& request, net::Response& response) { response.body = request.body; };
  std::vector<std::string> queries_;
  std::vector<std::string> bodies_;
  std::vector<std::string> types_;
  test::FixedTokens tokens_;
  std::unique_ptr<net::Server> server_;
  std::unique_ptr<net::Client> client_;
};

TEST_F(ObserveClientTest, SendsInBatchesAndKeepsTheOrder) {
  const auto answers = send(5);
  ASSERT_TRUE(answers.ok()) << answers.error().to_string();
  ASSERT_EQ(answers->size(), 5u);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(answers->at(static_cast<std::size_t>(i)).at("n"), i);
  EXPECT_THAT(bodies_,
              ElementsAre("{\"n\":0}\n{\"n\":1}\n", "{\"n\":2}\n{\"n\":3}\n", "{\"n\":4}\n"));
  EXPECT_THAT(types_, testing::Each("application/x-ndjson"));
}

TEST_F(ObserveClientTest, NothingToSendAsksNothing) {
  const auto answers = send(0);
  ASSERT_TRUE(answers.ok());
  EXPECT_TRUE(answers->empty());
  EXPECT_TRUE(bodies_.empty());
}

TEST_F(ObserveClientTest, ModelStandsInTheQuery) {
  ASSERT_TRUE(send(1, 2, "a&b=c").ok());
  EXPECT_THAT(queries_, ElementsAre("model=a%26b%3Dc"));
}

TEST_F(ObserveClientTest, RefusalOfALineIsAnAnswer) {
  answer_ = [](const net::Request&, net::Response& response) {
    response.body = "{\"n\":0}\n{\"error\":\"older\",\"code\":\"aborted\"}\n";
  };
  const auto answers = send(2);
  ASSERT_TRUE(answers.ok());
  EXPECT_EQ(answers->at(1).at("error"), "older");
}

TEST_F(ObserveClientTest, RefusalOfTheRequestIsAnError) {
  EXPECT_EQ(send(1, 2, "", "stranger").error().code(), Code::kUnauthenticated);
  EXPECT_EQ(send(1, 2, "", "site-1").error().code(), Code::kPermissionDenied);
  answer_ = [](const net::Request&, net::Response& response) {
    response = net::error_response(not_found("no such model"));
  };
  const auto absent = send(1);
  EXPECT_EQ(absent.error().code(), Code::kNotFound);
  EXPECT_EQ(absent.error().message(), "no such model");
  answer_ = [](const net::Request&, net::Response& response) {
    response.status = 503;
    response.body = "busy";
  };
  const auto busy = send(1);
  EXPECT_EQ(busy.error().code(), Code::kUnavailable);
  EXPECT_THAT(busy.error().message(), HasSubstr("503"));
}

TEST_F(ObserveClientTest, AnswersThatDoNotPairAreAnError) {
  for (const char* body : {"", "{}\n", "{}\n{}\n{}\n", "{}\nno json\n"}) {
    answer_ = [body](const net::Request&, net::Response& response) { response.body = body; };
    EXPECT_FALSE(send(2).ok()) << body;
  }
}

TEST_F(ObserveClientTest, SiteThatIsAwayIsUnavailable) {
  server_->stop(std::chrono::milliseconds(0));
  EXPECT_EQ(send(1).error().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace skerry::loop
