// SPDX-License-Identifier: Apache-2.0
#include "train/xgboost/booster.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/support/golden_booster.h"

namespace skerry::train::xgboost {
namespace {

TEST(Booster, PredictsLikeThePythonPackageOfItsSeries) {
  int seen = 0;
  for (const auto& [name, golden] : test::golden_boosters()) {
    if (!name.starts_with("booster_1.7.")) continue;  // Older libraries do not read later forms.
    ++seen;
    const Result<Booster> booster = Booster::load(golden.booster_json);
    ASSERT_TRUE(booster.ok()) << name << ": " << booster.error().message();
    const Matrix rows{4, golden.rows, {}};
    const std::vector<float> margin = *booster->predict(rows, true);
    const std::vector<float> prediction = *booster->predict(rows, false);
    ASSERT_EQ(margin.size(), golden.margin.size()) << name;
    for (std::size_t i = 0; i < margin.size(); ++i) {
      EXPECT_NEAR(margin[i], golden.margin[i], 1e-6) << name;
      EXPECT_NEAR(prediction[i], golden.prediction[i], 1e-6) << name;
    }
  }
  EXPECT_GE(seen, 4);
}

TEST(Booster, NoRowsGiveNoPredictions) {
  const auto golden = test::golden_boosters().at("booster_1.7.6_squarederror.json");
  const Booster booster = *Booster::load(golden.booster_json);
  EXPECT_TRUE(booster.predict(Matrix{4, {}, {}}, false)->empty());
}

TEST(Booster, RefusesRowsOfAnotherWidth) {
  const auto golden = test::golden_boosters().at("booster_1.7.6_squarederror.json");
  Booster loaded = *Booster::load(golden.booster_json);
  const Booster booster = std::move(loaded);
  EXPECT_EQ(booster.predict(Matrix{3, std::vector<float>(12), {}}, false).error().code(),
            Code::kInvalidArgument);
  EXPECT_EQ(booster.predict(Matrix{4, std::vector<float>(7), {}}, false).error().code(),
            Code::kInvalidArgument);
}

TEST(Booster, DocumentIsCheckedBeforeTheLibrarySeesIt) {
  std::string text = test::golden_boosters().at("booster_1.7.6_squarederror.json").booster_json;
  const std::string key = "\"left_children\":[";
  const std::size_t at = text.find(key);
  ASSERT_NE(at, std::string::npos);
  text.insert(at + key.size(), "99999");
  const Result<Booster> booster = Booster::load(text);
  ASSERT_FALSE(booster.ok());
  EXPECT_EQ(booster.error().code(), Code::kInvalidArgument);
}

TEST(Booster, RefusalOfTheLibraryIsAnError) {
  std::string text = test::golden_boosters().at("booster_1.7.6_squarederror.json").booster_json;
  const std::string key = "\"name\":\"reg:squarederror\"";
  const std::size_t at = text.find(key);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, key.size(), "\"name\":\"reg:made_up\"");
  const Result<Booster> booster = Booster::load(text);
  ASSERT_FALSE(booster.ok());
  EXPECT_EQ(booster.error().code(), Code::kInvalidArgument);
  EXPECT_NE(booster.error().message().find("refuses"), std::string::npos);
  EXPECT_EQ(booster.error().message().find('\n'), std::string::npos);
}

}  // namespace
}  // namespace skerry::train::xgboost
