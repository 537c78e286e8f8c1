// SPDX-License-Identifier: Apache-2.0
//
// Over many seeds: random pipelines on random sensors with gaps, spikes and steps, against an
// oracle that computes each window from scratch, and against themselves with a restart at random
// rows.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "feature/graph.h"
#include "feature/pipeline.h"
#include "sys/random.h"

namespace skerry::feature {
namespace {

constexpr double kNotThere = std::numeric_limits<double>::quiet_NaN();

json::Object random_leaf(sys::SeededRandom& random) {
  static const std::vector<std::string> kWindowed = {"lag", "delta", "mean",  "sd",
                                                     "min", "max",   "slope", "first_mean"};
  json::Object leaf;
  const std::uint64_t choice = random.below(kWindowed.size() + 3);
  if (choice == kWindowed.size()) {
    leaf["op"] = "age";
    return leaf;
  }
  leaf["sensor"] = "s" + std::to_string(random.below(4));
  if (choice < kWindowed.size()) {
    leaf["op"] = kWindowed[choice];
    leaf["n"] = static_cast<std::int64_t>(1 + random.below(random.below(2) == 0 ? 4 : 40));
  } else if (choice == kWindowed.size() + 1) {
    leaf["op"] = "ewma";
    leaf["alpha"] = 0.05 + 0.9 * random.uniform();
  } else {
    leaf["op"] = "last";
  }
  return leaf;
}

json::Array random_declaration(sys::SeededRandom& random) {
  json::Array list;
  const std::uint64_t count = 3 + random.below(20);
  for (std::uint64_t i = 0; i < count; ++i) {
    json::Object feature;
    if (random.below(4) == 0) {
      feature["op"] = "difference";
      json::Value earlier = json::Value("f" + std::to_string(i == 0 ? 0 : random.below(i)));
      feature["of"] =
          json::Array{random_leaf(random), i == 0 ? json::Value(random_leaf(random)) : earlier};
    } else {
      feature = random_leaf(random);
    }
    feature["name"] = "f" + std::to_string(i);
    list.emplace_back(std::move(feature));
  }
  return list;
}

std::vector<Observation> random_rows(sys::SeededRandom& random, std::size_t count) {
  std::vector<Observation> rows(count);
  std::array<double, 4> level{};
  for (double& start : level) start = 1000 * random.normal();
  for (Observation& row : rows) {
    for (std::size_t sensor = 0; sensor < level.size(); ++sensor) {
      const std::uint64_t event = random.below(40);
      if (event == 0) level[sensor] += 500 * random.normal();
      double value = level[sensor] + random.normal();
      if (event == 1) value = kNotThere;
      if (event == 2) continue;
      if (event == 3) value *= 1000;
      row.values["s" + std::to_string(sensor)] = value;
    }
  }
  return rows;
}

// Computes one node at the end of `rows` from its definition.
class Oracle {
 public:
  Oracle(const Graph& graph, const std::vector<Observation>& rows) : graph_(graph), rows_(rows) {}

  double at(std::uint32_t position, std::size_t row) const {
    const Node& node = graph_.nodes[position];
    if (node.operation == Operation::kAge) return static_cast<double>(row + 1);
    if (node.operation == Operation::kDifference) {
      return at(node.minuend, row) - at(node.subtrahend, row);
    }
    const std::vector<double> past = present(node.sensor, row);
    const auto now = rows_[row].values.find(node.sensor);
    if (now == rows_[row].values.end() || !std::isfinite(now->second)) return kNotThere;
    return of_values(node, past);
  }

 private:
  std::vector<double> present(const std::string& sensor, std::size_t row) const {
    std::vector<double> values;
    for (std::size_t i = 0; i <= row; ++i) {
      const auto value = rows_[i].values.find(sensor);
      if (value != rows_[i].values.end() && std::isfinite(value->second)) {
        values.push_back(value->second);
      }
    }
    return values;
  }

  static double mean(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
  }

  static double of_values(const Node& node, const std::vector<double>& past) {
    const std::size_t n = std::min<std::size_t>(node.n, past.size());
    const std::vector<double> window(past.end() - static_cast<std::ptrdiff_t>(n), past.end());
    switch (node.operation) {
      case Operation::kLast: return past.back();
      case Operation::kLag:
        return past.size() > node.n ? past[past.size() - 1 - node.n] : kNotThere;
      case Operation::kDelta:
        return past.size() > node.n ? past.back() - past[past.size() - 1 - node.n] : kNotThere;
      case Operation::kMean: return mean(window);
      case Operation::kMin: return *std::ranges::min_element(window);
      case Operation::kMax: return *std::ranges::max_element(window);
      case Operation::kFirstMean:
        return mean({past.begin(), past.begin() + static_cast<std::ptrdiff_t>(n)});
      case Operation::kSd: return std::sqrt(deviations(window, false) / static_cast<double>(n));
      case Operation::kSlope: return n < 2 ? 0 : deviations(window, true) / spread_of_index(n);
      case Operation::kEwma: return smoothed(past, node.alpha);
      default: return kNotThere;
    }
  }

  static double deviations(const std::vector<double>& window, bool against_index) {
    const double centre = mean(window);
    const double middle = static_cast<double>(window.size() - 1) / 2;
    double sum = 0;
    for (std::size_t i = 0; i < window.size(); ++i) {
      const double from = window[i] - centre;
      sum += from * (against_index ? static_cast<double>(i) - middle : from);
    }
    return sum;
  }

  static double spread_of_index(std::size_t n) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double from = static_cast<double>(i) - static_cast<double>(n - 1) / 2;
      sum += from * from;
    }
    return sum;
  }

  static double smoothed(const std::vector<double>& past, double alpha) {
    double value = past.front();
    for (std::size_t i = 1; i < past.size(); ++i) value = alpha * past[i] + (1 - alpha) * value;
    return value;
  }

  const Graph& graph_;
  const std::vector<Observation>& rows_;
};

// Values reach about 1e6, so that this is about 1e-9 of the largest, beside the float's own
// rounding.
double tolerance(double expected) { return 2e-4 * 1e-3 + 1.2e-7 * std::abs(expected); }

std::vector<float> one_pass(const Pipeline& pipeline, const std::vector<Observation>& rows) {
  const std::size_t width = pipeline.names().size();
  std::vector<float> features(rows.size() * width);
  AssetState state = pipeline.start();
  for (std::size_t row = 0; row < rows.size(); ++row) {
    pipeline.advance(state, rows[row], std::span(features).subspan(row * width, width));
  }
  return features;
}

TEST(PipelineProperty, EqualsTheDefinitionsComputedFromScratch) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    sys::SeededRandom random(seed);
    const json::Value declaration = random_declaration(random);
    const auto graph = parse_graph(declaration);
    ASSERT_TRUE(graph.ok()) << graph.error().to_string();
    const auto pipeline = Pipeline::parse(declaration);
    ASSERT_TRUE(pipeline.ok());
    const std::vector<Observation> rows = random_rows(random, 150);
    const std::vector<float> features = one_pass(*pipeline, rows);
    const Oracle oracle(*graph, rows);
    const std::size_t width = pipeline->names().size();
    for (std::size_t i = 0; i < features.size(); ++i) {
      const double expected = oracle.at(graph->outputs[i % width].node, i / width);
      ASSERT_EQ(std::isnan(features[i]), std::isnan(expected)) << pipeline->names()[i % width];
      if (std::isnan(expected)) continue;
      ASSERT_NEAR(features[i], expected, tolerance(expected))
          << json::dump(pipeline->to_json().as_array()[i % width]) << " at row " << i / width;
    }
  }
}

TEST(PipelineProperty, StreamingWithRestartsEqualsOnePassBitForBit) {
  for (std::uint64_t seed = 100; seed < 400; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    sys::SeededRandom random(seed);
    const auto pipeline = Pipeline::parse(random_declaration(random));
    ASSERT_TRUE(pipeline.ok());
    const auto elsewhere = Pipeline::parse(pipeline->to_json());
    ASSERT_TRUE(elsewhere.ok()) << elsewhere.error().to_string();
    ASSERT_EQ(elsewhere->digest(), pipeline->digest());
    const std::vector<Observation> rows = random_rows(random, 200);
    const std::vector<float> expected = one_pass(*pipeline, rows);

    const std::size_t width = pipeline->names().size();
    std::vector<float> streamed(expected.size());
    AssetState state = pipeline->start();
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (random.below(5) == 0) {
        auto restored = elsewhere->restore(state.serialize());
        ASSERT_TRUE(restored.ok()) << restored.error().to_string();
        state = std::move(restored).value();
      }
      pipeline->advance(state, rows[row], std::span(streamed).subspan(row * width, width));
    }
    ASSERT_EQ(std::memcmp(streamed.data(), expected.data(), expected.size() * sizeof(float)), 0);
  }
}

}  // namespace
}  // namespace skerry::feature
