// SPDX-License-Identifier: Apache-2.0
#include "sys/clock.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "sys/fake/clock.h"
#include "sys/random.h"

namespace skerry::sys {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

Time at(std::int64_t unix_seconds, std::int64_t nanos = 0) {
  return Time(seconds(unix_seconds)) + nanoseconds(nanos);
}

TEST(Rfc3339, ReadsKnownTimes) {
  const std::vector<std::pair<std::string, Time>> cases{
      {"1970-01-01T00:00:00Z", at(0)},
      {"1969-12-31T23:59:59Z", at(-1)},
      {"2026-01-31T08:00:00Z", at(1769846400)},
      {"2026-01-31t08:00:00z", at(1769846400)},
      {"2026-01-31 08:00:00Z", at(1769846400)},
      {"2026-01-31T10:00:00+02:00", at(1769846400)},
      {"2026-01-30T22:30:00-09:30", at(1769846400)},
      {"2026-01-31T08:00:00-00:00", at(1769846400)},
      {"2000-02-29T00:00:00Z", at(951782400)},
      {"2024-02-29T23:59:59Z", at(1709251199)},
      {"1999-12-31T23:59:59+23:59", at(946598459)},
      {"2016-12-31T23:59:60Z", at(1483228800)},
      {"1990-12-31T15:59:60-08:00", at(662688000)},
      {"1970-01-01T00:00:00.5Z", at(0, 500'000'000)},
      {"1970-01-01T00:00:00.123456789Z", at(0, 123'456'789)},
      {"1970-01-01T00:00:00.000000001Z", at(0, 1)},
      {"1969-12-31T23:59:59.999999999Z", at(0, -1)},
      {"1678-01-01T00:00:00Z", at(-9214560000)},
      {"2261-12-31T23:59:59.999999999Z", at(9214646399, 999'999'999)},
  };
  for (const auto& [text, time] : cases) {
    const Result<Time> parsed = parse_time(text);
    ASSERT_TRUE(parsed.ok()) << text;
    EXPECT_EQ(*parsed, time) << text;
  }
}

TEST(Rfc3339, RefusesOtherTexts) {
  for (const std::string text : {"",
                                 "2026",
                                 "2026-01-31",
                                 "2026-01-31T08:00:00",
                                 "2026-01-31T08:00Z",
                                 "2026-1-31T08:00:00Z",
                                 "26-01-31T08:00:00Z",
                                 "2026-02-29T00:00:00Z",
                                 "1900-02-29T00:00:00Z",
                                 "2026-00-10T00:00:00Z",
                                 "2026-13-10T00:00:00Z",
                                 "2026-01-00T00:00:00Z",
                                 "2026-04-31T00:00:00Z",
                                 "2026-01-31T24:00:00Z",
                                 "2026-01-31T08:60:00Z",
                                 "2026-01-31T08:00:61Z",
                                 "2026-01-31T08:00:00.Z",
                                 "2026-01-31T08:00:00.1234567890Z",
                                 "2026-01-31T08:00:00,5Z",
                                 "2026-01-31T08:00:00+0200",
                                 "2026-01-31T08:00:00+02",
                                 "2026-01-31T08:00:00+24:00",
                                 "2026-01-31T08:00:00+02:60",
                                 "2026-01-31T08:00:00+-2:00",
                                 "2026-01-31T08:00:00ZZ",
                                 " 2026-01-31T08:00:00Z",
                                 "2026-01-31T08:00:00Z ",
                                 "-026-01-31T08:00:00Z",
                                 "+026-01-31T08:00:00Z",
                                 "2026--1-31T08:00:00Z",
                                 "2026-01-31T-8:00:00Z",
                                 "2026/01/31T08:00:00Z",
                                 "2026-01-31X08:00:00Z",
                                 "1677-12-31T23:59:59Z",
                                 "2262-01-01T00:00:00Z",
                                 "9999-01-01T00:00:00Z",
                                 "1678-01-01T00:00:00+00:01",
                                 "2261-12-31T23:59:59-00:01",
                                 "2261-12-31T23:59:60Z",
                                 "20260131T080000Z",
                                 "now"}) {
    const Result<Time> parsed = parse_time(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().code(), Code::kInvalidArgument) << text;
  }
  EXPECT_FALSE(parse_time(std::string("2026-01-31T08:00:00Z\0", 21)).ok());
}

TEST(Rfc3339, WritesUtcWithAsManyDecimalsAsNeeded) {
  const std::vector<std::pair<Time, std::string>> cases{
      {at(0), "1970-01-01T00:00:00Z"},
      {at(0, 500'000'000), "1970-01-01T00:00:00.500Z"},
      {at(0, 120'000), "1970-01-01T00:00:00.000120Z"},
      {at(0, 1), "1970-01-01T00:00:00.000000001Z"},
      {at(0, 100'000'001), "1970-01-01T00:00:00.100000001Z"},
      {at(-1, 250'000'000), "1969-12-31T23:59:59.250Z"},
      {at(1709251199), "2024-02-29T23:59:59Z"}};
  for (const auto& [time, text] : cases) EXPECT_EQ(format_time(time), text);
}

TEST(Rfc3339, ReadsBackWhatItWrites) {
  const Time first = *parse_time("1678-01-01T00:00:00Z");
  const Time last = *parse_time("2261-12-31T23:59:59.999999999Z");
  SeededRandom random(1);
  // The span itself does not fit 64 signed bits, so times are counted without a sign.
  const auto start = static_cast<std::uint64_t>(first.time_since_epoch().count());
  const std::uint64_t range = static_cast<std::uint64_t>(last.time_since_epoch().count()) - start;
  const std::uint64_t rounding[] = {1, 1'000, 1'000'000, 1'000'000'000, 60'000'000'000};
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t unit = rounding[i % 5];
    const std::uint64_t moment = start + random.below(range) / unit * unit;
    const Time time{nanoseconds(static_cast<std::int64_t>(moment))};
    const Result<Time> back = parse_time(format_time(time));
    ASSERT_TRUE(back.ok()) << format_time(time);
    ASSERT_EQ(*back, time);
  }
}

TEST(Rfc3339, MeansTheSameTimeWithAnyOffset) {
  const Time time = *parse_time("2026-06-30T12:00:00Z");
  for (int minutes = -23 * 60 - 59; minutes <= 23 * 60 + 59; minutes += 13) {
    std::string local = format_time(time + std::chrono::minutes(minutes));
    local.pop_back();
    const int size = minutes < 0 ? -minutes : minutes;
    const auto two = [](int n) { return std::string(n < 10 ? "0" : "") + std::to_string(n); };
    local += (minutes < 0 ? "-" : "+") + two(size / 60) + ":" + two(size % 60);
    const Result<Time> parsed = parse_time(local);
    ASSERT_TRUE(parsed.ok()) << local;
    EXPECT_EQ(*parsed, time) << local;
  }
}

TEST(RealClock, GivesThisCenturyAndNeverGoesBack) {
  Clock& clock = real_clock();
  EXPECT_GT(clock.now(), *parse_time("2020-01-01T00:00:00Z"));
  SteadyTime before = clock.steady_now();
  for (int i = 0; i < 1000; ++i) {
    const SteadyTime now = clock.steady_now();
    ASSERT_GE(now, before);
    before = now;
  }
}

TEST(FakeClock, StandsStillUntilItIsMoved) {
  fake::FakeClock clock(at(100));
  const SteadyTime steady = clock.steady_now();
  EXPECT_EQ(clock.now(), at(100));
  EXPECT_EQ(clock.now(), at(100));
  clock.advance(std::chrono::milliseconds(1500));
  EXPECT_EQ(clock.now(), at(101, 500'000'000));
  EXPECT_EQ(clock.steady_now() - steady, std::chrono::milliseconds(1500));
}

TEST(FakeClock, SetsTheWallClockAlone) {
  fake::FakeClock clock(at(100));
  const SteadyTime steady = clock.steady_now();
  clock.set(at(50));
  EXPECT_EQ(clock.now(), at(50));
  EXPECT_EQ(clock.steady_now(), steady);
}

}  // namespace
}  // namespace skerry::sys
