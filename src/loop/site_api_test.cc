// SPDX-License-Identifier: Apache-2.0
#include "loop/site_api.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "data/number.h"
#include "loop/site_api_text.h"
#include "loop/site_page.h"
#include "sys/fake/clock.h"

namespace skerry::loop {
namespace {

constexpr const char* kPipeline = R"([{"op":"age","name":"age"},{"op":"last","sensor":"s1"},
  {"op":"mean","sensor":"s1","n":3},{"op":"category","sensor":"grade","levels":["L","H"]}])";

// prediction = scale * (age + 10 * s1 + 100 * mean), NaN counted as 0.
class WeightedModel final : public serve::Model {
 public:
  explicit WeightedModel(float scale) : scale_(scale) {}
  const std::vector<TensorSpec>& inputs() const override { return inputs_; }
  const std::vector<TensorSpec>& outputs() const override { return outputs_; }
  Status infer(std::span<const serve::TensorView> in, std::vector<Tensor>& out) override {
    const auto* f = reinterpret_cast<const float*>(in[0].bytes.data());
    const auto number = [](float value) { return std::isnan(value) ? 0.0f : value; };
    out.resize(1);
    out[0] = {"prediction", DType::kFp32, {1, 1}, std::vector<char>(4)};
    out[0].view<float>()[0] = scale_ * (f[0] + 10 * number(f[1]) + 100 * number(f[2]));
    return ok_status();
  }

 private:
  const float scale_;
  const std::vector<TensorSpec> inputs_{{"features", DType::kFp32, {-1, 4}}};
  const std::vector<TensorSpec> outputs_{{"prediction", DType::kFp32, {-1, 1}}};
};

Result<std::shared_ptr<const serve::LoadedModel>> make_model(const std::string& name,
                                                             std::int64_t version, float scale,
                                                             const char* pipeline = kPipeline) {
  auto loaded = std::make_shared<serve::LoadedModel>();
  loaded->name = name;
  loaded->version = version;
  loaded->digest = "d" + std::to_string(version);
  loaded->model = std::make_unique<WeightedModel>(scale);
  loaded->pipeline = TRY(feature::Pipeline::parse(*json::parse(pipeline)));
  loaded->counters = std::make_unique<serve::ModelCounters>();
  loaded->manifest = bundle::Manifest{
      .name = name,
      .version = version,
      .signature = {loaded->model->inputs(), loaded->model->outputs(), "rul", "cycles"},
      .pipeline = loaded->pipeline->to_json(),
      .pipeline_digest = loaded->pipeline->digest(),
      .detector = {},
      .conformal = stats::ConformalTable{0.9, {}, {-1}, {2}},
      .checks = {}};
  return std::shared_ptr<const serve::LoadedModel>(loaded);
}

serve::AspiredVersion line(const std::string& name, std::int64_t version, float scale = 1,
                           const char* pipeline = kPipeline) {
  return {name, version, "d" + std::to_string(version), true,
          [=] { return make_model(name, version, scale, pipeline); }};
}

class SiteApiTest : public testing::Test {
 protected:
  SiteApiTest()
      : api_(models_, clock_, [] { return json::Object{{"site", "site-1"}}; }, options()) {
    models_.aspire({line("pump", 1)});
  }

  static SiteApi::Options options() {
    SiteApi::Options options;
    options.lines_max = 5;
    options.assets = {.assets_max = 16, .ids_remembered = 4};
    return options;
  }

  net::Response send(const std::string& method, const std::string& path,
                     const std::string& body = "", const std::string& query = "",
                     const std::string& type = "application/json") {
    net::Headers headers;
    headers.set("Content-Type", type);
    const net::Principal principal{net::Role::kClient, ""};
    net::Request request;
    request.method = method;
    request.path = path;
    request.query = query;
    request.body = body;
    request.headers = &headers;
    request.principal = &principal;
    net::Response response;
    for (const net::Route& route : api_.routes()) {
      if (route.method == method && route.pattern == path) route.handler(request, response);
    }
    return response;
  }

  net::Response observe(const std::string& body, const std::string& query = "") {
    return send("POST", "/v1/observe", body, query);
  }

  std::vector<std::string> observe_lines(const std::string& body) {
    const net::Response response = send("POST", "/v1/observe", body, "", "application/x-ndjson");
    EXPECT_EQ(response.status, 200);
    std::vector<std::string> lines;
    std::istringstream stream(response.body);
    for (std::string text; std::getline(stream, text);) lines.push_back(text);
    return lines;
  }

  // The prediction of an accepted observation, NaN otherwise.
  double rul(const std::string& body, const std::string& query = "") {
    const net::Response response = observe(body, query);
    EXPECT_EQ(response.status, 200) << response.body;
    const auto value = json::parse(response.body);
    if (!value || response.status != 200) return NAN;
    return value->at("outputs").at("rul").to_number<double>();
  }

  static std::string reading(double s1, const std::string& more = "") {
    return R"({"source":"plc","asset":"engine-1","values":{"s1":)" + format_number(s1) + "}" +
           more + "}";
  }

  sys::fake::FakeClock clock_;
  serve::ModelRepository models_;
  SiteApi api_;
};

TEST_F(SiteApiTest, ScoresOneObservationWithTheWindowsOfItsAsset) {
  EXPECT_EQ(
      observe(reading(1, R"(,"id":"o-1")")).body,
      R"({"id":"o-1","model":"pump","version":1,"outputs":{"rul":111},"interval":[110,113],"anomalies":[]})");
  EXPECT_EQ(rul(reading(3)), 2 + 30 + 200);
  EXPECT_EQ(rul(R"({"source":"plc","asset":"engine-2","values":{"s1":3}})"), 1 + 30 + 300)
      << "windows of its own";
}

TEST_F(SiteApiTest, AnswersEachLineAndKeepsGoingAfterABadOne) {
  const auto lines = observe_lines(reading(1, R"(,"id":"a")") + "\n\n{broken\n" +
                                   R"({"source":"plc","asset":"engine-1","id":"c","valuez":{}})" +
                                   "\r\n" + reading(3, R"(,"id":"d")") + "\n");
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_NE(lines[0].find(R"("rul":111)"), std::string::npos);
  EXPECT_NE(lines[1].find(R"("code":"invalid")"), std::string::npos);
  EXPECT_EQ(lines[2].find(R"({"id":"c","error":)"), 0u) << lines[2];
  EXPECT_NE(lines[3].find(R"("rul":232)"), std::string::npos) << "the bad lines moved no window";
  EXPECT_EQ(api_.counts().rejected, 2u);
  EXPECT_EQ(api_.counts().accepted, 2u);
}

TEST_F(SiteApiTest, GivesARepeatedIdTheStoredAnswerAndMovesNothing) {
  const std::string first = observe(reading(1, R"(,"id":"a")")).body;
  models_.aspire({line("pump", 2, 7)});
  EXPECT_EQ(observe(reading(99, R"(,"id":"a")")).body, first) << "also after a switch of the model";
  EXPECT_EQ(api_.counts().repeated, 1u);
  EXPECT_EQ(rul(reading(3)), 7 * (2 + 30 + 200));
  const std::string other = R"({"source":"other","asset":"engine-1","id":"a","values":{"s1":3}})";
  EXPECT_NE(observe(other).body, first) << "ids belong to a source";
}

TEST_F(SiteApiTest, RemembersTheLastIdsOfAnAsset) {
  for (int i = 0; i < 6; ++i) rul(reading(1, R"(,"id":")" + std::to_string(i) + "\""));
  observe(reading(1, R"(,"id":"5")"));
  EXPECT_EQ(api_.counts().repeated, 1u);
  observe(reading(1, R"(,"id":"0")"));
  EXPECT_EQ(api_.counts().repeated, 1u) << "the oldest of more than four is forgotten";
}

TEST_F(SiteApiTest, CountsAnOlderTimeAndDoesNotTakeItIn) {
  EXPECT_EQ(rul(reading(1, R"(,"time":"2030-01-01T00:00:10Z")")), 111);
  const net::Response late = observe(reading(50, R"(,"id":"x","time":"2030-01-01T00:00:09Z")"));
  EXPECT_EQ(late.status, 409);
  EXPECT_NE(late.body.find(R"("code":"out_of_order")"), std::string::npos) << late.body;
  EXPECT_EQ(api_.counts().out_of_order, 1u);
  EXPECT_EQ(rul(reading(3, R"(,"time":"2030-01-01T00:00:10Z")")), 232)
      << "the same time is in order";
}

TEST_F(SiteApiTest, StartsFreshWindowsWithANewLife) {
  rul(reading(1));
  EXPECT_EQ(rul(reading(3, R"(,"life":2)")), 331);
  EXPECT_EQ(observe(reading(3, R"(,"life":1)")).status, 409);
  EXPECT_EQ(api_.counts().lives_started, 2u);
}

TEST_F(SiteApiTest, KeepsWindowsAcrossASwitchToTheSamePipeline) {
  rul(reading(1));
  models_.aspire({line("pump", 2)});
  EXPECT_EQ(rul(reading(3)), 232);
  models_.aspire({line("pump", 3, 1, R"([{"op":"age","name":"age"},{"op":"last","sensor":"s1"},
      {"op":"mean","sensor":"s1","n":9},{"op":"category","sensor":"grade","levels":["L","H"]}])")});
  EXPECT_EQ(rul(reading(3)), 331) << "another pipeline cannot use them";
}

TEST_F(SiteApiTest, TakesAMissingSensorAsNull) {
  EXPECT_EQ(rul(R"({"source":"plc","asset":"engine-1","values":{"s1":null,"grade":"H"}})"), 1);
}

TEST_F(SiteApiTest, RefusesWhatCannotBeMeant) {
  const std::vector<std::pair<std::string, const char*>> cases = {
      {"", "JSON"},
      {"[]", "not an object"},
      {R"({"source":"plc","asset":"e"})", "values"},
      {R"({"source":"plc","asset":"","values":{}})", "asset"},
      {R"({"source":"plc","asset":"e","values":{"other":1}})", "none of the sensors"},
      {R"({"source":"plc","asset":"e","values":{"s1":"high"}})", "takes a number"},
      {R"({"source":"plc","asset":"e","values":{"s1":1,"grade":2}})", "takes a text"},
      {R"({"source":"plc","asset":"e","life":0,"values":{"s1":1}})", "life"},
      {R"({"source":"plc","asset":"e","time":"yesterday","values":{"s1":1}})", "time"},
      {R"({"source":"plc","asset":"e","values":{"s1":1},"ack":"durable"})", "ack"},
      {R"({"source":"plc","asset":"e","values":)" + std::string(100'000, '[') + "}", ""}};
  for (const auto& [body, says] : cases) {
    const net::Response response = observe(body);
    EXPECT_EQ(response.status, body.size() > 1000 ? response.status : 400) << body.substr(0, 100);
    EXPECT_GE(response.status, 400);
    EXPECT_NE(response.body.find(says), std::string::npos) << body.substr(0, 100) << response.body;
  }
  EXPECT_EQ(api_.counts().rejected, cases.size());
  EXPECT_EQ(api_.counts().assets, 0u) << "a refused line leaves no asset behind";
}

TEST_F(SiteApiTest, SaysThatDurableAnswersAreNotOffered) {
  EXPECT_EQ(observe(reading(1), "ack=durable").status, 501);
  EXPECT_EQ(observe(reading(1), "ack=sometimes").status, 400);
  EXPECT_EQ(observe(reading(1), "ack=none").status, 200);
}

TEST_F(SiteApiTest, AsksWhichModelWhereThereAreTwo) {
  models_.aspire({line("pump", 1), line("fan", 4, 2)});
  EXPECT_EQ(observe(reading(1)).status, 400);
  EXPECT_EQ(observe(reading(1), "model=nobody").status, 404);
  EXPECT_EQ(rul(reading(1), "model=fan"), 222);
  EXPECT_EQ(rul(reading(1), "model=pump"), 111) << "each model has windows of its own";
}

TEST_F(SiteApiTest, AnswersBeforeAnyModelIsThere) {
  models_.aspire({});
  EXPECT_EQ(observe(reading(1)).status, 503);
}

TEST_F(SiteApiTest, StopsAtTheLineLimit) {
  std::string body;
  for (int i = 0; i < 7; ++i) body += reading(1) + "\n";
  const auto lines = observe_lines(body);
  ASSERT_EQ(lines.size(), 6u);
  EXPECT_NE(lines[5].find("too_large"), std::string::npos);
  EXPECT_EQ(api_.counts().accepted, 5u);
}

TEST_F(SiteApiTest, ForgetsTheAssetNotSeenForLongest) {
  for (int i = 0; i < 100; ++i) {
    rul(R"({"source":"plc","asset":"engine-)" + std::to_string(i) + R"(","values":{"s1":1}})");
  }
  EXPECT_LE(api_.counts().assets, 16u);
  EXPECT_EQ(api_.counts().assets + api_.counts().assets_forgotten, 100u);
}

TEST_F(SiteApiTest, AddsItsCountsToTheStatus) {
  rul(reading(1));
  const json::Value status = *json::parse(send("GET", "/v1/status").body);
  EXPECT_EQ(status.at("site").as_string(), "site-1");
  EXPECT_EQ(status.at("observe").at("accepted").to_number<int>(), 1);
  EXPECT_NE(api_.prometheus_text().find("skerry_observe_accepted_total 1\n"), std::string::npos);
}

TEST_F(SiteApiTest, DescribesModelsForAForm) {
  const json::Value body = *json::parse(send("GET", "/v1/models").body);
  const json::Object& model = body.at("models").as_array()[0].as_object();
  EXPECT_EQ(json::dump(model.at("output")), R"({"name":"rul","unit":"cycles","coverage":0.9})");
  EXPECT_EQ(json::dump(model.at("sensors")),
            R"([{"name":"grade","levels":["L","H"]},{"name":"s1"}])");
}

TEST(SitePage, ServesFilesUnderAStrictPolicy) {
  for (const net::Route& route : site_page_routes()) {
    EXPECT_EQ(route.access, net::Access::kOpen);
    net::Response response;
    route.handler(net::Request{}, response);
    const auto policy = response.headers.find("Content-Security-Policy");
    ASSERT_TRUE(policy.has_value());
    EXPECT_EQ(policy->find("unsafe"), std::string_view::npos);
    EXPECT_FALSE(response.body.empty());
  }
  const std::string_view html = site_page_html();
  for (const char* inlined :
       {"<style", " style=", "onclick", "javascript:", "http://", "https://"}) {
    EXPECT_EQ(html.find(inlined), std::string_view::npos) << inlined;
  }
}

TEST(SiteText, TellsLinesFromOneObject) {
  EXPECT_TRUE(is_ndjson("application/x-ndjson; charset=utf-8", "{}"));
  EXPECT_TRUE(is_ndjson("", "{\"a\":1}\n{\"a\":2}\n"));
  EXPECT_FALSE(is_ndjson("application/json", "{\"a\":1}\n{\"a\":2}\n"));
  EXPECT_FALSE(is_ndjson("", "{\n \"a\":1\n}\n"));
  EXPECT_FALSE(is_ndjson("", "{\"a\":1}\n"));
}

}  // namespace
}  // namespace skerry::loop
