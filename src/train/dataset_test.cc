// SPDX-License-Identifier: Apache-2.0
#include "train/dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "feature/pipeline.h"
#include "train/recipe.h"
#include "train/sample_recipe_test.h"

namespace skerry::train {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class DatasetTest : public ::testing::Test {
 protected:
  Result<Dataset> build(const std::string& csv, const std::string& recipe_text = sample::kRecipe) {
    sample::put(files_, "/data/pumps.csv", csv);
    const Recipe recipe = TRY(parse_recipe(recipe_text));
    const feature::Pipeline pipeline = TRY(feature::Pipeline::parse(recipe.features));
    return build_dataset(files_, recipe, pipeline, "/data");
  }

  void expect_refused(const std::string& csv, const std::string& recipe,
                      const std::string& message) {
    const auto dataset = build(csv, recipe);
    ASSERT_FALSE(dataset.ok()) << message;
    EXPECT_EQ(dataset.error().code(), Code::kInvalidArgument);
    EXPECT_THAT(dataset.error().message(), HasSubstr(message));
  }

  sys::fake::FakeFileSystem files_;
};

const char* const kByColumn = R"(
name: wear
source: {format: csv, file: pumps.csv}
target: {column: y}
features:
  - {op: last, sensor: x}
split: {by: row, folds: 2}
learner: {objective: "reg:squarederror"}
output: {name: y}
)";

std::string binary_recipe() {
  return sample::with(kByColumn, "reg:squarederror", "binary:logistic");
}

TEST_F(DatasetTest, LabelsCountDownToTheFailureAndOpenLivesAreLeftOut) {
  const auto dataset = build(sample::kLives, sample::with(sample::kRecipe, "by: entity, test: 0.5",
                                                          "by: entity, folds: 2"));
  ASSERT_TRUE(dataset.ok()) << dataset.error().message();
  EXPECT_EQ(dataset->open_lives, 1u);
  EXPECT_THAT(dataset->train.truth, ElementsAre(2, 1, 0, 1, 0, 1, 0));
  // age, last temperature; a new life starts at age 1.
  EXPECT_THAT(dataset->features, ElementsAre("age", "temperature"));
  EXPECT_THAT(dataset->train.matrix.values,
              ElementsAre(1, 10, 2, 11, 3, 13, 1, 20, 2, 22, 1, 10.5, 2, 12));
  EXPECT_THAT(dataset->train.last, ElementsAre(false, false, true, false, true, false, true));
  // Both lives of machine a are in one fold.
  EXPECT_EQ(dataset->folds, 2);
  EXPECT_EQ(dataset->fold[0], dataset->fold[5]);
  EXPECT_NE(dataset->fold[0], dataset->fold[3]);
}

TEST_F(DatasetTest, CapAppliesToTheLabelAndKeepsTheTruth) {
  const auto dataset =
      build(sample::kLives, sample::with(sample::with(sample::kRecipe, "cap: 125", "cap: 1"),
                                         "by: entity, test: 0.5", "by: entity, folds: 2"));
  ASSERT_TRUE(dataset.ok()) << dataset.error().message();
  EXPECT_THAT(dataset->train.truth, ElementsAre(1, 1, 0, 1, 0, 1, 0));
  EXPECT_THAT(dataset->train.uncapped, ElementsAre(2, 1, 0, 1, 0, 1, 0));
}

TEST_F(DatasetTest, SecondsAndFieldsAreClocks) {
  const auto folds = sample::with(sample::kRecipe, "by: entity, test: 0.5", "by: entity, folds: 2");
  const auto seconds =
      build(sample::kLives, sample::with(sample::with(folds, "clock: rows", "clock: seconds"),
                                         "cap: 125", "cap: 1000000"));
  ASSERT_TRUE(seconds.ok()) << seconds.error().message();
  EXPECT_THAT(seconds->train.truth, ElementsAre(7200, 3600, 0, 10800, 0, 3600, 0));
  const auto field =
      build(sample::kLives, sample::with(folds, "clock: rows", "clock: temperature"));
  ASSERT_TRUE(field.ok()) << field.error().message();
  EXPECT_THAT(field->train.truth, ElementsAre(3, 2, 0, 2, 0, 1.5, 0));
}

TEST_F(DatasetTest, SplitByEntityKeepsAssetsTogether) {
  const auto dataset = build(sample::kLives);
  ASSERT_TRUE(dataset.ok()) << dataset.error().message();
  const auto asset = [&](const RowSet& rows, std::size_t row) {
    return dataset->raw.series[rows.series[row]].asset;
  };
  std::set<std::string> trained, tested;
  for (std::size_t i = 0; i < dataset->train.rows(); ++i) trained.insert(asset(dataset->train, i));
  for (std::size_t i = 0; i < dataset->test.rows(); ++i) tested.insert(asset(dataset->test, i));
  EXPECT_EQ(trained.size(), 1u);
  EXPECT_EQ(tested.size(), 1u);
  EXPECT_NE(trained, tested);
  EXPECT_EQ(dataset->train.rows() + dataset->test.rows(), 7u);
  EXPECT_EQ(dataset->folds, 0);  // One training asset cannot be cross-fitted.
}

TEST_F(DatasetTest, SplitByTimeTestsTheNewestRows) {
  const auto dataset = build(sample::kLives, sample::with(sample::kRecipe, "by: entity, test: 0.5",
                                                          "by: time, test: 0.3"));
  ASSERT_TRUE(dataset.ok()) << dataset.error().message();
  EXPECT_THAT(dataset->test.truth, ElementsAre(1, 0));
  // Windows go on over the border: the features of a row do not depend on the split.
  EXPECT_THAT(dataset->test.matrix.values, ElementsAre(1, 10.5, 2, 12));
}

TEST_F(DatasetTest, SplitByFileReadsTheTestFile) {
  sample::put(files_, "/data/new.csv",
              sample::with(sample::kLives, "a,1,2026-01-01T02:00:00Z,13,M,1",
                           "a,1,2026-01-01T02:00:00Z,14,M,1"));
  const auto dataset = build(sample::kLives, sample::with(sample::kRecipe, "by: entity, test: 0.5",
                                                          "by: file, file: new.csv, rows: last"));
  ASSERT_TRUE(dataset.ok()) << dataset.error().message();
  EXPECT_EQ(dataset->train.rows(), 7u);
  EXPECT_EQ(dataset->test.rows(), 7u);
  EXPECT_EQ(dataset->test.matrix.values[5], 14);
}

TEST_F(DatasetTest, FoldsByRowAreTheRowNumberModuloTheirCount) {
  const auto dataset = build("x,y\n1,1\n2,2\n3,5\n4,4\n5,1\n", kByColumn);
  ASSERT_TRUE(dataset.ok()) << dataset.error().message();
  EXPECT_THAT(dataset->fold, ElementsAre(0, 1, 0, 1, 0));
  EXPECT_EQ(dataset->test.rows(), 0u);
}

TEST_F(DatasetTest, RefusesBadInputWithTheReason) {
  const std::string regression = kByColumn;
  expect_refused("x,z\n1,2\n", regression, "column \"y\" is missing");
  expect_refused("z,y\n1,2\n2,3\n", regression, "column \"x\" is missing");
  expect_refused("x,y\n1,2\n2,\n3,4\n", regression,
                 "target column \"y\", data row 2: not a finite number");
  expect_refused("x,y\n1,2\n2,nan\n3,4\n", regression, "data row 2: not a finite number");
  expect_refused("x,y\n1,2\n2,3,4\n", regression, "line 3");
  expect_refused("", regression, "pumps.csv: ");
  expect_refused("x,y\n", regression, "has a header and no row");
  expect_refused("x,y\n1,7\n2,7\n", regression, "one value only");
  expect_refused("x,y\n1,0\n2,0\n3,0\n", binary_recipe(), "one class only");
  expect_refused("x,y\n1,0\n2,1\n3,2\n", binary_recipe(), "neither 0 nor 1");
  expect_refused("x,y\n5,1\n5,2\n5,3\n", regression, "only feature \"x\" with one value");
  expect_refused("x,y\n1,0\n2,1\n3,0\n4,1\n", binary_recipe(),
                 "one class only in the rows for training without fold");
}

TEST_F(DatasetTest, ConstantFeatureIsAnErrorUnlessAllowed) {
  const std::string two = sample::with(kByColumn, "- {op: last, sensor: x}",
                                       "- {op: last, sensor: x}\n  - {op: last, sensor: k}");
  const std::string csv = "x,k,y\n1,9,1\n2,9,2\n3,9,5\n4,9,4\n";
  expect_refused(csv, two, "feature \"k\" with one value over all training rows");
  const auto allowed = build(csv, two + "allow_constant: true\n");
  ASSERT_TRUE(allowed.ok()) << allowed.error().message();
  EXPECT_THAT(allowed->warnings, ElementsAre(HasSubstr("\"k\"")));
}

TEST_F(DatasetTest, PositiveClassMayBeAWord) {
  const auto dataset =
      build("x,y\n1,yes\n2,no\n3,yes\n4,no\n5,no\n6,yes\n",
            sample::with(binary_recipe(), "column: y", "column: y, positive: \"yes\""));
  ASSERT_TRUE(dataset.ok()) << dataset.error().message();
  EXPECT_THAT(dataset->train.truth, ElementsAre(1, 0, 1, 0, 0, 1));
}

}  // namespace
}  // namespace skerry::train
