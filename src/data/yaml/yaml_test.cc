// SPDX-License-Identifier: Apache-2.0
#include "data/yaml/yaml.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace skerry::yaml {
namespace {

std::string read(const std::string& text, ParseLimits limits = {}) {
  const Result<json::Value> value = parse(text, limits);
  return value.ok() ? json::dump(*value) : value.error().to_string();
}

TEST(Yaml, ReadsADocumentOfEachShape) {
  EXPECT_EQ(read("a: 1\nb:\n  - x\n  - {c: [true, null]}\nd: {}\n"),
            R"({"a":1,"b":["x",{"c":[true,null]}],"d":{}})");
  EXPECT_EQ(read("- 1\n- - 2\n"), "[1,[2]]");
  EXPECT_EQ(read("%YAML 1.2\n---\na: 1\n...\n"), R"({"a":1})");
  EXPECT_EQ(read(""), "null");
  EXPECT_EQ(read("# a comment\n"), "null");
}

TEST(Yaml, ResolvesPlainScalarsByTheCoreSchema) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"null", "null"},
      {"Null", "null"},
      {"NULL", "null"},
      {"~", "null"},
      {"true", "true"},
      {"True", "true"},
      {"TRUE", "true"},
      {"false", "false"},
      {"False", "false"},
      {"FALSE", "false"},
      {"0", "0"},
      {"-7", "-7"},
      {"+5", "5"},
      {"010", "10"},
      {"0o17", "15"},
      {"0x1F", "31"},
      {"0xff", "255"},
      {"2.5", "2.5"},
      {".5", "0.5"},
      {"5.", "5"},
      {"-1e3", "-1000"},
      {"1E-3", "0.001"},
      {"9223372036854775807", "9223372036854775807"},
      {"9223372036854775808", "9223372036854775808"},
      {"-.inf", "\"-.inf\""},
      {".nan", "\".nan\""},
      {"inf", "\"inf\""},
      {"nan", "\"nan\""},
      {"1e400", "\"1e400\""},
      {"0x-1", "\"0x-1\""},
      {"0x", "\"0x\""},
      {"0b1", "\"0b1\""},
      {"+-5", "\"+-5\""},
      {"1_000", "\"1_000\""},
      {"1:30", "\"1:30\""},
      {"yes", "\"yes\""},
      {"on", "\"on\""},
      {"nULL", "\"nULL\""},
      {"2026-01-01", "\"2026-01-01\""},
      {"e5", "\"e5\""},
      {".", "\".\""},
      {"1.2.3", "\"1.2.3\""},
      {"v1", "\"v1\""}};
  for (const auto& [scalar, value] : cases) {
    EXPECT_EQ(read("a: " + scalar), "{\"a\":" + value + "}") << scalar;
  }
}

TEST(Yaml, KeepsQuotedAndTaggedStringsAsStrings) {
  for (const std::string& scalar :
       std::vector<std::string>{"\"5\"", "'5'", "!!str 5", "! 5", "|-\n  5", ">-\n  5"}) {
    EXPECT_EQ(read("a: " + scalar), R"({"a":"5"})") << scalar;
  }
  EXPECT_EQ(read("a: \"\"\nb: ''\nc: \"null\"\nd: 'true'"),
            R"({"a":"","b":"","c":"null","d":"true"})");
  EXPECT_EQ(read("a: !!int 5"), R"({"a":5})");
}

TEST(Yaml, RefusesBadDocumentsWithTheirLine) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"a: 1\nb: [1", "(line 2)"},
      {"a: 1\nb: c: d", "(line 2)"},
      {"\n\n\ta: 1", "(line 3)"},
      {"a:\n  - 1\n b: 2", "(line 3)"},
      {"a: 1\nb: *nowhere", "(line 2)"},
      {"a: \"open", "(line 1)"},
      {"a: \"\\ud800\"", "(line 1)"},
      {"a: 1\n\na: 2", "YAML key \"a\" is repeated (line 3)"},
      {"x:\n  b: 1\n  \"b\": 2", "YAML key \"b\" is repeated (line 3)"},
      {"a: 1\n? [b]\n: 2", "YAML key is not a scalar (line 2)"},
      {"a: 1\n? {b: 1}\n: 2", "YAML key is not a scalar (line 2)"},
      {"a: 1\n---\nb: 2", "YAML has more than one document (line 2)"},
      {"a: 1\n---\n", "YAML has more than one document (line 2)"},
      {"a: 1\nb: !secret 5", "YAML tag is not known (line 2)"}};
  for (const auto& [text, message] : cases) {
    const Result<json::Value> value = parse(text);
    ASSERT_FALSE(value.ok()) << text;
    EXPECT_EQ(value.error().code(), Code::kInvalidArgument) << text;
    EXPECT_TRUE(value.error().message().ends_with(message))
        << text << " gave " << value.error().message();
  }
}

TEST(Yaml, EndsOnTextInWhichTheLibrarySeesDocumentsWithoutEnd) {
  EXPECT_EQ(read(" &1,1:$&]\n"), "INVALID_ARGUMENT: YAML has more than one document (line 1)");
}

TEST(Yaml, ExpandsAliasesWithinTheNodeLimit) {
  EXPECT_EQ(read("a: &x [1, 2]\nb: *x"), R"({"a":[1,2],"b":[1,2]})");
  std::string bomb = "l0: &l0 [1,1,1,1,1,1,1,1,1,1]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string before = "*l" + std::to_string(i - 1);
    bomb += "l" + std::to_string(i) + ": &l" + std::to_string(i) + " [" + before;
    for (int j = 1; j < 10; ++j) bomb += "," + before;
    bomb += "]\n";
  }
  EXPECT_TRUE(read(bomb).starts_with("RESOURCE_EXHAUSTED: YAML has too many nodes")) << read(bomb);
}

TEST(Yaml, RefusesAnAliasOfItself) {
  EXPECT_TRUE(read("a: &x [*x]").starts_with("RESOURCE_EXHAUSTED: YAML nests too deep"));
}

TEST(Yaml, RefusesDeepNestingInEachStyle) {
  std::string indented;
  for (int i = 0; i < 1000; ++i) indented += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  std::string dashes;
  for (int i = 0; i < 100'000; ++i) dashes += "- ";
  for (const std::string& text : {std::string(100'000, '['), std::string(100'000, '{'), dashes,
                                  indented, std::string(80, '[') + std::string(80, ']')}) {
    EXPECT_TRUE(read(text).starts_with("RESOURCE_EXHAUSTED: YAML nests too deep"))
        << text.substr(0, 20) << " gave " << read(text);
  }
  EXPECT_EQ(read(std::string(64, '[') + std::string(64, ']')),
            std::string(64, '[') + std::string(64, ']'));
}

TEST(Yaml, CountsNoBracketsInTextsAndComments) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "# in [0, 1)\nk" + std::to_string(i) + ": \"[0, 1)\"\n";
  EXPECT_TRUE(parse(text).ok());
}

TEST(Yaml, RefusesTextAboveTheLimits) {
  EXPECT_EQ(read("[1, 2]", {.bytes_max = 5}),
            "RESOURCE_EXHAUSTED: YAML document is larger than 5 bytes");
  EXPECT_EQ(read("[1, 2]", {.nodes_max = 3}), "[1,2]");
  EXPECT_EQ(read("[1, 2]", {.nodes_max = 2}),
            "RESOURCE_EXHAUSTED: YAML has too many nodes (line 1)");
}

TEST(Yaml, RefusesTextThatIsNotUtf8) {
  for (const std::string text : {"a: \"\xff\"", "\xff", "a: \xc3\x28", "\xed\xa0\x80: 1"}) {
    EXPECT_EQ(read(text), "INVALID_ARGUMENT: YAML is not UTF-8");
  }
  EXPECT_EQ(read(std::string("\x06\0\0\0\0\x07\0\0: &[", 12)),
            "INVALID_ARGUMENT: YAML is not UTF-8");
  EXPECT_EQ(read("a: \xc3\xa9 # \xf0\x9f\x98\x80"), "{\"a\":\"\xc3\xa9\"}");
}

}  // namespace
}  // namespace skerry::yaml
