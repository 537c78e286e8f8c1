// SPDX-License-Identifier: Apache-2.0
#include "plant/simulator.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>
#include <string_view>
#include <utility>

#include "plant/draw.h"

namespace skerry::plant {
namespace {

constexpr std::array<std::string_view, 3> kGrades = {"L", "M", "H"};
constexpr int kRepairRowsMin = 4;  // A repair takes as long as this many rows.
constexpr int kRepairRowsMax = 48;

// Nanoseconds in 64 bits end in 2262; a life and a repair later than this stay below.
constexpr sys::Time kEndOfPlant{std::chrono::sys_days{std::chrono::year(2200) / 1 / 1}};

std::chrono::milliseconds time_of_day(sys::Time time) {
  const auto midnight = std::chrono::floor<std::chrono::days>(time);
  return std::chrono::duration_cast<std::chrono::milliseconds>(time - midnight);
}

}  // namespace

// Each purpose has a generator of its own, so that other fault rates or noise leave the rest as it
// is.
Simulator::Asset::Asset(const Options& options, int number, sys::SeededRandom seeds)
    : name(fmt::format("machine-{}", number)),
      fate(seeds.next()),
      machine(options.noise, sys::SeededRandom(seeds.next())),
      faults(options.faults, sys::SeededRandom(seeds.next())),
      life(plan_life(options, false, fate)) {
  const auto offset =
      static_cast<std::int64_t>(seeds.below(static_cast<std::uint64_t>(options.interval.count())));
  time = options.start + std::chrono::milliseconds(offset);
}

Simulator::Simulator(const Options& options) : options_(options) {
  sys::SeededRandom seeds(options.seed);
  for (int number = 1; number <= options.assets; ++number) {
    assets_.emplace_back(options_, number, sys::SeededRandom(seeds.next()));
    turns_.push({assets_.back().time, assets_.size() - 1});
  }
}

Result<std::unique_ptr<Simulator>> Simulator::open(const Options& options) {
  TRY(check(options));
  return std::unique_ptr<Simulator>(new Simulator(options));
}

std::optional<Reading> Simulator::next() {
  if (turns_.empty()) return std::nullopt;
  const Turn turn = turns_.top();
  turns_.pop();
  Asset& asset = assets_[turn.asset];
  Reading reading = read(asset);
  if (move_on(asset)) turns_.push({asset.time, turn.asset});
  return reading;
}

Reading Simulator::read(Asset& asset) {
  const LifeRow& row = asset.life.rows[asset.row];
  SensorValues values = asset.machine.step(row, asset.life.mode, time_of_day(asset.time));

  Reading reading;
  Truth& truth = reading.truth;
  truth.faults = asset.faults.apply(values);
  truth.row = static_cast<std::int64_t>(asset.row) + 1;
  truth.rows_remaining = static_cast<std::int64_t>(asset.life.rows.size()) - truth.row;
  truth.health = 1 - row.wear;
  truth.mode = asset.life.mode;

  Observation& observation = reading.observation;
  observation.source = options_.source;
  observation.asset = asset.name;
  observation.life = asset.life_number;
  observation.time = asset.time;
  observation.id = fmt::format("{}-{}", asset.life_number, truth.row);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!std::isnan(values[i])) observation.values.emplace(sensor_types()[i].name, values[i]);
  }
  observation.categories.emplace("grade", kGrades[static_cast<std::size_t>(row.grade)]);
  return reading;
}

bool Simulator::move_on(Asset& asset) {
  asset.time += options_.interval;
  if (asset.time > kEndOfPlant) return false;
  if (++asset.row < asset.life.rows.size()) return true;
  if (asset.life_number == options_.lives) return false;
  asset.time += between(asset.fate, kRepairRowsMin, kRepairRowsMax) * options_.interval;
  asset.life = plan_life(options_, true, asset.fate);
  asset.machine.restart();
  asset.faults.repair();
  ++asset.life_number;
  asset.row = 0;
  return true;
}

}  // namespace skerry::plant
