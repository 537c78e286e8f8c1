// SPDX-License-Identifier: Apache-2.0
#include "data/json.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "data/number.h"

namespace skerry::json {
namespace {

std::string repeated(std::string_view text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

template <typename T>
std::string message(const Result<T>& result) {
  return result.ok()
             ? "ok"
             : std::string(code_name(result.error().code())) + ": " + result.error().message();
}

Object object(std::string_view text) { return parse(text)->as_object(); }

TEST(Json, WritesOneLineInTheOrderOfInsertion) {
  Object tree;
  tree["z"] = 1;
  tree["a"] = Array{true, nullptr, "text", 2.5, -3};
  tree["m"] = Object{{"inner", Object()}, {"list", Array()}};
  EXPECT_EQ(dump(tree), R"({"z":1,"a":[true,null,"text",2.5,-3],"m":{"inner":{},"list":[]}})");
  EXPECT_EQ(dump(*parse(dump(tree))), dump(tree));
}

TEST(Json, WritesPrettyForPeople) {
  const Value tree = *parse(
      R"({"name":"x","numbers":[1,2.5],"rows":[[1,2],[]],"empty":{},"list":[{"a":null},{"b":false}]})");
  EXPECT_EQ(dump_pretty(tree), R"({
  "name": "x",
  "numbers": [1, 2.5],
  "rows": [
    [1, 2],
    []
  ],
  "empty": {},
  "list": [
    {
      "a": null
    },
    {
      "b": false
    }
  ]
}
)");
  EXPECT_EQ(dump(*parse(dump_pretty(tree))), dump(tree));
  EXPECT_EQ(dump_pretty(Object()), "{}\n");
}

TEST(Json, EscapesWhatMustBeEscapedAndNothingElse) {
  const std::string text("\"\\/\b\f\n\r\t\x01\x1f\x7f\0\xc3\xa9\xf0\x9f\x98\x80", 18);
  EXPECT_EQ(dump(Value(text)),
            "\"\\\"\\\\/\\u0008\\u000c\\n\\r\\t\\u0001\\u001f\x7f\\u0000"
            "\xc3\xa9\xf0\x9f\x98\x80\"");
  EXPECT_EQ(parse(dump(Value(text)))->as_string(), text);
}

TEST(Json, ReadsEscapesAndSpaceAround) {
  EXPECT_EQ(dump(*parse(" \t\r\n[ \"\\u00e9\\ud83d\\ude00\\/\" ,1 ] \n")),
            "[\"\xc3\xa9\xf0\x9f\x98\x80/\",1]");
}

TEST(Json, KeepsEveryDoubleThroughItsText) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) {
    const auto number = std::bit_cast<double>(random());
    if (!std::isfinite(number)) continue;
    const Result<Value> back = parse(dump(Array{number}));
    ASSERT_TRUE(back.ok());
    ASSERT_EQ(back->as_array()[0].to_number<double>(), number) << dump(Array{number});
  }
}

TEST(Json, KeepsTheSignOfZero) {
  const Value back = *parse(dump(Array{-0.0, 0.0, -1.0 / 3}));
  EXPECT_TRUE(std::signbit(back.as_array()[0].to_number<double>()));
  EXPECT_FALSE(std::signbit(back.as_array()[1].to_number<double>()));
  EXPECT_EQ(dump(Array{-0.0}), "[-0.0]");
}

TEST(Json, ReadsManyDigitsToTheNearestDouble) {
  for (const std::string text :
       {"0.1000000000000000055511151231257827", "123456789012345678901234567890",
        "9007199254740993.0", "2.2250738585072011e-308", "17976931348623157e292"}) {
    EXPECT_EQ(parse(text)->to_number<double>(), *parse_number(text)) << text;
  }
}

TEST(Json, KeepsWholeNumbersOf64Bits) {
  const std::string text = "[-9223372036854775808,9223372036854775807,18446744073709551615]";
  EXPECT_EQ(dump(*parse(text)), text);
}

TEST(JsonDeathTest, HasNoTextForNumbersThatAreNotFinite) {
  EXPECT_DEATH(dump(Value(std::nan(""))), "isfinite");
  EXPECT_DEATH(dump_pretty(Value(HUGE_VAL)), "isfinite");
}

TEST(Json, RefusesWhatIsNotOneDocumentAndSaysWhere) {
  const std::vector<std::pair<std::string, std::string>> cases{{"", "byte 0"},
                                                               {"  ", "byte 2"},
                                                               {"{", "byte 1"},
                                                               {"[1,]", "byte 3"},
                                                               {"[1 2]", "byte 3"},
                                                               {"{\"a\":1,}", "byte 7"},
                                                               {"{a:1}", "byte 1"},
                                                               {"'a'", "byte 0"},
                                                               {"[01]", "byte 2"},
                                                               {"[+1]", "byte 1"},
                                                               {"[.5]", "byte 1"},
                                                               {"[1.]", "byte 3"},
                                                               {"[NaN]", "byte 1"},
                                                               {"[Infinity]", "byte 1"},
                                                               {"nul", "byte 3"},
                                                               {"{} {}", "byte 3"},
                                                               {"[1]x", "byte 3"},
                                                               {"[1]//", "byte 3"},
                                                               {"/**/1", "byte 0"},
                                                               {"[1e400]", "byte"},
                                                               {"\"\n\"", "byte 1"},
                                                               {"\"\xff\"", "byte 1"},
                                                               {"\"\xc0\xaf\"", "byte 1"},
                                                               {"\"\xed\xa0\x80\"", "byte"},
                                                               {"\"\\ud800\"", "byte"},
                                                               {"\"\\x41\"", "byte"},
                                                               {"\"open", "byte 5"},
                                                               {"\xef\xbb\xbf{}", "byte 0"},
                                                               {std::string("1\0", 2), "byte 1"}};
  for (const auto& [text, where] : cases) {
    const Result<Value> value = parse(text);
    ASSERT_FALSE(value.ok()) << text;
    EXPECT_EQ(value.error().code(), Code::kInvalidArgument) << text;
    EXPECT_NE(value.error().message().find(where), std::string::npos)
        << text << " gave " << value.error().message();
  }
}

TEST(Json, RefusesARepeatedKeyAtAnyDepth) {
  for (const std::string text :
       {R"({"a":1,"a":1})", R"([{"x":{"a":1,"b":2,"a":{}}}])", R"({"a":[],"\u0061":[]})"}) {
    const Result<Value> value = parse(text);
    ASSERT_FALSE(value.ok()) << text;
    EXPECT_EQ(value.error().code(), Code::kInvalidArgument);
    EXPECT_NE(value.error().message().find("repeated key"), std::string::npos) << text;
  }
  EXPECT_TRUE(parse(R"({"a":{"a":{"a":1}},"b":{"a":1}})").ok());
}

TEST(Json, RefusesDeepNestingWithoutRecursing) {
  EXPECT_TRUE(parse(repeated("[", 100) + repeated("]", 100)).ok());
  for (const std::string& text : {repeated("[", 101) + repeated("]", 101), repeated("[", 100'000),
                                  repeated("{\"a\":", 100'000)}) {
    const Result<Value> value = parse(text);
    ASSERT_FALSE(value.ok());
    EXPECT_EQ(message(value), "RESOURCE_EXHAUSTED: JSON nests deeper than 100 levels");
  }
  EXPECT_TRUE(parse("[[1]]", {.depth_max = 2}).ok());
  EXPECT_FALSE(parse("[[1]]", {.depth_max = 1}).ok());
}

TEST(Json, RefusesALargeDocumentBeforeReadingIt) {
  EXPECT_TRUE(parse("[1]", {.bytes_max = 3}).ok());
  EXPECT_EQ(message(parse("[1] ", {.bytes_max = 3})),
            "RESOURCE_EXHAUSTED: JSON document is larger than 3 bytes");
}

TEST(JsonGetters, GiveTypedMembers) {
  const Object o = object(
      R"({"s":"x","n":2.5,"i":3,"u":18446744073709551615,"b":true,"o":{"k":1},"a":[1,2.5],"t":["p","q"]})");
  EXPECT_EQ(*get_string(o, "s"), "x");
  EXPECT_EQ(*get_number(o, "n"), 2.5);
  EXPECT_EQ(*get_number(o, "i"), 3.0);
  EXPECT_EQ(*get_number(o, "u"), 18446744073709551616.0);
  EXPECT_EQ(*get_int(o, "i"), 3);
  EXPECT_EQ(*get_bool(o, "b"), true);
  EXPECT_EQ((*get_object(o, "o"))->size(), 1u);
  EXPECT_EQ((*get_array(o, "a"))->size(), 2u);
  EXPECT_EQ(*get_numbers(o, "a"), (std::vector<double>{1, 2.5}));
  EXPECT_EQ(*get_strings(o, "t"), (std::vector<std::string>{"p", "q"}));
}

TEST(JsonGetters, FallBackOnlyWhereTheMemberIsAbsent) {
  const Object o = object(R"({"s":1,"n":"x"})");
  EXPECT_EQ(*get_string_or(o, "absent", "f"), "f");
  EXPECT_EQ(*get_number_or(o, "absent", 1.5), 1.5);
  EXPECT_EQ(*get_int_or(o, "absent", 7), 7);
  EXPECT_EQ(*get_bool_or(o, "absent", true), true);
  EXPECT_FALSE(get_string_or(o, "s", "f").ok());
  EXPECT_FALSE(get_number_or(o, "n", 1).ok());
  EXPECT_FALSE(get_int_or(o, "n", 1).ok());
  EXPECT_FALSE(get_bool_or(o, "n", true).ok());
}

TEST(JsonGetters, NameTheMemberThatIsWrong) {
  const Object o = object(R"({"x":null,"mixed":[1,"a"]})");
  const std::string prefix = "INVALID_ARGUMENT: ";
  EXPECT_EQ(message(get_string(o, "absent")), prefix + "\"absent\" is missing");
  EXPECT_EQ(message(get_string(o, "x")), prefix + "\"x\" is not a string");
  EXPECT_EQ(message(get_number(o, "x")), prefix + "\"x\" is not a number");
  EXPECT_EQ(message(get_int(o, "x")), prefix + "\"x\" is not a whole number");
  EXPECT_EQ(message(get_bool(o, "x")), prefix + "\"x\" is not true or false");
  EXPECT_EQ(message(get_object(o, "x")), prefix + "\"x\" is not an object");
  EXPECT_EQ(message(get_array(o, "x")), prefix + "\"x\" is not an array");
  EXPECT_EQ(message(get_numbers(o, "mixed")), prefix + "\"mixed\" is not a number");
  EXPECT_EQ(message(get_strings(o, "mixed")), prefix + "\"mixed\" is not an array of strings");
  EXPECT_EQ(message(as_object(Value(1), "the thing")), prefix + "the thing is not an object");
  EXPECT_EQ(message(as_array(Value(1), "the thing")), prefix + "the thing is not an array");
}

TEST(JsonGetters, TakeAnyNumberThatIsAWholeOneOf64Bits) {
  const Object o = object(R"({"a":3.0,"b":-1e3,"c":9007199254740993,"d":-9223372036854775808})");
  EXPECT_EQ(*get_int(o, "a"), 3);
  EXPECT_EQ(*get_int(o, "b"), -1000);
  EXPECT_EQ(*get_int(o, "c"), 9007199254740993);
  EXPECT_EQ(*get_int(o, "d"), std::numeric_limits<std::int64_t>::min());
  Object built;
  built["u"] = std::uint64_t{42};
  built["max"] = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  built["over"] = std::uint64_t{1} << 63;
  EXPECT_EQ(*get_int(built, "u"), 42);
  EXPECT_EQ(*get_int(built, "max"), std::numeric_limits<std::int64_t>::max());
  EXPECT_FALSE(get_int(built, "over").ok());
  for (const std::string text :
       {"2.5", "1e19", "-1e300", "18446744073709551615", "\"3\"", "true"}) {
    EXPECT_FALSE(get_int(object("{\"x\":" + text + "}"), "x").ok()) << text;
  }
}

TEST(JsonKeys, AreRefusedWhenUnknownWithASuggestion) {
  const std::vector<std::string> known{"models", "policy"};
  EXPECT_TRUE(check_keys(object(R"({"policy":1})"), known, "the spec").ok());
  EXPECT_TRUE(check_keys(Object(), known, "the spec").ok());
  EXPECT_EQ(
      message(check_keys(object(R"({"policy":1,"modles":2})"), known, "the spec")),
      "INVALID_ARGUMENT: the spec has an unknown member \"modles\"; did you mean \"models\"?");
  EXPECT_EQ(message(check_keys(object(R"({"xyzzy":1})"), known, "the spec")),
            "INVALID_ARGUMENT: the spec has an unknown member \"xyzzy\"");
}

TEST(JsonKeys, AreNotRepeatedInAnErrorWhenLong) {
  Object o;
  o[std::string(1000, 'x')] = 1;
  EXPECT_EQ(message(check_keys(o, {"models"}, "the spec")),
            "INVALID_ARGUMENT: the spec has an unknown member with a name of 1000 bytes");
}

TEST(JsonArrays, AreMadeOfVectors) {
  EXPECT_EQ(dump(from_numbers({1, 2.5, -3e-9})), "[1,2.5,-3e-09]");
  EXPECT_EQ(dump(from_strings({"a", ""})), "[\"a\",\"\"]");
  EXPECT_EQ(dump(from_numbers({})), "[]");
}

}  // namespace
}  // namespace skerry::json
