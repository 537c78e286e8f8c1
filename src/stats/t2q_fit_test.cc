// SPDX-License-Identifier: Apache-2.0
#include "stats/t2q_fit.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "data/json.h"
#include "stats/t2q_score.h"

namespace skerry::stats {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Four sensors: two move together, one is alone, one never moves.
const std::vector<std::string> kChannels = {"s1", "s2", "s3", "fixed"};

class Plant {
 public:
  explicit Plant(unsigned seed) : random_(seed) {}

  Life life(std::size_t rows, double shift = 0) {
    Life life;
    for (std::size_t i = 0; i < rows; ++i) {
      const double load = normal();
      life.push_back(600 + 5 * load + normal());
      life.push_back(50 - 2 * load + 0.3 * normal() + shift);
      life.push_back(8 + 0.01 * normal());
      life.push_back(3);
    }
    return life;
  }

 private:
  // Sum of twelve uniforms: close enough to normal, and equal on every C++ library.
  double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += static_cast<double>(random_() >> 11) * 0x1p-53;
    return sum;
  }

  std::mt19937_64 random_;
};

std::vector<Life> healthy(unsigned seed, std::size_t lives, std::size_t rows) {
  Plant plant(seed);
  std::vector<Life> result;
  for (std::size_t i = 0; i < lives; ++i) result.push_back(plant.life(rows));
  return result;
}

// Share of alarms by the rule "exceedances in the last window rows" over one life.
std::size_t alarms(const T2Q& t2q, const Life& life, std::size_t width) {
  T2QState state;
  std::vector<int> above;
  std::size_t count = 0;
  for (std::size_t start = 0; start < life.size(); start += width) {
    const std::vector<double> row(life.begin() + static_cast<std::ptrdiff_t>(start),
                                  life.begin() + static_cast<std::ptrdiff_t>(start + 3));
    const T2QScore score = advance(t2q, state, row);
    above.push_back(score.t2 > t2q.t2_limit || score.q > t2q.q_limit ? 1 : 0);
    int recent = 0;
    for (std::size_t i = above.size(); i-- > 0 && above.size() - i <= 5;) recent += above[i];
    count += recent >= t2q.exceedances ? 1 : 0;
  }
  return count;
}

TEST(T2QFit, LeavesOutChannelsThatDoNotVary) {
  const Result<T2Q> t2q = fit_t2q(kChannels, healthy(1, 12, 50));
  ASSERT_TRUE(t2q.ok()) << t2q.error().message();
  EXPECT_EQ(t2q->channels, (std::vector<std::string>{"s1", "s2", "s3"}));
  EXPECT_EQ(t2q->inverse.size(), 9u);
  EXPECT_EQ(t2q->component_count, 2u);
  EXPECT_EQ(t2q->components.size(), 6u);
  EXPECT_NEAR(t2q->median[0], 600, 1);
  EXPECT_NEAR(t2q->scale[0], std::sqrt(26.0), 0.6);
  EXPECT_EQ(t2q->exceedances, 3);
  EXPECT_EQ(t2q->window, 5);
}

TEST(T2QFit, StaysQuietOnHealthyLivesAndSeesABrokenRelation) {
  const T2Q t2q = *fit_t2q(kChannels, healthy(1, 20, 100));
  Plant plant(99);
  std::size_t false_alarms = 0;
  for (int i = 0; i < 20; ++i) false_alarms += alarms(t2q, plant.life(100), 4);
  EXPECT_LE(false_alarms, 2u);  // Of 2,000 rows.
  // A shift of three standard deviations of s2 that breaks its relation to s1.
  EXPECT_GT(alarms(t2q, plant.life(100, 6), 4), 80u);
}

TEST(T2QFit, LimitIsTheOrderStatisticOfHeldOutScoresTimesTheMargin) {
  const std::vector<Life> lives = healthy(5, 20, 50);
  const T2Q t2q = *fit_t2q(kChannels, lives);
  // In-sample scores differ from held-out ones only a little, so about 0.5 % of them lie above the
  // limit without the margin.
  std::size_t above = 0;
  for (const Life& life : lives) {
    T2QState state;
    for (std::size_t start = 0; start < life.size(); start += 4) {
      const std::vector<double> row(life.begin() + static_cast<std::ptrdiff_t>(start),
                                    life.begin() + static_cast<std::ptrdiff_t>(start + 3));
      above += advance(t2q, state, row).q > t2q.q_limit / 1.5 ? 1 : 0;
    }
  }
  EXPECT_GE(above, 1u);
  EXPECT_LE(above, 9u);
}

TEST(T2QFit, NeedsExactlyTheRowsOfTheOrderStatistic) {
  std::vector<Life> lives = healthy(2, 2, 99);  // 198 rows.
  const Result<T2Q> few = fit_t2q(kChannels, lives);
  ASSERT_FALSE(few.ok());
  EXPECT_EQ(few.error().code(), Code::kFailedPrecondition);
  EXPECT_NE(few.error().message().find("199"), std::string::npos) << few.error().message();
  lives.push_back(Plant(3).life(1));
  EXPECT_TRUE(fit_t2q(kChannels, lives).ok());
}

TEST(T2QFit, SkipsRowsWithAMissingChannel) {
  std::vector<Life> lives = healthy(4, 4, 60);
  const T2Q before = *fit_t2q(kChannels, lives);
  const std::vector<double> hole = {1e6, kNaN, 0, 3};
  lives[1].insert(lives[1].begin() + 8, hole.begin(), hole.end());
  const Result<T2Q> after = fit_t2q(kChannels, lives);
  ASSERT_TRUE(after.ok()) << after.error().message();
  EXPECT_EQ(after->median, before.median);
  EXPECT_EQ(after->t2_limit, before.t2_limit);
}

TEST(T2QFit, ToleratesAChannelThatMovesInOneLifeOnly) {
  // Without life 0, s3 is constant: the held-out fit takes the scale of the whole.
  std::vector<Life> lives = healthy(6, 3, 100);
  for (std::size_t life = 1; life < 3; ++life) {
    for (std::size_t i = 2; i < lives[life].size(); i += 4) lives[life][i] = 8;
  }
  for (std::size_t i = 0; i < 240; i += 4) lives[0].push_back(lives[0][i]);
  lives[0].resize(lives[0].size() / 4 * 4);
  for (std::size_t i = 2; i < lives[0].size(); i += 4) lives[0][i] = static_cast<double>(i % 7);
  lives[1].resize(200);
  lives[2].resize(200);
  const Result<T2Q> t2q = fit_t2q(kChannels, lives);
  ASSERT_TRUE(t2q.ok()) << t2q.error().message();
  EXPECT_EQ(t2q->channels.size(), 3u);
  EXPECT_TRUE(std::isfinite(t2q->t2_limit));
}

TEST(T2QFit, SameRowsGiveTheSameBytes) {
  const auto dump = [] {
    return json::dump(to_json(DetectorReference{{}, {}, *fit_t2q(kChannels, healthy(8, 11, 40))}));
  };
  EXPECT_EQ(dump(), dump());
}

TEST(T2QFit, SaysWhyNoMonitorIsPossible) {
  const auto constant = [](const Life& life) {
    Life result = life;
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = i % 4 == 0 ? life[i] : 1;
    return result;
  };
  const std::vector<Life> lives = healthy(9, 2, 120);
  std::vector<std::string> many;
  for (int i = 0; i < 65; ++i) many.push_back("s" + std::to_string(i));
  Life wide;
  for (int i = 0; i < 65 * 300; ++i) wide.push_back(i * 37 % 101);
  struct Case {
    std::string what;
    std::vector<std::string> channels;
    std::vector<Life> lives;
  };
  const std::vector<Case> cases = {
      {"two channels", kChannels, {constant(lives[0]), constant(lives[1])}},
      {"two lives", kChannels, {Plant(3).life(300)}},
      {"65 channels", many, {wide, wide}},
      {"two channels", kChannels, {}},
      {"no channels", {}, {}},
  };
  for (const Case& c : cases) {
    const Result<T2Q> result = fit_t2q(c.channels, c.lives);
    ASSERT_FALSE(result.ok()) << c.what;
    EXPECT_EQ(result.error().code(), Code::kFailedPrecondition);
    EXPECT_NE(result.error().message().find(c.what), std::string::npos) << result.error().message();
  }
}

TEST(T2QFit, RefusesBrokenInput) {
  std::vector<Life> lives = healthy(10, 3, 100);
  lives[1].pop_back();
  EXPECT_EQ(fit_t2q(kChannels, lives).error().code(), Code::kInvalidArgument);
  lives = healthy(10, 3, 100);
  lives[2][5] = std::numeric_limits<double>::infinity();
  EXPECT_EQ(fit_t2q(kChannels, lives).error().code(), Code::kInvalidArgument);
  T2QOptions options;
  options.rows_max = 100;
  EXPECT_EQ(fit_t2q(kChannels, healthy(10, 3, 100), options).error().code(),
            Code::kInvalidArgument);
}

}  // namespace
}  // namespace skerry::stats
