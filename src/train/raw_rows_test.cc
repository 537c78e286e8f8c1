// SPDX-License-Identifier: Apache-2.0
#include "train/raw_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/digest.h"
#include "data/json.h"
#include "domain/observation.h"
#include "feature/pipeline.h"
#include "train/cmapss.h"
#include "train/recipe.h"
#include "train/sample_recipe_test.h"

namespace skerry::train {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// One line of a C-MAPSS file: engine, cycle and 24 numbers.
std::string cmapss_line(int engine, int cycle) {
  std::string line = std::to_string(engine) + " " + std::to_string(cycle);
  for (int i = 0; i < 24; ++i) line += " " + std::to_string(i + 100 * engine + cycle);
  return line + "  \n";
}

class RawRowsTest : public ::testing::Test {
 protected:
  Result<RawRows> read(const std::string& csv, const std::string& recipe_text = sample::kRecipe) {
    sample::put(files_, "/data/pumps.csv", csv);
    return read_training_rows(files_, TRY(parse_recipe(recipe_text)), "/data");
  }

  sys::fake::FakeFileSystem files_;
};

TEST_F(RawRowsTest, GroupsRowsByAssetAndLife) {
  const auto rows = read(sample::kLives);
  ASSERT_TRUE(rows.ok()) << rows.error().message();
  ASSERT_EQ(rows->series.size(), 4u);
  EXPECT_EQ(rows->series[0].asset, "a");
  EXPECT_THAT(rows->series[0].rows, ElementsAre(0, 1, 2));
  EXPECT_EQ(rows->series[2].life, 2);
  EXPECT_THAT(rows->series[3].rows, ElementsAre(7, 8));
  ASSERT_EQ(rows->files.size(), 1u);
  EXPECT_EQ(rows->files[0].digest, Digest::of(sample::kLives));
}

TEST_F(RawRowsTest, ReadsObservationsAsASiteGetsThem) {
  const auto rows = read(sample::with(sample::kLives, "22,H,1", ",,1"));
  ASSERT_TRUE(rows.ok()) << rows.error().message();
  const auto declaration = json::parse(R"([{"op": "last", "sensor": "temperature"},
      {"op": "category", "sensor": "grade", "levels": ["L", "M", "H"]}])");
  const auto pipeline = feature::Pipeline::parse(*declaration);
  ASSERT_TRUE(pipeline.ok()) << pipeline.error().message();
  auto reader = ObservationReader::open(*rows, *pipeline);
  ASSERT_TRUE(reader.ok());
  const Observation first = reader->read(rows->series[1], 0);
  EXPECT_EQ(first.asset, "b");
  EXPECT_EQ(first.values.at("temperature"), 20);
  EXPECT_EQ(first.categories.at("grade"), "H");
  EXPECT_EQ(sys::format_time(*first.time), "2026-01-01T00:00:00Z");
  const Observation second = reader->read(rows->series[1], 1);
  EXPECT_TRUE(std::isnan(second.values.at("temperature")));
  EXPECT_FALSE(second.categories.contains("grade"));
}

TEST_F(RawRowsTest, SelectsARangeOrNamesOfEntities) {
  const auto chosen = [&](const std::string& selection) {
    return read(sample::kLives, sample::with(sample::kRecipe, "file: pumps.csv",
                                             "file: pumps.csv\n  entities: " + selection));
  };
  const auto range = chosen("{first: 2, last: 2}");
  ASSERT_TRUE(range.ok()) << range.error().message();
  ASSERT_EQ(range->series.size(), 2u);
  EXPECT_EQ(range->series[0].asset, "b");
  const auto named = chosen("{names: [a]}");
  ASSERT_TRUE(named.ok());
  EXPECT_EQ(named->series[1].asset, "a");
  EXPECT_THAT(chosen("{first: 1, last: 3}").error().message(), HasSubstr("the data has 2 assets"));
  EXPECT_THAT(chosen("{names: [c]}").error().message(), HasSubstr("no asset \"c\""));
}

TEST_F(RawRowsTest, RefusesRowsThatGoBackInTime) {
  const auto rows = read(sample::with(sample::kLives, "T02:00:00Z", "T00:30:00Z"));
  ASSERT_FALSE(rows.ok());
  EXPECT_THAT(rows.error().message(), HasSubstr("data row 3: asset \"a\" goes back in time"));
}

TEST_F(RawRowsTest, RefusesBadTimesLivesAndAssets) {
  EXPECT_THAT(read(sample::with(sample::kLives, "2026-01-01T02:00:00Z", "soon")).error().message(),
              HasSubstr("column \"time\", data row 3"));
  EXPECT_THAT(read(sample::with(sample::kLives, "a,2,", "a,1.5,")).error().message(),
              HasSubstr("a life is a whole number"));
  EXPECT_THAT(read(sample::with(sample::kLives, "\na,1,", "\n,1,")).error().message(),
              HasSubstr("column \"asset\", data row 1"));
}

TEST_F(RawRowsTest, RenamesColumnsToSensors) {
  const std::string recipe = sample::with(sample::kRecipe, "file: pumps.csv",
                                          "file: pumps.csv\n  rename: {\"T [K]\": temperature}");
  const auto rows = read(sample::with(sample::kLives, "temperature", "T [K]"), recipe);
  ASSERT_TRUE(rows.ok()) << rows.error().message();
  EXPECT_TRUE(rows->table.has("temperature"));
  EXPECT_THAT(read(sample::kLives, recipe).error().message(), HasSubstr("no column \"T [K]\""));
}

TEST(Cmapss, ReadsEnginesAndTheLifeLeft) {
  sys::fake::FakeFileSystem files;
  sample::put(files, "/d/train_FD001.txt",
              cmapss_line(1, 1) + cmapss_line(1, 2) + cmapss_line(2, 1));
  sample::put(files, "/d/test_FD001.txt", cmapss_line(1, 1) + cmapss_line(2, 1));
  sample::put(files, "/d/RUL_FD001.txt", "112 \n98 \n");
  const auto training = read_cmapss_training(files, "FD001", "/d", {});
  ASSERT_TRUE(training.ok()) << training.error().message();
  ASSERT_EQ(training->series.size(), 2u);
  EXPECT_EQ(training->series[1].asset, "engine-2");
  EXPECT_TRUE(training->table.has("setting3"));
  EXPECT_EQ((**training->table.numbers("s21"))[1], 125);
  const auto test = read_cmapss_test(files, "FD001", "/d", {});
  ASSERT_TRUE(test.ok()) << test.error().message();
  EXPECT_THAT(test->remaining, ElementsAre(112, 98));
}

TEST(Cmapss, RefusesFilesThatDoNotFit) {
  sys::fake::FakeFileSystem files;
  const auto training = [&](const std::string& text) {
    sample::put(files, "/d/train_FD001.txt", text);
    const auto rows = read_cmapss_training(files, "FD001", "/d", {});
    return rows.ok() ? std::string("accepted") : rows.error().message();
  };
  EXPECT_THAT(training("1 2 3\n"), HasSubstr("line 1"));
  EXPECT_THAT(training(""), HasSubstr("train_FD001.txt: the text has no row"));
  EXPECT_THAT(training(cmapss_line(1, 1) + cmapss_line(1, 3)), HasSubstr("data row 2"));
  EXPECT_THAT(training(cmapss_line(2, 1)), HasSubstr("do not count up from 1"));
  sample::put(files, "/d/test_FD001.txt", cmapss_line(1, 1));
  sample::put(files, "/d/RUL_FD001.txt", "112\n98\n");
  const auto test = read_cmapss_test(files, "FD001", "/d", {});
  ASSERT_FALSE(test.ok());
  EXPECT_THAT(test.error().message(), HasSubstr("2 numbers for 1 engines"));
  EXPECT_EQ(read_cmapss_test(files, "FD003", "/d", {}).error().code(), Code::kNotFound);
}

}  // namespace
}  // namespace skerry::train
