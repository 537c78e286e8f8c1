// SPDX-License-Identifier: Apache-2.0
#include "plant/simulator.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "base/digest.h"
#include "data/csv.h"
#include "plant/csv_rows.h"

namespace skerry::plant {
namespace {

std::vector<Reading> readings(const Options& options, std::size_t rows_max = 1'000'000) {
  auto simulator = Simulator::open(options);
  EXPECT_TRUE(simulator.ok());
  std::vector<Reading> all;
  while (all.size() < rows_max) {
    std::optional<Reading> reading = (*simulator)->next();
    if (!reading) break;
    all.push_back(*std::move(reading));
  }
  return all;
}

std::string csv_of(const std::vector<Reading>& rows) {
  std::string text = csv_header();
  for (const Reading& reading : rows) text += csv_row(reading);
  return text;
}

TEST(Simulator, SameSeedGivesTheSameBytesOnEveryMachine) {
  Options options;
  options.lives = 0;
  options.faults = {.stuck = 0.001, .gap = 0.002, .spike = 0.002, .unit_change = 0.0005};
  const std::string text = csv_of(readings(options, 1000));
  EXPECT_EQ(text, csv_of(readings(options, 1000)));
  EXPECT_EQ(Digest::of(text).to_string(),
            "sha256:cedb6df578305587374a3896278b2554085c83a018224be88988a775faff46d3");
}

TEST(Simulator, OtherSeedsGiveOtherReadings) {
  Options options;
  Options other = options;
  other.seed = 2;
  const auto a = readings(options, 100);
  const auto b = readings(other, 100);
  EXPECT_NE(a[0].observation.values, b[0].observation.values);
  EXPECT_NE(csv_of(a), csv_of(b));
}

TEST(Simulator, TimesNeverGoBack) {
  Options options;
  options.lives = 3;
  const auto rows = readings(options);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    ASSERT_LE(*rows[i - 1].observation.time, *rows[i].observation.time);
  }
}

TEST(Simulator, EachLifeEndsInAFailureAndARepairStartsTheNext) {
  Options options;
  options.assets = 5;
  options.lives = 4;
  std::map<std::string, Reading> latest;
  for (Reading& reading : readings(options)) {
    const Observation& now = reading.observation;
    const auto before = latest.find(now.asset);
    if (before == latest.end()) {
      EXPECT_EQ(now.life, 1);
      EXPECT_EQ(reading.truth.row, 1);
    } else if (now.life == before->second.observation.life) {
      EXPECT_EQ(reading.truth.rows_remaining, before->second.truth.rows_remaining - 1);
      EXPECT_EQ(reading.truth.row, before->second.truth.row + 1);
      EXPECT_EQ(*now.time - *before->second.observation.time, options.interval);
      EXPECT_LT(reading.truth.health, before->second.truth.health);
      EXPECT_EQ(reading.truth.mode, before->second.truth.mode);
    } else {
      EXPECT_EQ(now.life, before->second.observation.life + 1);
      EXPECT_EQ(before->second.truth.rows_remaining, 0);
      EXPECT_EQ(before->second.truth.health, 0);
      EXPECT_GT(*now.time - *before->second.observation.time, 4 * options.interval);
      EXPECT_GT(reading.truth.health, 0.9);
    }
    latest.insert_or_assign(now.asset, std::move(reading));
  }
  ASSERT_EQ(latest.size(), 5u);
  for (const auto& [asset, reading] : latest) {
    EXPECT_EQ(reading.observation.life, 4) << asset;
    EXPECT_EQ(reading.truth.rows_remaining, 0) << asset;
  }
}

TEST(Simulator, FaultsChangeTheirSensorsAndNothingElse) {
  Options sound;
  sound.assets = 4;
  sound.lives = 2;
  Options faulty = sound;
  sound.faults = {0, 0, 0, 0};
  faulty.faults = {.stuck = 0.001, .gap = 0.002, .spike = 0.002, .unit_change = 0.0005};
  const auto expected = readings(sound);
  const auto actual = readings(faulty);
  ASSERT_EQ(actual.size(), expected.size());
  std::map<FaultKind, int> seen;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    EXPECT_TRUE(expected[i].truth.faults.empty());
    EXPECT_EQ(expected[i].observation.values.size(), std::size_t{kSensorCount});
    auto values = actual[i].observation.values;
    for (const SensorFault& fault : actual[i].truth.faults) {
      ++seen[fault.kind];
      const std::string name(sensor_types()[fault.sensor].name);
      EXPECT_EQ(values.contains(name), fault.kind != FaultKind::kGap);
      values[name] = expected[i].observation.values.at(name);
    }
    ASSERT_EQ(values, expected[i].observation.values) << i;
  }
  EXPECT_EQ(seen.size(), 4u);
}

TEST(Simulator, MoreMachinesLeaveTheFirstOnesAsTheyAre) {
  Options few;
  few.assets = 2;
  Options many = few;
  many.assets = 20;
  std::vector<Reading> first_two;
  for (Reading& reading : readings(many)) {
    const std::string& asset = reading.observation.asset;
    if (asset == "machine-1" || asset == "machine-2") first_two.push_back(std::move(reading));
  }
  EXPECT_EQ(csv_of(first_two), csv_of(readings(few)));
}

TEST(Simulator, ObservationNamesWhatItIs) {
  const auto rows = readings({}, 3);
  const Observation& observation = rows[0].observation;
  EXPECT_EQ(observation.source, "plant");
  EXPECT_EQ(observation.asset.rfind("machine-", 0), 0u);
  EXPECT_EQ(observation.id, "1-1");
  EXPECT_TRUE(observation.categories.contains("grade"));
  const auto back = observation_from_json(observation_to_json(observation));
  ASSERT_TRUE(back.ok()) << back.error().to_string();
  EXPECT_EQ(back->values, observation.values);
}

TEST(Simulator, EndsBeforeTimesRunOut) {
  Options options;
  options.assets = 1;
  options.lives = 0;
  options.interval = std::chrono::days(30);
  const auto rows = readings(options);
  EXPECT_LT(rows.size(), 3000u);
  EXPECT_LT(sys::format_time(*rows.back().observation.time), "2200");
}

TEST(CsvRows, ReadBackAsATableWithGapsAsMissingNumbers) {
  Options options;
  options.assets = 3;
  options.faults.gap = 0.01;
  const auto rows = readings(options);
  const auto table = csv::read(csv_of(rows));
  ASSERT_TRUE(table.ok()) << table.error().to_string();
  ASSERT_EQ(table->rows(), rows.size());
  const Table::Numbers& flow = **table->numbers("flow");
  const Table::Numbers& remaining = **table->numbers("remaining");
  const Table::Texts& mode = **table->texts("mode");
  std::size_t gaps = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto value = rows[i].observation.values.find("flow");
    if (value == rows[i].observation.values.end()) {
      EXPECT_TRUE(std::isnan(flow[i]));
      ++gaps;
    } else {
      EXPECT_EQ(flow[i], value->second);
    }
    EXPECT_EQ(remaining[i], static_cast<double>(rows[i].truth.rows_remaining));
    EXPECT_EQ(mode[i], failure_mode_name(rows[i].truth.mode));
  }
  EXPECT_GT(gaps, 0u);
}

}  // namespace
}  // namespace skerry::plant
