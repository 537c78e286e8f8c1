// SPDX-License-Identifier: Apache-2.0
#include "plant/life.h"

#include <algorithm>
#include <array>

#include "plant/draw.h"

namespace skerry::plant {
namespace {

constexpr int kRegimes = 4;

// Idle, low, base, peak: shares of the nominal load.
constexpr std::array<double, kRegimes> kLoads = {0.35, 0.6, 0.8, 1.0};

// Markov chain of the regimes: probability of each next one, row by row.
constexpr std::array<std::array<double, kRegimes>, kRegimes> kNextRegime = {{
    {0.90, 0.08, 0.02, 0.00},
    {0.04, 0.86, 0.09, 0.01},
    {0.01, 0.05, 0.89, 0.05},
    {0.00, 0.02, 0.14, 0.84},
}};

constexpr double kGradeChange = 0.03;  // A new batch begins, per row.

int next_regime(int regime, sys::SeededRandom& random) {
  double left = random.uniform();
  for (int next = 0; next < kRegimes; ++next) {
    left -= kNextRegime[static_cast<std::size_t>(regime)][static_cast<std::size_t>(next)];
    if (left < 0) return next;
  }
  return regime;
}

void plan_operation(std::vector<LifeRow>& rows, sys::SeededRandom& random) {
  int regime = between(random, 1, 2);
  int grade = between(random, 0, 2);
  double load = kLoads[static_cast<std::size_t>(regime)];
  for (LifeRow& row : rows) {
    regime = next_regime(regime, random);
    const double wanted = kLoads[static_cast<std::size_t>(regime)] + 0.015 * bell(random);
    load += 0.7 * (wanted - load);  // A change of load takes a few rows.
    if (random.uniform() < kGradeChange) grade = between(random, 0, 2);
    row.load = load;
    row.grade = grade;
  }
}

// Wear after the last row when each row multiplies it by 1 + rate * stress; fills in the rows.
double grow(std::vector<LifeRow>& rows, double initial, double rate) {
  double wear = initial;
  for (LifeRow& row : rows) {
    row.wear = std::min(wear, 1.0);
    wear *= 1 + rate * (0.5 + row.load);
  }
  return rows.back().wear;
}

// Finds the rate at which wear reaches 1 in the last row and no earlier, by bisection.
void plan_wear(std::vector<LifeRow>& rows, double initial) {
  double low = 0;
  double high = 1;
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2;
    (grow(rows, initial, middle) < 1 ? low : high) = middle;
  }
  grow(rows, initial, high);
}

}  // namespace

Life plan_life(const Options& options, bool repaired, sys::SeededRandom& random) {
  Life life;
  life.mode = options.modes_enabled[random.below(options.modes_enabled.size())];
  life.rows.resize(
      static_cast<std::size_t>(between(random, options.life_rows_min, options.life_rows_max)));
  const double initial = repaired ? between(random, 0.03, 0.08) : between(random, 0.02, 0.05);
  plan_operation(life.rows, random);
  plan_wear(life.rows, initial);
  return life;
}

}  // namespace skerry::plant
