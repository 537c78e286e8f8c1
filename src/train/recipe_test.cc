// SPDX-License-Identifier: Apache-2.0
#include "train/recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "sys/files.h"
#include "train/sample_recipe_test.h"

namespace skerry::train {
namespace {

using ::testing::HasSubstr;

std::string edited(const std::string& from, const std::string& to) {
  return sample::with(sample::kRecipe, from, to);
}

TEST(Recipe, ReadsEveryPart) {
  const auto recipe = parse_recipe(sample::kRecipe);
  ASSERT_TRUE(recipe.ok()) << recipe.error().message();
  EXPECT_EQ(recipe->name, "pump-rul");
  EXPECT_EQ(recipe->source.format, Source::Format::kCsv);
  EXPECT_EQ(recipe->source.asset_column, "asset");
  const auto& target = std::get<RunToFailureTarget>(recipe->target);
  EXPECT_EQ(target.clock, RunToFailureTarget::Clock::kRows);
  EXPECT_EQ(target.failure_column, "failed");
  EXPECT_EQ(target.failure_value, "1");
  EXPECT_EQ(recipe->cap(), 125);
  EXPECT_EQ(recipe->split.by, Split::By::kEntity);
  EXPECT_EQ(recipe->split.test_share, 0.5);
  EXPECT_EQ(recipe->learner.rounds, 5);
  EXPECT_EQ(recipe->output_unit, "hours");
  EXPECT_EQ(recipe->digest, Digest::of(sample::kRecipe));
  EXPECT_EQ(metric_keys(*recipe),
            (std::vector<std::string>{"rmse", "rmse_uncapped", "mae", "nasa_score"}));
}

TEST(Recipe, ReportsAllProblemsAtOnce) {
  std::string text = edited("file: pumps.csv", "fille: pumps.csv");
  text = sample::with(text, "rounds: 5", "rounds: many, eta: 7");
  text = sample::with(text, "name: pump-rul", "name: Pump RUL");
  const auto recipe = parse_recipe(text);
  ASSERT_FALSE(recipe.ok());
  EXPECT_EQ(recipe.error().code(), Code::kInvalidArgument);
  const std::string& message = recipe.error().message();
  EXPECT_THAT(message, HasSubstr("5 problems"));
  EXPECT_THAT(message, HasSubstr("name: "));
  EXPECT_THAT(message, HasSubstr("source.file: is missing"));
  EXPECT_THAT(message, HasSubstr("source.fille: unknown key, did you mean \"file\"?"));
  EXPECT_THAT(message, HasSubstr("learner.rounds: is not a whole number"));
  EXPECT_THAT(message, HasSubstr("learner.eta: 7 is outside (0, 1]"));
}

struct BadRecipe {
  const char* from;
  const char* to;
  const char* message;
};

class RecipeRefuses : public ::testing::TestWithParam<BadRecipe> {};

TEST_P(RecipeRefuses, WithTheReason) {
  const std::string text = edited(GetParam().from, GetParam().to);
  ASSERT_NE(text, sample::kRecipe);
  const auto recipe = parse_recipe(text);
  ASSERT_FALSE(recipe.ok());
  EXPECT_EQ(recipe.error().code(), Code::kInvalidArgument);
  EXPECT_THAT(recipe.error().message(), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Bad, RecipeRefuses,
    ::testing::Values(
        BadRecipe{"target:", "targte:", "targte: unknown key, did you mean \"target\"?"},
        BadRecipe{"format: csv", "format: parquet", "\"parquet\" is none of csv, cmapss"},
        BadRecipe{"file: pumps.csv", "file: ../pumps.csv", "below the data folder"},
        BadRecipe{"file: pumps.csv", "file: /etc/passwd", "below the data folder"},
        BadRecipe{"cap: 125", "cap: 0", "target.run_to_failure.cap: 0 is outside"},
        BadRecipe{"op: age", "op: sinus", "features: "},
        BadRecipe{"by: entity, test: 0.5", "by: row", "split.folds: is missing"},
        BadRecipe{"test: 0.5", "test: 0.5, folds: 5", "excludes test"},
        BadRecipe{"by: entity, test: 0.5", "by: file", "split.file: is missing"},
        BadRecipe{"reg:squarederror", "binary:logistic", "must be a regression"},
        BadRecipe{"run_to_failure:", "column: x\n  run_to_failure:", "takes one of column and"},
        BadRecipe{"output:", "gates: {auc: {min: 1}}\noutput:", "gates.auc: unknown key"},
        BadRecipe{"output:", "gates: {mae: {}}\noutput:", "neither min nor max"},
        BadRecipe{"output:", "segments: {by: target}\noutput:", "segments.edges: is missing"},
        BadRecipe{"output:", "segments: {by: target, edges: [2, 1]}\noutput:", "increasing order"},
        BadRecipe{"{asset: asset, life: life, time: time}", "{life: life}",
                  "needs an asset column"},
        BadRecipe{"{asset: asset, life: life, time: time}", "{}", "needs lives of assets"},
        BadRecipe{"\nname: pump-rul", "\n- just a list", "recipe"}));

TEST(Recipe, FoldsExcludeEarlyStopping) {
  std::string text = edited("by: entity, test: 0.5", "by: entity, folds: 2");
  text = sample::with(text, "rounds: 5", "rounds: 5, early_stopping_rounds: 2");
  const auto recipe = parse_recipe(text);
  ASSERT_FALSE(recipe.ok());
  EXPECT_THAT(recipe.error().message(), HasSubstr("cannot be used with folds"));
}

TEST(Recipe, RangeOfEntitiesIsChecked) {
  const auto bad =
      parse_recipe(edited("file: pumps.csv", "file: pumps.csv\n  entities: {first: 3, last: 2}"));
  ASSERT_FALSE(bad.ok());
  EXPECT_THAT(bad.error().message(), HasSubstr("source.entities.first: is above last"));
  const auto good =
      parse_recipe(edited("file: pumps.csv", "file: pumps.csv\n  entities: {first: 1, last: 10}"));
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(good->source.entities.last, 10);
}

TEST(Recipe, ShippedRecipesAreValid) {
  for (const char* name : {"turbofan", "machine-failure", "plant"}) {
    const std::string path = std::string(SKERRY_SOURCE_DIR) + "/recipes/" + name + ".yaml";
    const auto text = sys::read_file(sys::real_file_system(), path, 1u << 20);
    ASSERT_TRUE(text.ok()) << path;
    const auto recipe = parse_recipe(*text);
    EXPECT_TRUE(recipe.ok()) << path << ": " << recipe.error().message();
  }
}

}  // namespace
}  // namespace skerry::train
