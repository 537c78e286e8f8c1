// SPDX-License-Identifier: Apache-2.0
#include "domain/site_spec.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "domain/golden_test.h"

namespace skerry {
namespace {

using std::chrono::milliseconds;

TEST(SiteSpec, ReadsEveryMember) {
  const Result<SiteSpec> spec = site_spec_from_json(golden("site_spec.json"));
  ASSERT_TRUE(spec.ok()) << spec.error().to_string();
  EXPECT_EQ(spec->ring, "main");
  EXPECT_EQ(spec->generation, 42);
  EXPECT_EQ(spec->not_after, *sys::parse_time("2027-01-01T00:00:00Z"));
  ASSERT_EQ(spec->models.size(), 1u);
  const ModelSlots& model = spec->models[0];
  EXPECT_EQ(model.name, "turbofan-rul");
  EXPECT_EQ(model.current.hex(), std::string(64, 'a'));
  EXPECT_EQ(model.previous->hex(), std::string(64, 'b'));
  EXPECT_EQ(model.candidate->digest.hex(), std::string(64, 'c'));
  EXPECT_EQ(model.candidate->mode, CandidateSlot::Mode::kCanary);
  EXPECT_EQ(model.candidate->request_percent, 10);
  EXPECT_EQ(spec->policy->hex(), std::string(64, 'd'));
  const StreamLimits& score = spec->streams.at("score");
  EXPECT_EQ(score.bytes_max, "2GiB");
  EXPECT_EQ(score.ttl, "45d");
  EXPECT_EQ(score.when_full, "drop_oldest");
  EXPECT_EQ(spec->intervals.flush, milliseconds(60'000));
  EXPECT_EQ(spec->intervals.poll, milliseconds(15'000));
}

TEST(SiteSpec, WritesTheGoldenFilesAgain) {
  for (const std::string name : {"site_spec.json", "site_spec_minimal.json"}) {
    const Result<SiteSpec> spec = site_spec_from_json(golden(name));
    ASSERT_TRUE(spec.ok()) << spec.error().to_string();
    EXPECT_EQ(json::dump_pretty(site_spec_to_json(*spec)), golden_text(name));
  }
}

TEST(SiteSpec, HasDefaultsForWhatIsAbsent) {
  json::Value document = edited(golden("site_spec_minimal.json"), "/intervals", "");
  document = edited(document, "/streams", R"({"label":{}})");
  const Result<SiteSpec> spec = site_spec_from_json(document);
  ASSERT_TRUE(spec.ok()) << spec.error().to_string();
  EXPECT_EQ(spec->intervals.flush, milliseconds(60'000));
  EXPECT_EQ(spec->intervals.status, milliseconds(60'000));
  EXPECT_EQ(spec->intervals.poll, milliseconds(15'000));
  EXPECT_EQ(spec->streams.at("label").when_full, "backpressure");
  EXPECT_EQ(spec->streams.at("label").bytes_max, "");
  EXPECT_EQ(spec->not_after, std::nullopt);
  EXPECT_EQ(spec->policy, std::nullopt);
}

TEST(SiteSpec, KeepsAShadow) {
  json::Value document = edited(golden("site_spec.json"), "/models/0/candidate/mode", "\"shadow\"");
  document = edited(document, "/models/0/candidate/request_percent", "");
  const Result<SiteSpec> spec = site_spec_from_json(document);
  ASSERT_TRUE(spec.ok()) << spec.error().to_string();
  EXPECT_EQ(spec->models[0].candidate->mode, CandidateSlot::Mode::kShadow);
  EXPECT_EQ(json::dump(site_spec_to_json(*spec)), json::dump(document));
}

struct RefusedCase {
  std::string pointer;
  std::string value;  // Empty: the member is taken out.
  std::string message;
};

TEST(SiteSpec, RefusesEachBadMemberByItsName) {
  const std::string short_digest = "\"sha256:aa\"";
  const std::vector<RefusedCase> cases{
      {"/apiVersion", "", "\"apiVersion\" is missing"},
      {"/apiVersion", "\"skerry/v2\"", "not a SiteSpec of skerry/v1"},
      {"/kind", "\"Pod\"", "not a SiteSpec of skerry/v1"},
      {"/kind", "1", "\"kind\" is not a string"},
      {"/ring", "", "\"ring\" is missing"},
      {"/ring", "\"../main\"", "\"ring\": a name has only"},
      {"/generation", "", "\"generation\" is missing"},
      {"/generation", "0", "\"generation\" is less than 1"},
      {"/generation", "-1", "\"generation\" is less than 1"},
      {"/generation", "1.5", "\"generation\" is not a whole number"},
      {"/generation", "9223372036854775808", "\"generation\" is not a whole number"},
      {"/not_after", "\"tomorrow\"", "\"not_after\": time is not RFC 3339"},
      {"/not_after", "null", "\"not_after\" is not a string"},
      {"/models", "", "\"models\" is missing"},
      {"/models", "{}", "\"models\" is not an array"},
      {"/models", "[1]", "an entry of \"models\" is not an object"},
      {"/models/0/name", "", "\"name\" is missing"},
      {"/models/0/name", "\"A\"", "model name: a name has only"},
      {"/models/0/current", "", "\"current\" is missing"},
      {"/models/0/current", short_digest, "\"current\": digest is not 64"},
      {"/models/0/previous", short_digest, "\"previous\": digest is not 64"},
      {"/models/0/previous", "null", "\"previous\" is not a string"},
      {"/models/0/version", "1", "an entry of \"models\" has an unknown member \"version\""},
      {"/models/0/candidate", "[]", "\"candidate\" is not an object"},
      {"/models/0/candidate/digest", short_digest, "\"digest\": digest is not 64"},
      {"/models/0/candidate/mode", "", "\"mode\" is missing"},
      {"/models/0/candidate/mode", "\"blue\"", "\"mode\" is neither shadow nor canary"},
      {"/models/0/candidate/mode", "\"shadow\"", "\"request_percent\" is for a canary"},
      {"/models/0/candidate/request_percent", "101", "\"request_percent\" is not 0 to 100"},
      {"/models/0/candidate/request_percent", "-1", "\"request_percent\" is not 0 to 100"},
      {"/models/0/candidate/percent", "1", "\"candidate\" has an unknown member \"percent\""},
      {"/policy", short_digest, "\"policy\": digest is not 64"},
      {"/streams", "[]", "\"streams\" is not an object"},
      {"/streams/scores", "{}", "unknown member \"scores\"; did you mean \"score\"?"},
      {"/streams/score", "1", "an entry of \"streams\" is not an object"},
      {"/streams/score/size", "1", "an entry of \"streams\" has an unknown member \"size\""},
      {"/streams/score/bytes_max", "1000", "\"bytes_max\" is not a string"},
      {"/streams/score/bytes_max", "\"2GB\"", "\"bytes_max\" is not a size"},
      {"/streams/score/bytes_max", "\"GiB\"", "\"bytes_max\" is not a size"},
      {"/streams/score/bytes_max", "\"-2GiB\"", "\"bytes_max\" is not a size"},
      {"/streams/score/bytes_max", "\"9999999TiB\"", "\"bytes_max\" is not a size"},
      {"/streams/score/ttl", "\"45\"", "\"ttl\": not a duration"},
      {"/streams/score/when_full", "\"panic\"", "\"when_full\" is neither"},
      {"/intervals", "\"1s\"", "\"intervals\" is not an object"},
      {"/intervals/poll", "15", "\"poll\" is not a string"},
      {"/intervals/poll", "\"15\"", "\"poll\": not a duration"},
      {"/intervals/flush", "\"0s\"", "\"flush\" is zero"},
      {"/intervals/pull", "\"1s\"", "unknown member \"pull\"; did you mean \"poll\"?"},
      {"/genration", "1", "unknown member \"genration\"; did you mean \"generation\"?"}};
  for (const RefusedCase& c : cases) {
    const Result<SiteSpec> spec =
        site_spec_from_json(edited(golden("site_spec.json"), c.pointer, c.value));
    ASSERT_FALSE(spec.ok()) << c.pointer << " = " << c.value;
    EXPECT_EQ(spec.error().code(), Code::kInvalidArgument);
    EXPECT_NE(spec.error().message().find(c.message), std::string::npos)
        << c.pointer << " = " << c.value << " gave " << spec.error().message();
  }
  EXPECT_FALSE(site_spec_from_json(json::Array()).ok());
}

TEST(SiteSpec, ListsAModelOnceAndAtMost64) {
  const json::Value spec = golden("site_spec.json");
  json::Array models;
  for (int i = 0; i < 65; ++i) {
    json::Value model = spec.at("models").at(0);
    model.as_object()["name"] = "m" + std::to_string(i);
    models.push_back(model);
  }
  EXPECT_EQ(site_spec_from_json(edited(spec, "/models", json::dump(models))).error().message(),
            "\"models\" has too many entries");
  models.pop_back();
  EXPECT_TRUE(site_spec_from_json(edited(spec, "/models", json::dump(models))).ok());
  models.back() = models.front();
  EXPECT_EQ(site_spec_from_json(edited(spec, "/models", json::dump(models))).error().message(),
            "model \"m0\" is listed twice");
}

TEST(Duration, IsANumberWithAUnit) {
  const std::vector<std::pair<std::string, std::int64_t>> cases{
      {"250ms", 250},         {"0s", 0},           {"15s", 15'000},
      {"10m", 600'000},       {"12h", 43'200'000}, {"1d", 86'400'000},
      {"45d", 3'888'000'000}, {"0001s", 1000},     {"36500d", 3'153'600'000'000}};
  for (const auto& [text, count] : cases) {
    const Result<milliseconds> duration = parse_duration(text);
    ASSERT_TRUE(duration.ok()) << text;
    EXPECT_EQ(duration->count(), count) << text;
  }
  for (const std::string text :
       {"", "s", "15", "15 s", " 15s", "15s ", "1.5s", "-1s", "+1s", "15S", "15sec", "1w", "1m30s",
        "36501d", "876001h", "9223372036854775807d", "9223372036854775807ms",
        "99999999999999999999s"}) {
    const Result<milliseconds> duration = parse_duration(text);
    ASSERT_FALSE(duration.ok()) << text;
    EXPECT_EQ(duration.error().code(), Code::kInvalidArgument) << text;
  }
}

TEST(Duration, IsWrittenInItsLargestWholeUnit) {
  const std::vector<std::pair<std::int64_t, std::string>> cases{
      {0, "0s"},       {1, "1ms"},        {1000, "1s"},       {1500, "1500ms"},    {60'000, "1m"},
      {90'000, "90s"}, {3'600'000, "1h"}, {86'400'000, "1d"}, {129'600'000, "36h"}};
  for (const auto& [count, text] : cases) {
    EXPECT_EQ(format_duration(milliseconds(count)), text);
    EXPECT_EQ(parse_duration(text)->count(), count);
  }
}

}  // namespace
}  // namespace skerry
