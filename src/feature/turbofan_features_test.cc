// SPDX-License-Identifier: Apache-2.0
//
// The 57 features of the turbofan recipe on NASA's C-MAPSS FD001 (a simulation by NASA), against
// the formulas written out plainly, and their bits against a digest.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "base/digest.h"
#include "data/csv.h"
#include "feature/pipeline.h"
#include "sys/files.h"

namespace skerry::feature {
namespace {

constexpr char kDeclaration[] = R"([{"op": "age", "name": "cycle"}, {
  "for": ["s2", "s3", "s4", "s7", "s8", "s9", "s11", "s12", "s13", "s14", "s15", "s17", "s20", "s21"],
  "features": [{"op": "last"}, {"op": "ewma", "alpha": 0.1},
    {"op": "difference", "of": [{"op": "mean", "n": 20}, {"op": "first_mean", "n": 20}]},
    {"op": "sd", "n": 20}]}])";

Pipeline turbofan_pipeline() {
  return std::move(Pipeline::parse(*json::parse(kDeclaration))).value();
}

double mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// Raw, EWMA .1, mean of the last 20 minus mean of the first 20, sd of the last 20.
std::array<double, 4> by_formula(std::span<const double> past) {
  double ewma = past[0];
  for (const double value : past.subspan(1)) ewma = 0.1 * value + 0.9 * ewma;
  const std::size_t n = std::min<std::size_t>(20, past.size());
  const std::span<const double> last = past.last(n);
  double squares = 0;
  for (const double value : last) squares += (value - mean(last)) * (value - mean(last));
  return {past.back(), ewma, mean(last) - mean(past.first(n)),
          std::sqrt(squares / static_cast<double>(n))};
}

Result<Table> read_fd001() {
  const char* folder = std::getenv("SKERRY_DATA");
  const std::string path =
      std::string(folder != nullptr ? folder : SKERRY_SOURCE_DIR "/../shared/data") +
      "/cmapss/train_FD001.txt";
  std::vector<std::string> names = {"engine", "cycle", "setting1", "setting2", "setting3"};
  for (int i = 1; i <= 21; ++i) names.push_back("s" + std::to_string(i));
  const std::string text = TRY(sys::read_file(sys::real_file_system(), path, 16u << 20));
  return csv::read_whitespace(text, names);
}

class Turbofan : public testing::Test {
 protected:
  void SetUp() override {
    auto table = read_fd001();
    if (!table && table.error().code() == Code::kNotFound)
      GTEST_SKIP() << "no cmapss/train_FD001.txt";
    ASSERT_TRUE(table.ok()) << table.error().to_string();
    table_ = std::move(table).value();
  }

  // Calls `row(row index, first row of its engine, features)` for each row.
  template <typename Function>
  void for_each_row(Function row) {
    const Table::Numbers& engine = **table_.numbers("engine");
    AssetState state = pipeline_.start();
    std::vector<float> features(57);
    std::size_t first = 0;
    for (std::size_t i = 0; i < table_.rows(); ++i) {
      if (i > 0 && engine[i] != engine[i - 1]) {
        state = pipeline_.start();
        first = i;
      }
      Observation observation;
      for (const std::string& sensor : pipeline_.sensors()) {
        observation.values[sensor] = (**table_.numbers(sensor))[i];
      }
      pipeline_.advance(state, observation, features);
      row(i, first, features);
    }
  }

  Pipeline pipeline_ = turbofan_pipeline();
  Table table_;
};

TEST(TurbofanDeclaration, HasFiftySevenFeaturesAndAFixedDigest) {
  const Pipeline pipeline = turbofan_pipeline();
  ASSERT_EQ(pipeline.names().size(), 57u);
  EXPECT_EQ(pipeline.names()[0], "cycle");
  EXPECT_EQ(pipeline.names()[3], "s2_mean_20-s2_first_20");
  EXPECT_EQ(pipeline.names()[56], "s21_sd_20");
  EXPECT_EQ(pipeline.digest().to_string(),
            "sha256:5e643102a8480a34eee707b74bd26955611a0cb159e3e23b98ab5fa4e2e72953");
}

TEST_F(Turbofan, FeaturesFollowTheFormulas) {
  for_each_row([&](std::size_t row, std::size_t first, const std::vector<float>& features) {
    if (row % 7 != 0) return;
    ASSERT_EQ(features[0], static_cast<float>(row - first + 1));
    std::size_t at = 1;
    for (const char* sensor : {"s2", "s3", "s4", "s7", "s8", "s9", "s11", "s12", "s13", "s14",
                               "s15", "s17", "s20", "s21"}) {
      const std::span<const double> column(**table_.numbers(sensor));
      for (const double expected : by_formula(column.subspan(first, row - first + 1))) {
        ASSERT_NEAR(features[at], expected, 1e-7 * std::abs(expected) + 1e-9)
            << sensor << " row " << row;
        ++at;
      }
    }
  });
}

TEST_F(Turbofan, FeatureBitsAreTheSameOnEveryMachine) {
  Hasher hasher;
  for_each_row([&](std::size_t, std::size_t, const std::vector<float>& features) {
    hasher.update(
        {reinterpret_cast<const char*>(features.data()), features.size() * sizeof(float)});
  });
  EXPECT_EQ(hasher.digest().to_string(),
            "sha256:34a9d65d2b226c95d6e29e81d50d133ed089f4816d987dd1f3c598d8c4f01ff9");
}

}  // namespace
}  // namespace skerry::feature
