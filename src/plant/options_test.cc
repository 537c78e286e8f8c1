// SPDX-License-Identifier: Apache-2.0
#include "plant/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "plant/simulator.h"

namespace skerry::plant {
namespace {

TEST(FailureMode, NamesReadBack) {
  for (const char* name : {"bearing", "fouling", "seal_leak", "winding"}) {
    const auto mode = failure_mode_from_name(name);
    ASSERT_TRUE(mode.ok());
    EXPECT_EQ(failure_mode_name(*mode), name);
  }
  const auto unknown = failure_mode_from_name("baring");
  ASSERT_FALSE(unknown.ok());
  EXPECT_THAT(unknown.error().message(), testing::HasSubstr("did you mean \"bearing\"?"));
}

struct BadOption {
  std::function<void(Options&)> spoil;
  std::string message;
};

TEST(Options, EachOptionOutOfRangeIsAnErrorThatNamesIt) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<BadOption> cases = {
      {[](Options& o) { o.assets = 0; }, "assets is 0, outside 1 to 10000"},
      {[](Options& o) { o.assets = 10'001; }, "assets"},
      {[](Options& o) { o.lives = -1; }, "lives"},
      {[](Options& o) { o.life_rows_min = 19; }, "life_rows_min"},
      {[](Options& o) { o.life_rows_max = 119; }, "life_rows_max"},
      {[](Options& o) { o.life_rows_max = 10'001; }, "life_rows_max"},
      {[](Options& o) { o.noise = -0.1; }, "noise"},
      {[=](Options& o) { o.noise = nan; }, "noise"},
      {[](Options& o) { o.interval = std::chrono::milliseconds(0); }, "interval"},
      {[](Options& o) { o.interval = std::chrono::days(31); }, "interval"},
      {[](Options& o) { o.start += std::chrono::days(365 * 180); }, "start"},
      {[](Options& o) { o.source = ""; }, "source"},
      {[](Options& o) { o.modes_enabled = {}; }, "modes_enabled is empty"},
      {[](Options& o) { o.modes_enabled = {FailureMode::kBearing, FailureMode::kBearing}; },
       "twice"},
      {[](Options& o) { o.faults.stuck = -1e-9; }, "faults.stuck"},
      {[=](Options& o) { o.faults.gap = nan; }, "faults.gap"},
      {[](Options& o) { o.faults.spike = 1.1; }, "faults.spike"},
      {[](Options& o) { o.faults.unit_change = 2; }, "faults.unit_change"},
      {[](Options& o) { o.faults.gap = o.faults.spike = 0.6; }, "faults (sum)"},
  };
  for (const BadOption& bad : cases) {
    Options options;
    bad.spoil(options);
    const auto simulator = Simulator::open(options);
    ASSERT_FALSE(simulator.ok()) << bad.message;
    EXPECT_EQ(simulator.error().code(), Code::kInvalidArgument);
    EXPECT_THAT(simulator.error().message(), testing::HasSubstr(bad.message));
  }
}

}  // namespace
}  // namespace skerry::plant
