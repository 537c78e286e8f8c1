// SPDX-License-Identifier: Apache-2.0
#include "loop/site_api_answers.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <unordered_map>

namespace skerry::loop {
namespace {

std::shared_ptr<const AnswerSource> source(std::int64_t version) {
  return std::make_shared<const AnswerSource>(
      AnswerSource{"pump", version, "d" + std::to_string(version), "rul", {}});
}

TEST(RecentAnswers, GivesBackWhatItRemembers) {
  RecentAnswers answers(4);
  EXPECT_FALSE(answers.find(1).has_value());
  answers.remember(1, {source(1), 2.5f});
  ASSERT_TRUE(answers.find(1).has_value());
  EXPECT_EQ(answers.find(1)->prediction, 2.5f);
  EXPECT_EQ(answers.find(1)->source->version, 1);
}

TEST(RecentAnswers, ForgetsTheOldestBeyondItsCapacity) {
  RecentAnswers answers(4);
  for (std::uint64_t key = 1; key <= 6; ++key)
    answers.remember(key, {source(1), static_cast<float>(key)});
  EXPECT_FALSE(answers.find(1).has_value());
  EXPECT_FALSE(answers.find(2).has_value());
  for (std::uint64_t key = 3; key <= 6; ++key)
    EXPECT_EQ(answers.find(key)->prediction, static_cast<float>(key));
  EXPECT_EQ(answers.size(), 4u);
}

TEST(RecentAnswers, KeepsTheModelThatAnsweredAcrossSwitches) {
  RecentAnswers answers(3);
  const std::weak_ptr<const AnswerSource> first = [&] {
    const auto made = source(1);
    answers.remember(1, {made, 1});
    return std::weak_ptr(made);
  }();
  answers.remember(2, {source(2), 2});
  answers.remember(3, {source(1), 3});
  EXPECT_EQ(answers.find(1)->source->version, 1);
  EXPECT_EQ(answers.find(2)->source->version, 2);
  EXPECT_EQ(answers.find(3)->source->version, 1);
  answers.remember(4, {source(1), 4});
  EXPECT_TRUE(first.expired()) << "no remembered answer came from it any more";
  EXPECT_EQ(answers.find(2)->source->version, 2);
}

// Against a plain map, with keys that crowd a few slots of the table.
TEST(RecentAnswers, AgreesWithAMapOverManyCrowdedKeys) {
  RecentAnswers answers(100);
  std::unordered_map<std::uint64_t, float> model;
  std::deque<std::uint64_t> order;
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t key = (random() % 400) << (random() % 3 * 12);
    const auto expected = model.find(key);
    const auto found = answers.find(key);
    ASSERT_EQ(found.has_value(), expected != model.end());
    if (found) {
      ASSERT_EQ(found->prediction, expected->second);
      continue;
    }
    answers.remember(key, {source(i / 1000), static_cast<float>(i)});
    model[key] = static_cast<float>(i);
    order.push_back(key);
    if (order.size() > 100) {
      model.erase(order.front());
      order.pop_front();
    }
  }
}

}  // namespace
}  // namespace skerry::loop
