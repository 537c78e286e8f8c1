// SPDX-License-Identifier: Apache-2.0
#include "loop/agent_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skerry::loop {
namespace {

using testing::HasSubstr;

AgentRecord sample() {
  AgentRecord record;
  record.generation_seen = 42;
  SiteSpec spec;
  spec.ring = "main";
  spec.generation = 42;
  spec.models.push_back({"pump", Digest::of("new"), Digest::of("old"), {}});
  record.spec = spec;
  record.in_service.emplace("pump", Digest::of("old"));
  record.refused.push_back({Digest::of("new"), "check_failed", "check row 3 differs"});
  return record;
}

TEST(AgentRecord, ReadsBackWhatItWrites) {
  for (const AgentRecord& record : {AgentRecord{}, sample()}) {
    const json::Object written = to_json(record);
    const Result<AgentRecord> read = agent_record_from_json(written);
    ASSERT_TRUE(read.ok()) << read.error().to_string();
    EXPECT_EQ(to_json(*read), written);
    EXPECT_EQ(read->generation_seen, record.generation_seen);
    EXPECT_EQ(read->in_service, record.in_service);
    EXPECT_EQ(read->spec.has_value(), record.spec.has_value());
  }
}

// The document of docs/formats/agent-record.md.
TEST(AgentRecord, SpellingIsFixed) {
  const json::Object written = to_json(sample());
  std::vector<std::string> members;
  for (const auto& member : written) members.emplace_back(member.key());
  EXPECT_THAT(members, testing::ElementsAre("generation_seen", "spec", "in_service", "refused"));
  EXPECT_EQ(written.at("in_service").at("pump").as_string(), Digest::of("old").to_string());
  EXPECT_EQ(json::dump(written.at("refused")),
            "[{\"digest\":\"" + Digest::of("new").to_string() +
                R"(","reason":"check_failed","detail":"check row 3 differs"}])");
}

TEST(AgentRecord, RefusesWhatItDidNotWrite) {
  struct Case {
    const char* text;
    const char* says;
  };
  for (const Case& c :
       {Case{"[]", "the record"},
        {"{}", "generation_seen"},
        {R"({"generation_seen":"1","in_service":{},"refused":[]})", "generation_seen"},
        {R"({"generation_seen":1,"in_service":[],"refused":[]})", "in_service"},
        {R"({"generation_seen":1,"in_service":{"m":"sha256:1"},"refused":[]})", "digest"},
        {R"({"generation_seen":1,"in_service":{},"refused":[7]})", "refused"},
        {R"({"generation_seen":1,"in_service":{},"refused":[{}]})", "digest"},
        {R"({"generation_seen":1,"spec":{},"in_service":{},"refused":[]})", "apiVersion"},
        {R"({"generation_seen":1,"in_service":{},"refused":[],"more":1})", "more"}}) {
    const Result<AgentRecord> read = agent_record_from_json(*json::parse(c.text));
    ASSERT_FALSE(read.ok()) << c.text;
    EXPECT_EQ(read.error().code(), Code::kInvalidArgument) << c.text;
    EXPECT_THAT(read.error().message(), HasSubstr(c.says)) << c.text;
  }
}

TEST(AgentStatus, DocumentIsClosedAndHoldsNoDetail) {
  AgentStatus status;
  status.generation_seen = 2;
  status.generation_applied = 1;
  status.models.push_back({"pump", SlotStatus{Digest::of("a"), 1}, {}});
  status.refused.push_back({Digest::of("b"), "load_failed", "words from a file"});
  status.problems = {"model_refused"};
  status.detail = "words for the operator";
  EXPECT_EQ(
      json::dump(to_json(status)),
      R"({"generation":{"seen":2,"applied":1},"models":[{"name":"pump","current":{"digest":")" +
          Digest::of("a").to_string() + R"(","version":1}}],"refused":[{"digest":")" +
          Digest::of("b").to_string() +
          R"(","reason":"load_failed"}],"health":{"ok":false,"reasons":["model_refused"]}})");
}

}  // namespace
}  // namespace skerry::loop
