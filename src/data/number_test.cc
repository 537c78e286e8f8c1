// SPDX-License-Identifier: Apache-2.0
#include "data/number.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace skerry {
namespace {

TEST(Number, IsWrittenInItsShortestForm) {
  const std::vector<std::pair<double, std::string>> cases{
      {0, "0"},
      {-0.0, "-0"},
      {1, "1"},
      {0.1, "0.1"},
      {-2.5, "-2.5"},
      {1e21, "1e+21"},
      {1.0 / 3, "0.3333333333333333"},
      {5e-324, "5e-324"},
      {1.7976931348623157e308, "1.7976931348623157e+308"}};
  for (const auto& [number, text] : cases) EXPECT_EQ(format_number(number), text);
  std::string out = "x=";
  append_number(out, 0.1f);
  EXPECT_EQ(out, "x=0.1") << "a float needs fewer digits than a double";
}

TEST(Number, ReadsBackToTheSameBits) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) {
    const auto number = std::bit_cast<double>(random());
    if (!std::isfinite(number)) continue;
    const Result<double> back = parse_number(format_number(number));
    ASSERT_TRUE(back.ok());
    ASSERT_EQ(std::bit_cast<std::uint64_t>(*back), std::bit_cast<std::uint64_t>(number));
  }
}

TEST(Number, IsReadInEachDecimalForm) {
  const std::vector<std::pair<std::string, double>> cases{
      {"7", 7},      {"+7", 7},      {"-7", -7},    {".5", 0.5},         {"5.", 5},
      {"1e3", 1000}, {"1E+3", 1000}, {"00012", 12}, {"4.9e-324", 5e-324}};
  for (const auto& [text, number] : cases) {
    const Result<double> parsed = parse_number(text);
    ASSERT_TRUE(parsed.ok()) << text;
    EXPECT_EQ(*parsed, number) << text;
  }
  EXPECT_TRUE(std::isnan(*parse_number("nan")));
  EXPECT_EQ(*parse_number("inf"), std::numeric_limits<double>::infinity());
  EXPECT_EQ(*parse_number("-inf"), -std::numeric_limits<double>::infinity());
}

TEST(Number, RefusesOtherTexts) {
  for (const std::string text :
       {"",      "+",    "-",   ".",   "e5",  "1e",    "1e+", " 1",    "1 ",     "1,5",
        "1.2.3", "0x10", "+-1", "--1", "++1", "1_000", "one", "1e400", "-1e400", "1e-400"}) {
    const Result<double> parsed = parse_number(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().code(), Code::kInvalidArgument) << text;
  }
  EXPECT_FALSE(parse_number(std::string("1\0", 2)).ok());
}

}  // namespace
}  // namespace skerry
