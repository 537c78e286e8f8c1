// SPDX-License-Identifier: Apache-2.0
#include "feature/window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sys/random.h"

namespace skerry::feature {
namespace {

constexpr WindowLayout::Needs kAll{.moments = true, .trend = true, .extremes = true};

// The same statistics from their definitions, in two passes.
Aggregate naive(const std::vector<double>& values) {
  Aggregate all;
  all.count = static_cast<std::uint32_t>(values.size());
  const double n = all.count;
  for (const double value : values) all.mean += value / n;
  for (std::size_t i = 0; i < values.size(); ++i) {
    all.squares += (values[i] - all.mean) * (values[i] - all.mean);
    all.products += (static_cast<double>(i) - (n - 1) / 2) * (values[i] - all.mean);
  }
  all.min = *std::ranges::min_element(values);
  all.max = *std::ranges::max_element(values);
  return all;
}

void expect_near(const Aggregate& actual, const Aggregate& expected, double scale) {
  EXPECT_EQ(actual.count, expected.count);
  EXPECT_NEAR(actual.mean, expected.mean, 1e-12 * scale);
  EXPECT_NEAR(actual.sd(), expected.sd(), 1e-9 * scale);
  EXPECT_NEAR(actual.slope(), expected.slope(), 1e-12 * scale);
  EXPECT_EQ(actual.min, expected.min);
  EXPECT_EQ(actual.max, expected.max);
}

struct Pushed {
  explicit Pushed(WindowLayout shape) : layout(shape), cells(layout.cell_count()) {}
  Aggregate push(double value) { return layout.push(cells, counter, value); }

  WindowLayout layout;
  std::vector<double> cells;
  std::uint32_t counter = 0;
};

TEST(Aggregate, AppendPrependAndConcatenateAgree) {
  sys::SeededRandom random(7);
  std::vector<double> values;
  for (int i = 0; i < 40; ++i) values.push_back(100 + random.normal());
  Aggregate appended;
  Aggregate prepended;
  Aggregate head;
  Aggregate rest;
  for (std::size_t i = 0; i < values.size(); ++i) {
    appended.append(values[i]);
    prepended.prepend(values[values.size() - 1 - i]);
    (i < 13 ? head : rest).append(values[i]);
  }
  const Aggregate expected = naive(values);
  expect_near(appended, expected, 100);
  expect_near(prepended, expected, 100);
  expect_near(concatenate(head, rest), expected, 100);
  expect_near(concatenate(Aggregate{}, appended), expected, 100);
  expect_near(concatenate(appended, Aggregate{}), expected, 100);
}

TEST(WindowLayout, EqualsTheDefinitionForEveryLengthAndFill) {
  for (const std::uint32_t length : {1u, 2u, 3u, 5u, 20u, 64u}) {
    Pushed window(WindowLayout(length, kAll));
    sys::SeededRandom random(length);
    std::vector<double> seen;
    for (std::uint32_t i = 0; i < 5 * length + 3; ++i) {
      seen.push_back(650 + 3 * random.normal());
      const std::size_t from = seen.size() > length ? seen.size() - length : 0;
      SCOPED_TRACE(testing::Message() << "length " << length << ", value " << i);
      expect_near(window.push(seen.back()),
                  naive({seen.begin() + static_cast<std::ptrdiff_t>(from), seen.end()}), 650);
    }
  }
}

TEST(WindowLayout, ConstantValuesHaveNoSpreadAtAll) {
  Pushed window(WindowLayout(20, kAll));
  for (int i = 0; i < 100; ++i) {
    const Aggregate last = window.push(0.1);
    EXPECT_EQ(last.mean, 0.1);
    EXPECT_EQ(last.sd(), 0);
    EXPECT_EQ(last.slope(), 0);
  }
}

TEST(WindowLayout, SpikeLeavesNoTraceOnceItIsOut) {
  Pushed spiked(WindowLayout(8, kAll));
  for (int i = 0; i < 11; ++i) spiked.push(i == 2 ? 1e30 : 5);
  EXPECT_EQ(spiked.push(5).sd(), 0);
  EXPECT_EQ(spiked.push(5).mean, 5);
}

TEST(WindowLayout, RebuildFromTheRingContinuesBitForBit) {
  sys::SeededRandom random(3);
  Pushed window(WindowLayout(9, kAll));
  for (int i = 0; i < 60; ++i) {
    Pushed copy(window.layout);
    copy.counter = window.counter;
    std::copy_n(window.cells.begin(), window.layout.used(window.counter), copy.cells.begin());
    copy.layout.rebuild(copy.cells, copy.counter);
    const double value = random.normal();
    const Aggregate a = window.push(value);
    const Aggregate b = copy.push(value);
    EXPECT_EQ(a.mean, b.mean);
    EXPECT_EQ(a.squares, b.squares);
    EXPECT_EQ(a.products, b.products);
    EXPECT_EQ(a.min, b.min);
    EXPECT_EQ(a.max, b.max);
  }
}

TEST(WindowLayout, KeepsOnlyWhatIsAskedFor) {
  const WindowLayout moments(20, {.moments = true});
  const WindowLayout extremes(20, {.extremes = true});
  EXPECT_EQ(moments.cell_count(), 3 * 20u + 5);
  EXPECT_EQ(extremes.cell_count(), 3 * 20u + 5);
  EXPECT_EQ(WindowLayout(20, kAll).cell_count(), 6 * 20u + 5);
  Pushed window(extremes);
  for (const double value : {3.0, 1.0, 2.0}) window.push(value);
  const Aggregate last = window.push(7);
  EXPECT_EQ(last.min, 1);
  EXPECT_EQ(last.max, 7);
}

}  // namespace
}  // namespace skerry::feature
