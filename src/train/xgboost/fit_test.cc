// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "train/booster_document.h"
#include "train/xgboost/booster.h"

namespace skerry::train::xgboost {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// y = 2 x0 + |x1| + noise; x2 is constant, every tenth value is missing.
Matrix regression(std::size_t rows, unsigned seed, double noise = 0.5) {
  std::mt19937_64 random(seed);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-52 - 1; };
  Matrix matrix;
  matrix.columns = 3;
  for (std::size_t i = 0; i < rows; ++i) {
    const double x0 = uniform();
    const double x1 = uniform();
    matrix.values.push_back(random() % 10 == 0 ? kNaN : static_cast<float>(x0));
    matrix.values.push_back(random() % 10 == 0 ? kNaN : static_cast<float>(x1));
    matrix.values.push_back(7);
    matrix.labels.push_back(static_cast<float>(2 * x0 + std::abs(x1) + noise * uniform()));
  }
  return matrix;
}

Matrix classes(std::size_t rows, unsigned seed) {
  Matrix matrix = regression(rows, seed);
  for (float& label : matrix.labels) label = label > 0.5F ? 1 : 0;
  return matrix;
}

LearnerParameters small() {
  LearnerParameters parameters;
  parameters.max_depth = 3;
  parameters.rounds = 20;
  parameters.threads = 2;
  return parameters;
}

double root_mean_squared(const std::vector<float>& prediction, const std::vector<float>& truth) {
  double sum = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    sum += (prediction[i] - truth[i]) * (prediction[i] - truth[i]);
  }
  return std::sqrt(sum / static_cast<double>(truth.size()));
}

TEST(Fit, LearnsARegressionAndReportsEveryRound) {
  const Matrix train = regression(800, 1);
  const Matrix held = regression(300, 2);
  std::vector<int> rounds;
  const auto result = fit(small(), train, &held, [&](const RoundLoss& loss) {
    rounds.push_back(loss.round);
    return true;
  });
  ASSERT_TRUE(result.ok()) << result.error().message();
  EXPECT_EQ(result->rounds, 20);
  EXPECT_EQ(rounds.size(), 20u);
  EXPECT_EQ(result->curve.size(), 20u);
  EXPECT_LT(result->curve.back().train, result->curve.front().train / 2);
  EXPECT_TRUE(result->library.starts_with("xgboost "));
  const Booster booster = *Booster::load(result->booster_json);
  const std::vector<float> prediction = *booster.predict(held, false);
  EXPECT_NEAR(root_mean_squared(prediction, held.labels), result->curve.back().validation, 1e-5);
}

TEST(Fit, LearnsClassesAsProbabilities) {
  const Matrix train = classes(800, 3);
  LearnerParameters parameters = small();
  parameters.objective = "binary:logistic";
  const auto result = fit(parameters, train, nullptr, {});
  ASSERT_TRUE(result.ok()) << result.error().message();
  EXPECT_TRUE(std::isnan(result->curve.front().validation));
  const Booster booster = *Booster::load(result->booster_json);
  const std::vector<float> probability = *booster.predict(train, false);
  const std::vector<float> margin = *booster.predict(train, true);
  for (std::size_t i = 0; i < probability.size(); ++i) {
    EXPECT_NEAR(probability[i], 1 / (1 + std::exp(-margin[i])), 1e-6);
  }
}

TEST(Fit, StopsEarlyAndCutsToTheFirstBestRound) {
  const Matrix train = regression(60, 4, 3);  // Few and noisy: it overfits soon.
  const Matrix held = regression(200, 5, 3);
  LearnerParameters parameters = small();
  parameters.eta = 0.5;
  parameters.rounds = 200;
  parameters.early_stopping_rounds = 5;
  const auto result = fit(parameters, train, &held, {});
  ASSERT_TRUE(result.ok()) << result.error().message();
  int best = 0;
  for (const RoundLoss& loss : result->curve) {
    if (loss.validation < result->curve[static_cast<std::size_t>(best)].validation) {
      best = loss.round;
    }
  }
  EXPECT_EQ(result->rounds, best + 1);
  EXPECT_EQ(result->curve.size(), static_cast<std::size_t>(best + 1 + 5));
  EXPECT_EQ(read_booster(result->booster_json)->trees.size(), static_cast<std::size_t>(best + 1));
  const Booster booster = *Booster::load(result->booster_json);
  EXPECT_NEAR(root_mean_squared(*booster.predict(held, false), held.labels),
              result->curve[static_cast<std::size_t>(best)].validation, 1e-5);
}

TEST(Fit, CutBoosterEqualsOneThatRanOnlySoFar) {
  const Matrix train = regression(60, 4, 3);
  const Matrix held = regression(200, 5, 3);
  LearnerParameters parameters = small();
  parameters.eta = 0.5;
  parameters.rounds = 200;
  parameters.early_stopping_rounds = 5;
  const auto stopped = fit(parameters, train, &held, {});
  parameters.rounds = stopped->rounds;
  parameters.early_stopping_rounds = 0;
  const auto straight = fit(parameters, train, nullptr, {});
  EXPECT_EQ(*Booster::load(stopped->booster_json)->predict(held, true),
            *Booster::load(straight->booster_json)->predict(held, true));
}

TEST(Fit, SameSeedGivesTheSameBytes) {
  LearnerParameters parameters = small();
  parameters.subsample = 0.7;
  parameters.colsample_bytree = 0.7;
  parameters.seed = 11;
  const Matrix train = regression(2000, 6);
  const auto first = fit(parameters, train, nullptr, {});
  const auto second = fit(parameters, train, nullptr, {});
  EXPECT_EQ(first->booster_json, second->booster_json);
  parameters.seed = 12;
  EXPECT_NE(fit(parameters, train, nullptr, {})->booster_json, first->booster_json);
}

TEST(Fit, ProgressCancels) {
  const Matrix train = regression(100, 7);
  int calls = 0;
  const auto result = fit(small(), train, nullptr, [&](const RoundLoss&) { return ++calls < 3; });
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), Code::kCancelled);
  EXPECT_EQ(calls, 3);
}

TEST(Fit, ConstantFeatureAndConstantLabelAreAllowed) {
  Matrix train = regression(50, 8);
  train.labels.assign(50, 4);
  const auto result = fit(small(), train, nullptr, {});
  ASSERT_TRUE(result.ok()) << result.error().message();
  const std::vector<float> prediction = *Booster::load(result->booster_json)->predict(train, false);
  EXPECT_NEAR(prediction[0], 4, 0.5);
}

TEST(Fit, RefusesRowsItCannotLearnFrom) {
  struct Case {
    std::string message;
    std::function<void(Matrix&)> breaks;
  };
  const std::vector<Case> cases = {
      {"no rows", [](Matrix& m) { m = Matrix{3, {}, {}}; }},
      {"299 values", [](Matrix& m) { m.values.pop_back(); }},
      {"columns", [](Matrix& m) { m.columns = 0; }},
      {"row 5: the label", [](Matrix& m) { m.labels[5] = kNaN; }},
      {"row 6: the label",
       [](Matrix& m) { m.labels[6] = -std::numeric_limits<float>::infinity(); }},
      {"row 2, column 1: the value is infinite",
       [](Matrix& m) { m.values[7] = std::numeric_limits<float>::infinity(); }},
  };
  const Matrix good = regression(100, 9);
  for (const Case& c : cases) {
    Matrix train = good;
    c.breaks(train);
    const auto result = fit(small(), train, nullptr, {});
    ASSERT_FALSE(result.ok()) << c.message;
    EXPECT_EQ(result.error().code(), Code::kInvalidArgument);
    EXPECT_NE(result.error().message().find(c.message), std::string::npos)
        << result.error().message();
    EXPECT_EQ(fit(small(), good, &train, {}).error().code(), Code::kInvalidArgument) << c.message;
  }
  Matrix narrow = good;
  narrow.columns = 1;
  narrow.values.resize(100);
  EXPECT_EQ(fit(small(), good, &narrow, {}).error().code(), Code::kInvalidArgument);
}

TEST(Fit, RefusesClassesThatAreNone) {
  LearnerParameters parameters = small();
  parameters.objective = "binary:logistic";
  Matrix train = classes(100, 10);
  train.labels[3] = 2;
  EXPECT_NE(fit(parameters, train, nullptr, {}).error().message().find("neither 0 nor 1"),
            std::string::npos);
  for (const float only : {0.0F, 1.0F}) {
    train.labels.assign(100, only);
    const auto result = fit(parameters, train, nullptr, {});
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code(), Code::kInvalidArgument);
    EXPECT_NE(result.error().message().find("one class only"), std::string::npos);
  }
}

TEST(Fit, RefusesParametersOutOfRange) {
  using Change = std::function<void(LearnerParameters&)>;
  const std::vector<std::pair<std::string, Change>> cases = {
      {"eta", [](LearnerParameters& p) { p.eta = 0; }},
      {"eta", [](LearnerParameters& p) { p.eta = -0.1; }},
      {"eta", [](LearnerParameters& p) { p.eta = std::numeric_limits<double>::quiet_NaN(); }},
      {"max_depth", [](LearnerParameters& p) { p.max_depth = 65; }},
      {"max_depth", [](LearnerParameters& p) { p.max_depth = 0; }},
      {"subsample", [](LearnerParameters& p) { p.subsample = 0; }},
      {"colsample_bytree", [](LearnerParameters& p) { p.colsample_bytree = 1.01; }},
      {"min_child_weight", [](LearnerParameters& p) { p.min_child_weight = -1; }},
      {"lambda", [](LearnerParameters& p) { p.lambda = std::numeric_limits<double>::infinity(); }},
      {"scale_pos_weight", [](LearnerParameters& p) { p.scale_pos_weight = 0; }},
      {"rounds", [](LearnerParameters& p) { p.rounds = 0; }},
      {"rounds", [](LearnerParameters& p) { p.rounds = 1000000; }},
      {"early_stopping_rounds", [](LearnerParameters& p) { p.early_stopping_rounds = -1; }},
      {"validation rows", [](LearnerParameters& p) { p.early_stopping_rounds = 5; }},
      {"threads", [](LearnerParameters& p) { p.threads = -2; }},
      {"seed", [](LearnerParameters& p) { p.seed = -1; }},
      {"objective", [](LearnerParameters& p) { p.objective = "reg:made_up"; }},
  };
  const Matrix train = regression(100, 11);
  for (const auto& [name, change] : cases) {
    LearnerParameters parameters = small();
    change(parameters);
    const auto result = fit(parameters, train, nullptr, {});
    ASSERT_FALSE(result.ok()) << name;
    EXPECT_EQ(result.error().code(), Code::kInvalidArgument);
    EXPECT_NE(result.error().message().find(name), std::string::npos) << result.error().message();
  }
}

}  // namespace
}  // namespace skerry::train::xgboost
