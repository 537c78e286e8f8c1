// SPDX-License-Identifier: Apache-2.0
#include "loop/train_scores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <cmath>

#include "loop/toy_learner_test.h"
#include "loop/train_parity.h"
#include "train/recipe.h"
#include "train/trainer.h"

namespace skerry::loop {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Two lives: rows 0 to 2 and rows 3 and 4.
class ScoresTest : public ::testing::Test {
 protected:
  ScoresTest() {
    raw_.series = {{"a", 1, {0, 1, 2}}, {"b", 4, {3, 4}}};
    const bool added = raw_.table.add({"grade", Table::Texts{"L", "L", "M", "", "M"}}).ok() &&
                       raw_.table.add({"load", Table::Numbers{1, 5, 9, 5, std::nan("")}}).ok();
    SKERRY_CHECK(added);
    set_.truth = {3, 2, 0, 1, 0};
    set_.uncapped = {9, 2, 0, 1, 0};
    set_.series = {0, 0, 0, 1, 1};
    set_.position = {0, 1, 2, 0, 1};
    set_.last = {false, false, true, false, true};
    recipe_.target = train::RunToFailureTarget{};
  }

  ScoredRows scored() { return select_scored(recipe_, set_, raw_, {4, 2, 1, 1, 0}); }

  train::RawRows raw_;
  train::RowSet set_;
  train::Recipe recipe_;
};

TEST_F(ScoresTest, TakesAllRowsOrTheLastOfEachLife) {
  EXPECT_THAT(scored().truth, ElementsAre(3, 2, 0, 1, 0));
  recipe_.split.last_rows_only = true;
  EXPECT_THAT(scored().truth, ElementsAre(0, 0));
  EXPECT_THAT(scored().prediction, ElementsAre(1, 0));
}

TEST_F(ScoresTest, MetricsUseTheCappedTruthAndOneTheUncapped) {
  const auto metrics = score(recipe_, scored());
  ASSERT_TRUE(metrics.ok());
  ASSERT_EQ(metrics->size(), 4u);
  EXPECT_DOUBLE_EQ((*metrics)[0].second, std::sqrt(2.0 / 5));
  EXPECT_EQ((*metrics)[1].first, "rmse_uncapped");
  EXPECT_DOUBLE_EQ((*metrics)[1].second, std::sqrt(26.0 / 5));
  EXPECT_DOUBLE_EQ((*metrics)[2].second, 2.0 / 5);
}

TEST_F(ScoresTest, SegmentsByTargetAreBandsThatIncludeTheirUpperEdge) {
  recipe_.segments = {.by = train::Segments::By::kTarget, .column = {}, .edges = {0, 2}};
  const auto segments = score_segments(recipe_, scored());
  ASSERT_TRUE(segments.ok());
  ASSERT_EQ(segments->size(), 3u);
  EXPECT_EQ((*segments)[0].name, "up to 0");
  EXPECT_EQ((*segments)[0].rows, 2u);
  EXPECT_EQ((*segments)[1].name, "0 to 2");
  EXPECT_EQ((*segments)[1].rows, 2u);
  EXPECT_EQ((*segments)[2].name, "above 2");
}

TEST_F(ScoresTest, SegmentsByColumnAreItsValuesOrBands) {
  recipe_.segments = {.by = train::Segments::By::kColumn, .column = "grade", .edges = {}};
  const auto by_text = score_segments(recipe_, scored());
  ASSERT_TRUE(by_text.ok());
  ASSERT_EQ(by_text->size(), 3u);
  EXPECT_EQ((*by_text)[0].name, "missing");
  EXPECT_EQ((*by_text)[1].name, "L");
  recipe_.segments = {.by = train::Segments::By::kColumn, .column = "load", .edges = {5}};
  const auto by_number = score_segments(recipe_, scored());
  ASSERT_TRUE(by_number.ok());
  ASSERT_EQ(by_number->size(), 3u);
  EXPECT_EQ((*by_number)[0].rows, 3u);
  EXPECT_EQ((*by_number)[2].name, "missing");
  recipe_.segments.column = "lode";
  EXPECT_THAT(score_segments(recipe_, scored()).error().message(), HasSubstr("lode"));
}

TEST_F(ScoresTest, GatesNameTheBoundThatIsNotMet) {
  recipe_.gates = {{"rmse", 1, 2}, {"mae", 0, 0.5}};
  EXPECT_TRUE(failed_gates(recipe_, {{"rmse", 2}, {"mae", 0.5}}).empty());
  EXPECT_THAT(failed_gates(recipe_, {{"rmse", 0.5}, {"mae", 0.75}}),
              ElementsAre("rmse 0.5 is below 1", "mae 0.75 is above 0.5"));
}

TEST_F(ScoresTest, PredictionsNameTheRowOfTheLife) {
  recipe_.split.last_rows_only = true;
  EXPECT_EQ(predictions_csv(scored()), "asset,life,row,truth,prediction\na,1,3,0,1\nb,4,2,0,0\n");
}

TEST(Parity, ComparesWithTheToleranceAndNamesTheWorstRow) {
  const Answers booster{.prediction = {1, 100}, .margin = {1, 100}};
  Answers onnx = booster;
  onnx.prediction[1] = 100.0009f;
  const auto close = compare(booster, onnx);
  ASSERT_TRUE(close.ok()) << close.error().message();
  EXPECT_NEAR(close->max_abs, 9e-4, 1e-5);
  EXPECT_EQ(close->rows, 2u);
  onnx.prediction[1] = 100.002f;
  EXPECT_THAT(compare(booster, onnx).error().message(), HasSubstr("prediction of row 2"));
  onnx.prediction[1] = std::nanf("");
  EXPECT_EQ(compare(booster, onnx).error().code(), Code::kFailedPrecondition);
  onnx.prediction.pop_back();
  EXPECT_EQ(compare(booster, onnx).error().code(), Code::kInternal);
}

TEST(Parity, AsksAModelInPiecesAndKeepsTheOrder) {
  train::Matrix rows{.columns = 1, .values = {}, .labels = std::vector<float>(10'000)};
  for (int i = 0; i < 10'000; ++i) rows.values.push_back(static_cast<float>(i));
  const toy::Line line{.slope = 2, .offset = 1};
  toy::Model model(line, 0);
  toy::Predictor booster(line);
  const auto actual = ask_model(model, rows);
  const auto expected = ask_booster(booster, rows);
  ASSERT_TRUE(actual.ok() && expected.ok());
  EXPECT_EQ(actual->prediction, expected->prediction);
  EXPECT_EQ(actual->margin, expected->margin);
}

}  // namespace
}  // namespace skerry::loop
