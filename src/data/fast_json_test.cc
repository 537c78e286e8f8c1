// SPDX-License-Identifier: Apache-2.0
#include "data/fast_json.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

namespace skerry::fast_json {
namespace {

Value member(const Value& object, std::string_view wanted) {
  ObjectCursor cursor(object);
  std::string_view key;
  Value value;
  while (cursor.next(key, value)) {
    if (key == wanted) return value;
  }
  ADD_FAILURE() << "no member " << wanted;
  return value;
}

TEST(FastJson, WalksObjectsAndArraysInTheirOrder) {
  Parser parser;
  const Value root =
      *parser.parse(R"({"a":1,"b":[true,null,"x\u00e9",-2.5],"c":18446744073709551615})");
  ASSERT_EQ(root.kind(), Kind::kObject);
  EXPECT_EQ(member(root, "a").integer(), 1);
  EXPECT_EQ(member(root, "a").number(), 1.0);
  EXPECT_EQ(member(root, "c").unsigned_integer(), 18446744073709551615ull);
  EXPECT_FALSE(member(root, "c").integer().has_value());
  ArrayCursor cursor(member(root, "b"));
  std::vector<Kind> kinds;
  Value value;
  while (cursor.next(value)) kinds.push_back(value.kind());
  EXPECT_EQ(kinds, (std::vector{Kind::kBool, Kind::kNull, Kind::kString, Kind::kDouble}));
}

TEST(FastJson, CursorsOfOtherKindsAreEmpty) {
  Parser parser;
  const Value root = *parser.parse("17");
  Value value;
  std::string_view key;
  EXPECT_FALSE(ArrayCursor(root).next(value));
  EXPECT_FALSE(ObjectCursor(root).next(key, value));
}

TEST(FastJson, RefusesWhatIsNotOneDocument) {
  Parser parser;
  for (const std::string text :
       {"", "{", "[1,]", "{} {}", "[1] x", "\"\xff\"", "01", "nan", "[1e999]", "\x00"}) {
    const auto result = parser.parse(text);
    ASSERT_FALSE(result.ok()) << text;
    EXPECT_EQ(result.error().code(), Code::kInvalidArgument) << text;
  }
  EXPECT_TRUE(parser.parse("[1]").ok()) << "a refused document must not spoil the parser";
}

TEST(FastJson, RefusesDeepNestingWithoutRecursing) {
  Parser parser;
  const auto result = parser.parse(std::string(100'000, '[') + std::string(100'000, ']'));
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().message().find("100 deep"), std::string::npos);
  EXPECT_TRUE(parser.parse(std::string(99, '[') + std::string(99, ']')).ok());
}

TEST(FastJson, RefusesTextAboveTheLimit) {
  Parser parser(16);
  EXPECT_EQ(parser.parse(std::string(17, ' ')).error().code(), Code::kResourceExhausted);
}

TEST(FastJson, ReadsElementsNestedOrFlat) {
  Parser parser;
  std::array<float, 4> out{};
  ASSERT_TRUE(read_elements(*parser.parse("[[1,2.5],[null,-4]]"), 4, out.data()).ok());
  EXPECT_EQ(out[1], 2.5f);
  EXPECT_TRUE(std::isnan(out[2]));
  EXPECT_EQ(out[3], -4.0f);
}

TEST(FastJson, RefusesElementsThatDoNotFit) {
  Parser parser;
  std::array<float, 2> floats{};
  std::array<std::int8_t, 2> bytes{};
  std::array<std::uint64_t, 2> wide{};
  std::array<bool, 2> flags{};
  EXPECT_FALSE(read_elements(*parser.parse("[1,2,3]"), 2, floats.data()).ok());
  EXPECT_FALSE(read_elements(*parser.parse("[1]"), 2, floats.data()).ok());
  EXPECT_FALSE(read_elements(*parser.parse("7"), 1, floats.data()).ok());
  EXPECT_FALSE(read_elements(*parser.parse("[1,1e39]"), 2, floats.data()).ok());
  EXPECT_FALSE(read_elements(*parser.parse("[1,\"2\"]"), 2, floats.data()).ok());
  EXPECT_FALSE(read_elements(*parser.parse("[1,128]"), 2, bytes.data()).ok());
  EXPECT_FALSE(read_elements(*parser.parse("[1,null]"), 2, bytes.data()).ok());
  EXPECT_FALSE(read_elements(*parser.parse("[1,2.5]"), 2, bytes.data()).ok());
  EXPECT_FALSE(read_elements(*parser.parse("[1,-1]"), 2, wide.data()).ok());
  EXPECT_FALSE(read_elements(*parser.parse("[true,1]"), 2, flags.data()).ok());
}

TEST(FastJson, ShrinksAfterALargeDocument) {
  Parser parser;
  ASSERT_TRUE(parser.parse("[\"" + std::string(1 << 20, 'x') + "\"]").ok());
  parser.shrink(64 << 10);
  EXPECT_TRUE(parser.parse("[1]").ok());
}

}  // namespace
}  // namespace skerry::fast_json
