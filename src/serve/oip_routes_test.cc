// SPDX-License-Identifier: Apache-2.0
//
// The protocol's routes through a real server on a free port.
#include "serve/oip_routes.h"

#include <gtest/gtest.h>

#include "data/json.h"
#include "net/client.h"
#include "serve/fake_runtime_test.h"

namespace skerry::serve {
namespace {

constexpr const char* kRow =
    R"({"id":"a","inputs":[{"name":"features","shape":[1,3],"datatype":"FP32","data":[1,2,3]}]})";

class AnyToken final : public net::Authenticator {
 public:
  Result<net::Principal> authenticate(std::string_view token) override {
    auto principal = net::parse_role(token);
    if (principal) return principal;
    return Error(Code::kUnauthenticated, "unknown token");
  }
};

class OipRoutes : public testing::Test {
 protected:
  void SetUp() override {
    models_.aspire({{"pump", 2, "d2", true,
                     [] { return load_fake(sum_manifest("pump", 2, 2), "sum 2", "d2"); }},
                    {"pump", 1, "d1", false,
                     [] { return load_fake(sum_manifest("pump", 1, 1), "sum 1", "d1"); }},
                    {"fan", 1, "", true, []() -> Result<std::shared_ptr<const LoadedModel>> {
                       return data_loss("bit flipped");
                     }}});
    std::vector<net::Route> routes =
        oip_routes(models_, sys::real_clock(),
                   {.server_version = "9.9", .accepting = [this] { return accepting_; }});
    routes.push_back(metrics_route(models_));
    auto server = net::Server::start({}, std::move(routes), tokens_);
    ASSERT_TRUE(server.ok()) << server.error().message();
    server_ = *std::move(server);
    client_ = *net::Client::create({});
  }

  net::ClientResponse send(const std::string& method, const std::string& path,
                           std::string body = "", const char* token = "client",
                           const char* header = "", std::string value = "") {
    net::ClientRequest request;
    request.method = method;
    request.url = server_->url() + path;
    request.body = std::move(body);
    if (*token != '\0') request.headers.add("Authorization", std::string("Bearer ") + token);
    if (*header != '\0') request.headers.add(header, value);
    auto response = client_->send(request);
    EXPECT_TRUE(response.ok()) << path << " " << response.error().message();
    return response ? *std::move(response) : net::ClientResponse{};
  }

  json::Object body_of(const net::ClientResponse& response) {
    const auto value = json::parse(response.body);
    EXPECT_TRUE(value.ok()) << response.body;
    return value && value->is_object() ? value->get_object() : json::Object();
  }

  bool accepting_ = true;
  ModelRepository models_;
  AnyToken tokens_;
  std::unique_ptr<net::Server> server_;
  std::unique_ptr<net::Client> client_;
};

TEST_F(OipRoutes, TellsHealthWithoutAToken) {
  EXPECT_EQ(send("GET", "/v2/health/live", "", "").status, 200);
  const auto ready = send("GET", "/v2/health/ready", "", "");
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(ready.body, R"({"live":true,"ready":true})");
  accepting_ = false;
  EXPECT_EQ(send("GET", "/v2/health/ready", "", "").status, 503);
}

TEST_F(OipRoutes, AsksForATokenAndARole) {
  EXPECT_EQ(send("GET", "/v2", "", "").status, 401);
  EXPECT_EQ(send("GET", "/v2/models/pump", "", "nonsense").status, 401);
  EXPECT_EQ(send("POST", "/v2/models/pump/infer", kRow, "site:s1").status, 403);
  EXPECT_EQ(send("POST", "/v2/models/pump/infer", kRow, "admin").status, 200);
}

TEST_F(OipRoutes, DescribesServerAndModels) {
  EXPECT_EQ(
      send("GET", "/v2").body,
      R"({"name":"skerry","version":"9.9","extensions":["binary_tensor_data","model_configuration","statistics"]})");
  EXPECT_EQ(
      send("GET", "/v2/models/pump").body,
      R"({"name":"pump","versions":["1","2"],"platform":"onnxruntime_onnx",)"
      R"("inputs":[{"name":"features","datatype":"FP32","shape":[-1,3]}],)"
      R"("outputs":[{"name":"prediction","datatype":"FP32","shape":[-1,1]},{"name":"margin","datatype":"FP32","shape":[-1,1]}]})");
  EXPECT_EQ(send("GET", "/v2/models/pump/versions/1/ready").body,
            R"({"name":"pump","ready":true})");
  const json::Object config = body_of(send("GET", "/v2/models/pump/config"));
  EXPECT_EQ(config.at("max_batch_size").as_int64(), 0);
  EXPECT_EQ(config.at("input").as_array()[0].as_object().at("data_type").as_string(), "TYPE_FP32");
}

TEST_F(OipRoutes, AnswersErrorsAsTheProtocolWants) {
  const std::vector<std::tuple<std::string, std::string, int>> cases = {
      {"GET", "/v2/models/nobody", 404},
      {"GET", "/v2/models/pump/versions/9", 404},
      {"GET", "/v2/models/pump/versions/x", 400},
      {"GET", "/v2/models/fan/ready", 503},
      {"GET", "/v2/nothing", 404},
      {"GET", "/v2/models/pump/infer", 405},
      {"POST", "/v2/repository/models/pump/load", 501},
      {"POST", "/v2/repository/models/pump/unload", 501}};
  for (const auto& [method, path, status] : cases) {
    const auto response = send(method, path);
    EXPECT_EQ(response.status, status) << path;
    EXPECT_TRUE(body_of(response).contains("error")) << path << " " << response.body;
  }
  EXPECT_NE(send("GET", "/v2/models/fan/ready").body.find("bit flipped"), std::string::npos);
}

TEST_F(OipRoutes, InfersByDefaultAndByVersion) {
  EXPECT_NE(send("POST", "/v2/models/pump/infer", kRow).body.find(R"("model_version":"2")"),
            std::string::npos);
  const auto old = send("POST", "/v2/models/pump/versions/1/infer", kRow);
  EXPECT_NE(old.body.find(R"("data":[6])"), std::string::npos) << old.body;
  EXPECT_EQ(old.headers.find("Content-Type"), "application/json");
}

TEST_F(OipRoutes, CarriesBinaryTensorsWithTheLengthInAHeader) {
  const std::string json =
      R"({"parameters":{"binary_data_output":true},"inputs":[{"name":"features","shape":[1,3],"datatype":"FP32","parameters":{"binary_data_size":12}}]})";
  const float values[3] = {1, 1, 1};
  const auto response =
      send("POST", "/v2/models/pump/infer",
           json + std::string(reinterpret_cast<const char*>(values), 12), "client",
           "Inference-Header-Content-Length", std::to_string(json.size()));
  ASSERT_EQ(response.status, 200) << response.body;
  const auto length = response.headers.find("Inference-Header-Content-Length");
  ASSERT_TRUE(length.has_value());
  EXPECT_EQ(response.body.size(), std::stoul(std::string(*length)) + 8);
  EXPECT_EQ(response.headers.find("Content-Type"), "application/octet-stream");
  EXPECT_EQ(
      send("POST", "/v2/models/pump/infer", kRow, "client", "Inference-Header-Content-Length", "x")
          .status,
      400);
  EXPECT_EQ(
      send("POST", "/v2/models/pump/infer", kRow, "client", "Content-Encoding", "gzip").status,
      415);
}

TEST_F(OipRoutes, ListsTheRepository) {
  const auto all = json::parse(send("POST", "/v2/repository/index", "").body);
  ASSERT_TRUE(all.ok());
  ASSERT_EQ(all->as_array().size(), 3u);
  EXPECT_EQ(all->as_array()[0].as_object().at("state").as_string(), "UNAVAILABLE");
  EXPECT_EQ(all->as_array()[0].as_object().at("reason").as_string(), "bit flipped");
  EXPECT_EQ(json::parse(send("POST", "/v2/repository/index", R"({"ready":true})").body)
                ->as_array()
                .size(),
            2u);
  EXPECT_EQ(send("POST", "/v2/repository/index", R"({"ready":1})").status, 400);
}

TEST_F(OipRoutes, CountsWhatItDid) {
  send("POST", "/v2/models/pump/infer", kRow);
  send("POST", "/v2/models/pump/infer", "{}");
  const json::Object one = body_of(send("GET", "/v2/models/pump/stats"));
  const auto& stats = one.at("model_stats").as_array()[0].as_object();
  EXPECT_EQ(stats.at("inference_count").to_number<int>(), 1);
  EXPECT_EQ(
      stats.at("inference_stats").as_object().at("fail").as_object().at("count").to_number<int>(),
      1);
  EXPECT_EQ(body_of(send("GET", "/v2/models/stats")).at("model_stats").as_array().size(), 2u);
  const std::string metrics = send("GET", "/metrics").body;
  EXPECT_NE(metrics.find("nv_inference_request_success{model=\"pump\",version=\"2\"} 1\n"),
            std::string::npos);
  EXPECT_NE(
      metrics.find(
          "nv_inference_request_failure{model=\"pump\",version=\"2\",reason=\"REJECTED\"} 1\n"),
      std::string::npos);
  EXPECT_NE(
      metrics.find(
          "skerry_request_duration_seconds_bucket{model=\"pump\",version=\"2\",le=\"+Inf\"} 1\n"),
      std::string::npos);
}

}  // namespace
}  // namespace skerry::serve
