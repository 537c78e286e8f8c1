// SPDX-License-Identifier: Apache-2.0
//
// The main job on NASA's turbofan data, as the README tells it: train, build, push, look, pull,
// roll out, score. Tests run in order on one machine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "bundle/bundle.h"
#include "data/csv.h"
#include "feature/pipeline.h"
#include "sys/clock.h"
#include "tests/loop/machine.h"

namespace skerry::walk {
namespace {

using testing::HasSubstr;

constexpr const char* kModel = "turbofan-rul";

std::string data_folder() {
  const char* chosen = std::getenv("SKERRY_DATA");
  return (chosen != nullptr ? std::string(chosen) : SKERRY_SOURCE_DIR "/../shared/data") +
         "/cmapss";
}

std::vector<std::string> cmapss_columns() {
  std::vector<std::string> names{"engine", "cycle", "setting1", "setting2", "setting3"};
  for (int sensor = 1; sensor <= 21; ++sensor) names.push_back("s" + std::to_string(sensor));
  return names;
}

// The raw rows of one test engine in order, as a machine would send them.
struct Engine {
  std::string name;
  std::vector<json::Object> observations;
};

std::vector<Engine> read_engines(const Machine& machine) {
  const std::vector<std::string> columns = cmapss_columns();
  const std::string text = machine.read(data_folder() + "/test_FD001.txt");
  const Table table = take(csv::read_whitespace(text, columns));
  std::vector<const Table::Numbers*> numbers;
  for (const std::string& column : columns) numbers.push_back(take(table.numbers(column)));
  std::vector<Engine> engines;
  for (std::size_t row = 0; row < numbers[0]->size(); ++row) {
    const std::string name = "engine-" + std::to_string(static_cast<int>((*numbers[0])[row]));
    if (engines.empty() || engines.back().name != name) engines.push_back({name, {}});
    const sys::Time time{std::chrono::hours(static_cast<int>((*numbers[1])[row]))};
    json::Object values;
    for (std::size_t i = 2; i < columns.size(); ++i) values[columns[i]] = (*numbers[i])[row];
    engines.back().observations.push_back({{"source", "walk"},
                                           {"asset", name},
                                           {"time", sys::format_time(time)},
                                           {"values", std::move(values)}});
  }
  return engines;
}

class RealDataWalk : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!sys::exists(sys::real_file_system(), data_folder())) return;
    machine_ = std::make_unique<Machine>();
    trained_ = machine_->ask(
        {"train", "run", SKERRY_SOURCE_DIR "/recipes/turbofan.yaml", "--data", data_folder()});
    if (!trained_.is_object()) return;
    run_ = std::string(trained_.at("run").as_string());
    built_ = machine_->ask({"model", "build", run_});
    up_ = machine_->up();
    http_ = std::make_unique<Http>(machine_->token("client"));
  }
  static void TearDownTestSuite() {
    http_.reset();
    up_.reset();
    machine_.reset();
  }
  void SetUp() override {
    if (machine_ == nullptr) GTEST_SKIP() << "no C-MAPSS data at " << data_folder();
    ASSERT_NE(http_, nullptr) << "the walk did not get as far as a site";
  }

  static std::string run_file(std::string_view name) {
    return machine_->read(machine_->state() + "/runs/" + run_ + "/" + std::string(name));
  }

  // Prediction at the last cycle of each test engine, as the run wrote it down.
  static std::map<std::string, float> predictions() {
    const Table table = take(csv::read(run_file("predictions.csv")));
    const Table::Numbers& numbers = *take(table.numbers("prediction"));
    const auto& assets = *take(table.texts("asset"));
    std::map<std::string, float> out;
    for (std::size_t i = 0; i < assets.size(); ++i) {
      out[assets[i]] = static_cast<float>(numbers[i]);
    }
    return out;
  }

  static std::string site() { return machine_->url("sites/site-1"); }

  static std::unique_ptr<Machine> machine_;
  static json::Value trained_;
  static json::Value built_;
  static std::string run_;
  static std::unique_ptr<Role> up_;
  static std::unique_ptr<Http> http_;
};

std::unique_ptr<Machine> RealDataWalk::machine_;
json::Value RealDataWalk::trained_;
json::Value RealDataWalk::built_;
std::string RealDataWalk::run_;
std::unique_ptr<Role> RealDataWalk::up_;
std::unique_ptr<Http> RealDataWalk::http_;

TEST_F(RealDataWalk, TrainingMeetsTheFiguresOfTheRecipe) {
  EXPECT_EQ(run_, "turbofan-rul-v1");
  EXPECT_EQ(trained_.at("model").at("name"), kModel);
  EXPECT_EQ(trained_.at("model").at("version"), 1);
  EXPECT_LE(trained_.at("metrics").at("rmse").as_double(), 11.5);
  EXPECT_GT(trained_.at("metrics").at("rmse_uncapped").as_double(),
            trained_.at("metrics").at("rmse").as_double());
  EXPECT_LE(take(json::get_number(trained_.as_object(), "parity_max_abs")), 1e-3);
}

TEST_F(RealDataWalk, RunFolderHoldsLineageAndReport) {
  const json::Value lineage = take(json::parse(run_file("lineage.json")));
  EXPECT_THAT(json::dump(lineage), HasSubstr("train_FD001.txt"));
  const std::string report = run_file("report.html");
  EXPECT_THAT(report, HasSubstr("<svg"));
  EXPECT_EQ(report.find(" src=\"http"), std::string::npos) << "the report loads from elsewhere";
  const json::Value runs = machine_->ask({"train", "list"});
  EXPECT_EQ(runs.at("runs").as_array().size(), 1u);
}

TEST_F(RealDataWalk, PushListInspectAndPullShowTheBuiltDigests) {
  const json::Value pushed = machine_->ask({"model", "push", "turbofan-rul:v1"});
  EXPECT_EQ(pushed.at("v1"), built_.at("artifact"));
  EXPECT_EQ(pushed.at("v1-data"), built_.at("data_image"));
  EXPECT_EQ(pushed.at("v1-image"), built_.at("image"));

  const json::Value listed = machine_->ask({"model", "ls"});
  std::vector<std::string> tags;
  for (const json::Value& row : listed.as_array()) {
    EXPECT_EQ(row.at("name"), kModel);
    tags.emplace_back(row.at("tag").as_string());
  }
  EXPECT_THAT(tags, testing::ElementsAre("v1", "v1-data", "v1-image"));

  const json::Value card = machine_->ask({"model", "inspect", "turbofan-rul:v1"});
  EXPECT_EQ(card.at("digest"), built_.at("artifact"));
  EXPECT_EQ(card.at("version"), 1);
  const Finished text = machine_->run({"model", "inspect", "turbofan-rul:v1"});
  EXPECT_THAT(text.out, HasSubstr("# turbofan-rul"));

  const std::string folder = machine_->path("pulled");
  const json::Value pulled =
      machine_->ask({"model", "pull", "turbofan-rul:v1-image", "--out", folder});
  EXPECT_EQ(pulled.at("digest"), built_.at("image"));
  EXPECT_TRUE(sys::exists(sys::real_file_system(), folder + "/index.json"));
  const std::string archive = machine_->path("pulled.tar");
  machine_->ask({"model", "pull", "turbofan-rul:v1", "--out", archive});
  EXPECT_THAT(machine_->read(archive), HasSubstr("oci-layout"));
}

TEST_F(RealDataWalk, RolloutBringsTheModelToTheSite) {
  const json::Value spec = machine_->ask({"rollout", "start", "turbofan-rul:v1", "--ring", "main"});
  EXPECT_EQ(spec.at("generation"), 1);
  const std::string wanted(built_.at("artifact").as_string());
  ASSERT_TRUE(wait_until([&] { return machine_->current(*http_, kModel) == wanted; }))
      << json::dump(machine_->status(*http_));
  const json::Value status = machine_->status(*http_);
  EXPECT_EQ(status.at("site"), "site-1");
  EXPECT_EQ(status.at("ring"), "main");
  EXPECT_EQ(status.at("trust"), "digest-only");
  EXPECT_EQ(status.at("generation").at("applied"), 1);
  EXPECT_EQ(status.at("health").at("ok"), true);
  const json::Value rings = machine_->ask({"rollout", "status"});
  EXPECT_EQ(rings.at("rings").at(0).at("ring"), "main");
}

// Features computed here by the pipeline that the bundle declares, answers by the site.
TEST_F(RealDataWalk, InferAnswersAsTheRun) {
  const std::string tar = run_file("bundle.tar");
  const bundle::Manifest manifest = take(bundle::read_manifest(take(bundle::open(tar))));
  const feature::Pipeline pipeline = take(feature::Pipeline::parse(manifest.pipeline));
  EXPECT_EQ(pipeline.names().size(), 57u);
  const std::vector<Engine> engines = read_engines(*machine_);
  json::Array data;
  std::vector<float> features(pipeline.names().size());
  for (const Engine& engine : engines) {
    feature::AssetState state = pipeline.start();
    for (const json::Object& row : engine.observations) {
      pipeline.advance(state, take(observation_from_json(row)), features);
    }
    for (const float value : features) data.emplace_back(static_cast<double>(value));
  }
  json::Object input{{"name", "features"}, {"datatype", "FP32"}};
  input["shape"] = json::Array{engines.size(), features.size()};
  input["data"] = std::move(data);
  const Answer answer = http_->post(site() + "/v2/models/turbofan-rul/infer",
                                    json::Object{{"inputs", json::Array{std::move(input)}}});
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json::Array answers = answer.json().at("outputs").at(0).at("data").as_array();
  const std::map<std::string, float> expected = predictions();
  ASSERT_EQ(answers.size(), expected.size());
  for (std::size_t i = 0; i < engines.size(); ++i) {
    EXPECT_EQ(static_cast<float>(answers[i].to_number<double>()), expected.at(engines[i].name))
        << engines[i].name;
  }
}

TEST_F(RealDataWalk, ObserveAnswersAsTheRun) {
  const std::map<std::string, float> expected = predictions();
  const std::vector<Engine> engines = read_engines(*machine_);
  ASSERT_EQ(engines.size(), expected.size());
  for (const Engine& engine : engines) {
    const std::vector<json::Value> lines(engine.observations.begin(), engine.observations.end());
    const Answer answer = http_->post_lines(site() + "/v1/observe", lines);
    ASSERT_EQ(answer.status, 200) << answer.body;
    const std::size_t last = answer.body.rfind('\n', answer.body.size() - 2) + 1;
    const json::Value value = take(json::parse(answer.body.substr(last)));
    ASSERT_TRUE(value.as_object().contains("outputs")) << json::dump(value);
    EXPECT_EQ(static_cast<float>(value.at("outputs").at("rul").to_number<double>()),
              expected.at(engine.name))
        << engine.name;
    EXPECT_LE(value.at("interval").at(0).to_number<double>(),
              value.at("interval").at(1).to_number<double>());
  }
}

TEST_F(RealDataWalk, ScoreWritesAnswersForACsvFile) {
  std::vector<std::string> header{"asset", "time"};
  const std::vector<std::string> columns = cmapss_columns();
  header.insert(header.end(), columns.begin() + 2, columns.end());
  std::string text = csv::format_row(header);
  const Engine engine = read_engines(*machine_).front();
  for (const json::Object& row : engine.observations) {
    std::vector<std::string> cells{"its-twin", std::string(row.at("time").as_string())};
    for (const auto& member : row.at("values").as_object()) {
      cells.push_back(json::dump(member.value()));
    }
    text += csv::format_row(cells);
  }
  const std::string file = machine_->write("observations.csv", text);
  const Finished scored = machine_->run({"score", file, "--site", site()});
  ASSERT_EQ(scored.code, 0) << scored.err;
  const Table table = take(csv::read(scored.out));
  const Table::Numbers& rul = *take(table.numbers("rul"));
  ASSERT_EQ(rul.size(), engine.observations.size());
  EXPECT_EQ(static_cast<float>(rul.back()), predictions().at("engine-1"));
  EXPECT_LT(take(table.numbers("low"))->back(), take(table.numbers("high"))->back());

  // Again, and all but the newest row is now in the past.
  const Finished again = machine_->run({"score", file, "--site", site()});
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.err, HasSubstr("refused 30 of 31 rows"));
  EXPECT_THAT(again.out, HasSubstr("older"));
}

TEST_F(RealDataWalk, SiteHasAPageAndItsModelsSignature) {
  const Answer page = Http("").get(site() + "/");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("<!doctype html>"));
  const Answer metadata = http_->get(site() + "/v2/models/turbofan-rul");
  EXPECT_EQ(metadata.status, 200);
  EXPECT_EQ(metadata.json().at("inputs").at(0).at("shape").at(1), 57);
}

}  // namespace
}  // namespace skerry::walk
