// SPDX-License-Identifier: Apache-2.0
#include "app/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "sys/files.h"

namespace skerry::app {
namespace {

using testing::HasSubstr;
using testing::Not;

using Environment = std::map<std::string, std::string>;
using Overrides = std::vector<std::pair<std::string, std::string>>;

Settings load(std::string_view yaml, const Environment& environment = {},
              const Overrides& overrides = {}) {
  Result<Settings> settings = Settings::load(yaml, "skerry.yaml", environment, overrides);
  EXPECT_TRUE(settings.ok()) << settings.error().to_string();
  return *std::move(settings);
}

std::string refusal(std::string_view yaml, const Environment& environment = {},
                    const Overrides& overrides = {}) {
  const Result<Settings> settings = Settings::load(yaml, "skerry.yaml", environment, overrides);
  EXPECT_FALSE(settings.ok()) << yaml;
  if (settings.ok()) return "";
  EXPECT_EQ(settings.error().code(), Code::kInvalidArgument);
  return settings.error().message();
}

std::string shown(const Settings& settings, std::string_view path, std::string_view member) {
  for (const json::Value& row : settings.show()) {
    if (row.at("path").as_string() == path) return std::string(row.at(member).as_string());
  }
  return "not shown";
}

TEST(Settings, LaterSourcesWin) {
  const char* yaml = "hub:\n  listen: 127.0.0.1:2\n";
  const Environment environment{{"SKERRY_HUB_LISTEN", "127.0.0.1:3"}, {"HOME", "/root"}};
  const Overrides flag{{"hub.listen", "127.0.0.1:4"}};
  struct Case {
    Settings settings;
    const char* value;
    const char* origin;
  };
  for (const Case& c : {Case{load(""), "127.0.0.1:8080", "default"},
                        {load(yaml), "127.0.0.1:2", "file skerry.yaml"},
                        {load(yaml, environment), "127.0.0.1:3", "environment SKERRY_HUB_LISTEN"},
                        {load(yaml, environment, flag), "127.0.0.1:4", "flag"}}) {
    EXPECT_EQ(c.settings.text("hub.listen"), c.value);
    EXPECT_EQ(shown(c.settings, "hub.listen", "value"), c.value);
    EXPECT_EQ(shown(c.settings, "hub.listen", "origin"), c.origin);
  }
}

TEST(Settings, ValuesHaveTypes) {
  const Settings settings = load(
      "site: {reactors: 3, poll: 250ms}\n"
      "registry: {blob_bytes_max: 64MiB, upload_ttl: 2h}\n"
      "train: {memory_bytes_max: 134217728}\n");
  EXPECT_EQ(settings.integer("site.reactors"), 3);
  EXPECT_EQ(settings.milliseconds("site.poll"), 250);
  EXPECT_EQ(settings.milliseconds("registry.upload_ttl"), 7'200'000);
  EXPECT_EQ(settings.bytes("registry.blob_bytes_max"), 64 << 20);
  EXPECT_EQ(settings.bytes("train.memory_bytes_max"), 128 << 20);
  EXPECT_EQ(settings.text("tls.ca"), "");
}

TEST(Settings, EveryProblemIsReportedAtOnce) {
  const std::string message =
      refusal("hub: {lisen: x, poll: 1ms}\nsite: {reactors: many}\nhttp: {allowed_hosts: [a, b]}\n",
              {{"SKERRY_SITE_ASSETS_MAX", "0"}}, {{"log.levle", "debug"}});
  for (const char* text : {"file skerry.yaml: unknown setting \"hub.lisen\"",
                           "did you mean \"hub.listen\"?", "hub.poll is not between 100ms and 1d",
                           "site.reactors is not a whole number", "http.allowed_hosts is a list",
                           "environment SKERRY_SITE_ASSETS_MAX: site.assets_max is not between",
                           "flag: unknown setting \"log.levle\"; did you mean \"log.level\"?"}) {
    EXPECT_THAT(message, HasSubstr(text));
  }
}

TEST(Settings, OutOfRangeAndWrongTypesAreRefused) {
  struct Case {
    const char* path;
    const char* value;
  };
  for (const Case& c : {Case{"site.reactors", "0"},
                        {"site.reactors", "257"},
                        {"site.reactors", "1.5"},
                        {"site.reactors", ""},
                        {"site.reactors", "99999999999999999999"},
                        {"hub.poll", "15"},
                        {"hub.poll", "2d"},
                        {"hub.poll", "-15s"},
                        {"registry.blob_bytes_max", "0"},
                        {"registry.blob_bytes_max", "1XB"},
                        {"registry.blob_bytes_max", "-1MiB"},
                        {"train.memory_bytes_max", "1MiB"}}) {
    EXPECT_THAT(refusal("", {}, {{c.path, c.value}}), HasSubstr(c.path)) << c.value;
  }
}

TEST(Settings, FileThatIsNoMappingIsRefused) {
  EXPECT_THAT(refusal("[1, 2]"), HasSubstr("skerry.yaml"));
  EXPECT_THAT(refusal("hub: {listen: x"), HasSubstr("skerry.yaml"));
  EXPECT_THAT(refusal("hub: {listen: a}\nhub: {poll: 1s}"), HasSubstr("skerry.yaml"));
  EXPECT_THAT(refusal("hub: text"), HasSubstr("unknown setting \"hub\""));
  EXPECT_EQ(load("").text("log.level"), "info");
  EXPECT_EQ(load("# nothing\n").text("log.level"), "info");
}

TEST(Settings, SecretsAreMasked) {
  const Settings settings = load("registry: {password: hunter2}");
  EXPECT_EQ(settings.text("registry.password"), "hunter2");
  EXPECT_EQ(shown(settings, "registry.password", "value"), "****");
  EXPECT_THAT(json::dump(settings.show()), Not(HasSubstr("hunter2")));
  EXPECT_EQ(shown(load(""), "registry.password", "value"), "") << "unset is told from set";
}

TEST(Settings, TableIsSound) {
  std::set<std::string_view> paths;
  for (const Setting& setting : all_settings()) {
    EXPECT_TRUE(paths.insert(setting.path).second) << setting.path << " is declared twice";
    EXPECT_NE(setting.path.find('.'), std::string_view::npos) << setting.path;
    EXPECT_TRUE(setting.sentence.ends_with(".")) << setting.path;
    EXPECT_LE(setting.min, setting.max) << setting.path;
    // Each default passes its own check.
    load("", {}, {{std::string(setting.path), std::string(setting.fallback)}});
  }
  EXPECT_EQ(variable_name("train.memory_bytes_max"), "SKERRY_TRAIN_MEMORY_BYTES_MAX");
}

TEST(Settings, SchemaHasTypesDefaultsAndBounds) {
  const json::Value schema = settings_schema();
  EXPECT_EQ(schema.at("additionalProperties"), false);
  const json::Value& site = schema.at("properties").at("site");
  EXPECT_EQ(site.at("additionalProperties"), false);
  const json::Value& reactors = site.at("properties").at("reactors");
  EXPECT_EQ(reactors.at("type"), "integer");
  EXPECT_EQ(reactors.at("default"), 1);
  EXPECT_EQ(reactors.at("minimum"), 1);
  EXPECT_EQ(reactors.at("maximum"), 256);
  std::size_t count = 0;
  for (const auto& group : schema.at("properties").as_object()) {
    count += group.value().at("properties").as_object().size();
  }
  EXPECT_EQ(count, all_settings().size());
}

TEST(Settings, ReferencePageIsFresh) {
  const Result<std::string> page = sys::read_file(
      sys::real_file_system(), SKERRY_SOURCE_DIR "/docs/reference/config.md", 1u << 20);
  ASSERT_TRUE(page.ok()) << page.error().to_string();
  EXPECT_EQ(*page, settings_page())
      << "write it again: skerry config schema --markdown > docs/reference/config.md";
}

TEST(ParseBytes, ReadsUnitsAndRefusesTheRest) {
  struct Case {
    const char* text;
    std::int64_t bytes;  // -1 = refused.
  };
  for (const Case& c : {Case{"0", 0},
                        {"512", 512},
                        {"1KiB", 1024},
                        {"64MiB", 64 << 20},
                        {"2GiB", std::int64_t{2} << 30},
                        {"1TiB", std::int64_t{1} << 40},
                        {"8388607TiB", std::int64_t{8388607} << 40},
                        {"8388608TiB", -1},
                        {"", -1},
                        {"MiB", -1},
                        {"-1", -1},
                        {"1.5GiB", -1},
                        {"1 GiB", -1},
                        {"1GB", -1},
                        {"1gib", -1}}) {
    const Result<std::int64_t> bytes = parse_bytes(c.text);
    EXPECT_EQ(bytes.ok() ? *bytes : -1, c.bytes) << c.text;
  }
}

}  // namespace
}  // namespace skerry::app
