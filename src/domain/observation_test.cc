// SPDX-License-Identifier: Apache-2.0
#include "domain/observation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "domain/golden_test.h"

namespace skerry {
namespace {

TEST(Observation, ReadsEveryMember) {
  const Result<Observation> o = observation_from_json(golden("observation.json"));
  ASSERT_TRUE(o.ok()) << o.error().to_string();
  EXPECT_EQ(o->source, "gateway-1");
  EXPECT_EQ(o->asset, "engine-17");
  EXPECT_EQ(o->life, 2);
  EXPECT_EQ(o->time, *sys::parse_time("2026-01-31T08:00:00.25Z"));
  EXPECT_EQ(o->id, "row 4711");
  EXPECT_EQ(o->values.size(), 3u);
  EXPECT_EQ(o->values.at("s2"), 641.82);
  EXPECT_TRUE(std::isnan(o->values.at("s3")));
  EXPECT_EQ(o->categories, (std::map<std::string, std::string, std::less<>>{{"grade", "M"}}));
}

TEST(Observation, WritesTheGoldenFileAgain) {
  const Result<Observation> o = observation_from_json(golden("observation.json"));
  ASSERT_TRUE(o.ok());
  EXPECT_EQ(json::dump_pretty(observation_to_json(*o)), golden_text("observation.json"));
}

TEST(Observation, HasDefaultsForWhatIsAbsent) {
  const Result<Observation> o =
      observation_from_json(*json::parse(R"({"source":"g","asset":"a","values":{}})"));
  ASSERT_TRUE(o.ok()) << o.error().to_string();
  EXPECT_EQ(o->life, 1);
  EXPECT_EQ(o->time, std::nullopt);
  EXPECT_EQ(o->id, "");
  EXPECT_TRUE(o->values.empty());
  EXPECT_EQ(json::dump(observation_to_json(*o)),
            R"({"source":"g","asset":"a","life":1,"values":{}})");
}

TEST(Observation, WritesWhatIsNoNumberAsNull) {
  Observation o;
  o.source = o.asset = "x";
  o.values = {{"a", std::nan("")}, {"b", std::numeric_limits<double>::infinity()}, {"c", -0.0}};
  EXPECT_EQ(json::dump(observation_to_json(o)),
            R"({"source":"x","asset":"x","life":1,"values":{"a":null,"b":null,"c":-0.0}})");
}

TEST(Observation, RefusesEachBadMemberByItsName) {
  struct Case {
    std::string pointer;
    std::string value;
    std::string message;
  };
  const std::string long_text = "\"" + std::string(257, 'x') + "\"";
  const std::vector<Case> cases{
      {"/source", "", "\"source\" is missing"},
      {"/source", "\"\"", "\"source\": an id has 1 to 128"},
      {"/source", "null", "\"source\" is not a string"},
      {"/asset", "", "\"asset\" is missing"},
      {"/asset", "\"a\\nb\"", "\"asset\": an id has only printable"},
      {"/asset", "\"" + std::string(129, 'x') + "\"", "\"asset\": an id has 1 to 128"},
      {"/life", "0", "\"life\" is less than 1"},
      {"/life", "1.5", "\"life\" is not a whole number"},
      {"/life", "\"1\"", "\"life\" is not a whole number"},
      {"/time", "\"2026-01-31\"", "\"time\": time is not RFC 3339"},
      {"/time", "1769846400", "\"time\" is not a string"},
      {"/id", "\"\"", "\"id\": an id has 1 to 128"},
      {"/id", "7", "\"id\" is not a string"},
      {"/values", "", "\"values\" is missing"},
      {"/values", "[]", "\"values\" is not an object"},
      {"/values/s2", "true", "sensor \"s2\" is neither a number, a string nor null"},
      {"/values/s2", "[1]", "sensor \"s2\" is neither a number, a string nor null"},
      {"/values/s2", long_text, "sensor \"s2\" has a text above 256 bytes"},
      {"/values", "{\"\":1}", "sensor name: an id has 1 to 128"},
      {"/values", "{\"\\u00e9\":1}", "sensor name: an id has only printable"},
      {"/value", "{}", "unknown member \"value\"; did you mean \"values\"?"}};
  for (const Case& c : cases) {
    const Result<Observation> o =
        observation_from_json(edited(golden("observation.json"), c.pointer, c.value));
    ASSERT_FALSE(o.ok()) << c.pointer << " = " << c.value;
    EXPECT_EQ(o.error().code(), Code::kInvalidArgument);
    EXPECT_NE(o.error().message().find(c.message), std::string::npos)
        << c.pointer << " = " << c.value << " gave " << o.error().message();
  }
  EXPECT_FALSE(observation_from_json(json::Value(1)).ok());
}

TEST(Observation, TakesEachLimitAndNothingAboveIt) {
  json::Object values;
  for (int i = 0; i < 4096; ++i) values["s" + std::to_string(i)] = i;
  values["s0"] = std::string(256, 'x');
  const json::Value base = golden("observation.json");
  EXPECT_TRUE(observation_from_json(edited(base, "/values", json::dump(values))).ok());
  values["one-more"] = 1;
  EXPECT_EQ(observation_from_json(edited(base, "/values", json::dump(values))).error().message(),
            "\"values\" has more than 4096 members");
  EXPECT_TRUE(observation_from_json(edited(base, "/id", "\"" + std::string(128, 'x') + "\"")).ok());
}

TEST(Observation, TakesWholeNumbersOf64Bits) {
  const json::Value base = golden("observation.json");
  const Result<Observation> o =
      observation_from_json(edited(base, "/values", R"({"a":18446744073709551615,"b":-3})"));
  ASSERT_TRUE(o.ok());
  EXPECT_EQ(o->values.at("a"), 18446744073709551616.0);
  EXPECT_EQ(o->values.at("b"), -3);
}

}  // namespace
}  // namespace skerry
