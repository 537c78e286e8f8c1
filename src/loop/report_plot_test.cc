// SPDX-License-Identifier: Apache-2.0
#include "loop/report_plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skerry::loop {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ReportNumbers, AreAsLongAsAReaderNeeds) {
  EXPECT_EQ(readable(0), "0");
  EXPECT_EQ(readable(7.6e-6), "7.6e-06");
  EXPECT_EQ(readable(0.97734), "0.977");
  EXPECT_EQ(readable(10.354), "10.35");
  EXPECT_EQ(readable(163.56), "163.6");
  EXPECT_EQ(readable(16356.2), "16356");
  EXPECT_EQ(fixed(-1.005, 1), "-1.0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(6247224), "6,247,224");
}

TEST(ReportNumbers, TextIsEscaped) {
  EXPECT_EQ(escape_html("<a href=\"x\">&"), "&lt;a href=&quot;x&quot;&gt;&amp;");
}

TEST(Axis, EndsOnRoundNumbers) {
  const Axis axis = round_axis(0, 126.5, "x");
  EXPECT_EQ(axis.low, 0);
  EXPECT_EQ(axis.high, 150);
  EXPECT_THAT(ticks(axis, 3), ElementsAre(0, 50, 100, 150));
  const Axis flat = round_axis(3, 3, "x");
  EXPECT_LT(flat.low, flat.high);
  const Axis below = round_axis(-0.7, 0.2, "x");
  EXPECT_LE(below.low, -0.7);
  EXPECT_GE(below.high, 0.2);
}

TEST(Plot, DrawsInsideItsAreaAndDescribesItself) {
  Plot plot(560, 300, {0, 10, "round"}, {0, 1, ""});
  plot.grid();
  plot.area({{-5, -5}, {50, 50}, {50, -5}}, "fb");
  plot.dot({10, 1}, 3, "dot", "a <title>");
  const std::string svg = plot.svg("what \"it\" shows");
  EXPECT_THAT(svg, HasSubstr("aria-label=\"what &quot;it&quot; shows\""));
  EXPECT_THAT(svg, HasSubstr("<circle cx=\"544.0\" cy=\"12.0\""));
  EXPECT_THAT(svg, HasSubstr("a &lt;title&gt;"));
  EXPECT_THAT(svg, HasSubstr("M44.0 256.0L544.0 12.0L544.0 256.0Z"));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
}

TEST(Bars, AreProportionalToTheirValues) {
  const std::string svg =
      bars_svg({{"low", 1, "3 rows"}, {"high", 4, "9 rows"}, {"none", 0, ""}}, "x");
  EXPECT_THAT(svg, HasSubstr("width=\"298.0\""));
  EXPECT_THAT(svg, HasSubstr("width=\"74.5\""));
  EXPECT_THAT(svg, HasSubstr("width=\"1.0\""));
  EXPECT_THAT(svg, HasSubstr("9 rows"));
}

}  // namespace
}  // namespace skerry::loop
