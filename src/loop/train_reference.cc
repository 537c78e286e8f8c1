// SPDX-License-Identifier: Apache-2.0
#include "loop/train_reference.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "bundle/bundle.h"
#include "data/table.h"
#include "data/tensor.h"
#include "domain/observation.h"
#include "feature/pipeline.h"
#include "loop/train_parity.h"
#include "stats/bins.h"
#include "stats/conformal.h"
#include "stats/detector_reference.h"
#include "stats/t2q_fit.h"
#include "train/dataset.h"
#include "train/model_tools.h"
#include "train/raw_rows.h"
#include "train/recipe.h"
#include "train/trainer.h"

namespace skerry::loop {
namespace {

// Sensors of the pipeline that are numbers.
std::vector<std::string> numeric_sensors(const feature::Pipeline& pipeline) {
  const auto& categories = pipeline.categories();
  std::vector<std::string> names;
  for (const auto& name : pipeline.sensors()) {
    if (std::find(categories.begin(), categories.end(), name) == categories.end()) {
      names.push_back(name);
    }
  }
  return names;
}

std::size_t raw_row_of(const train::Dataset& dataset, std::size_t row) {
  return dataset.raw.series[dataset.train.series[row]].rows[dataset.train.position[row]];
}

double finite_or_nan(double value) {
  return std::isfinite(value) ? value : std::numeric_limits<double>::quiet_NaN();
}

Status fit_all_bins(const std::vector<std::string>& sensors, const train::Dataset& dataset,
                    stats::DetectorReference& out, std::vector<std::string>& warnings) {
  for (const auto& sensor : sensors) {
    const Table::Numbers* cells = TRY(dataset.raw.table.numbers(sensor));
    std::vector<double> values(dataset.train.rows());
    for (std::size_t row = 0; row < values.size(); ++row) {
      values[row] = finite_or_nan((*cells)[raw_row_of(dataset, row)]);
    }
    auto bins = stats::fit_bins(sensor, values);
    if (bins) {
      out.inputs.push_back(*std::move(bins));
    } else {
      warnings.push_back("no drift bins for " + sensor + ": " + bins.error().message());
    }
  }
  return {};
}

// The healthy rows (target at the cap) of each life, one life after the other.
Result<std::vector<stats::Life>> healthy_lives(const std::vector<std::string>& sensors,
                                               const train::Dataset& dataset, double cap) {
  std::vector<const Table::Numbers*> columns;
  for (const auto& sensor : sensors) columns.push_back(TRY(dataset.raw.table.numbers(sensor)));
  std::vector<stats::Life> lives;
  std::optional<std::uint32_t> series;
  for (std::size_t row = 0; row < dataset.train.rows(); ++row) {
    if (dataset.train.truth[row] < cap) continue;
    if (series != dataset.train.series[row]) lives.emplace_back();
    series = dataset.train.series[row];
    for (const Table::Numbers* column : columns) {
      lives.back().push_back(finite_or_nan((*column)[raw_row_of(dataset, row)]));
    }
  }
  return lives;
}

bundle::CheckRows::Row make_row(const train::Matrix& matrix, std::size_t row,
                                const Answers& answers, std::size_t answer) {
  const auto begin = matrix.values.begin() + static_cast<std::ptrdiff_t>(row * matrix.columns);
  return {.inputs = {begin, begin + static_cast<std::ptrdiff_t>(matrix.columns)},
          .outputs = {answers.prediction[answer], answers.margin[answer]}};
}

Result<std::vector<bundle::CheckRows::Row>> choose_rows(const train::Matrix& matrix,
                                                        train::Predictor& booster,
                                                        std::size_t count) {
  const std::size_t total = matrix.rows();
  count = std::min(count, total);
  std::vector<std::size_t> chosen;
  train::Matrix asked{.columns = matrix.columns, .values = {}, .labels = {}};
  for (std::size_t i = 0; i < count; ++i) {
    chosen.push_back(i * total / count);
    const auto begin =
        matrix.values.begin() + static_cast<std::ptrdiff_t>(chosen.back() * matrix.columns);
    asked.values.insert(asked.values.end(), begin,
                        begin + static_cast<std::ptrdiff_t>(matrix.columns));
    asked.labels.push_back(0);
  }
  const Answers answers = TRY(ask_booster(booster, asked));
  std::vector<bundle::CheckRows::Row> rows;
  for (std::size_t i = 0; i < count; ++i) rows.push_back(make_row(matrix, chosen[i], answers, i));
  return rows;
}

Result<bundle::CheckRows::Sequence> make_sequence(const train::RawRows& raw,
                                                  const train::Series& series,
                                                  const feature::Pipeline& pipeline,
                                                  train::Predictor& booster, std::size_t number,
                                                  std::size_t observations) {
  auto reader = TRY(train::ObservationReader::open(raw, pipeline));
  feature::AssetState state = pipeline.start();
  bundle::CheckRows::Sequence sequence;
  train::Matrix asked{.columns = pipeline.names().size(), .values = {}, .labels = {}};
  std::vector<float> features(asked.columns);
  for (std::size_t i = 0; i < std::min(observations, series.rows.size()); ++i) {
    Observation observation = reader.read(series, i);
    observation.source = "check";
    observation.asset = "check-" + std::to_string(number);
    observation.life = 1;
    pipeline.advance(state, observation, features);
    sequence.observations.push_back(std::move(observation));
    sequence.features.push_back(features);
    asked.values.insert(asked.values.end(), features.begin(), features.end());
    asked.labels.push_back(0);
  }
  const std::vector<float> predictions = TRY(booster.predict(asked, false));
  sequence.outputs.assign(predictions.begin(), predictions.end());
  return sequence;
}

}  // namespace

Result<stats::DetectorReference> fit_detector_reference(const train::Recipe& recipe,
                                                        const feature::Pipeline& pipeline,
                                                        const train::Dataset& dataset,
                                                        const std::vector<double>& predictions,
                                                        std::vector<std::string>& warnings) {
  stats::DetectorReference reference;
  const std::vector<std::string> sensors = numeric_sensors(pipeline);
  TRY(fit_all_bins(sensors, dataset, reference, warnings));
  reference.outputs.push_back(TRY(stats::fit_bins(recipe.output_name, predictions)));
  if (!std::isfinite(recipe.cap())) return reference;
  const auto lives = TRY(healthy_lives(sensors, dataset, recipe.cap()));
  auto t2q = stats::fit_t2q(sensors, lives);
  if (t2q) {
    reference.t2q = *std::move(t2q);
  } else if (t2q.error().code() == Code::kFailedPrecondition) {
    warnings.push_back("no T2/Q monitor: " + t2q.error().message());
  } else {
    return std::move(t2q).error().with("T2/Q monitor");
  }
  return reference;
}

std::optional<stats::ConformalTable> fit_intervals(const train::Recipe& recipe,
                                                   const train::Dataset& dataset,
                                                   const std::vector<double>& out_of_fold,
                                                   std::vector<std::string>& warnings) {
  if (recipe.classification()) return std::nullopt;
  if (out_of_fold.empty()) {
    warnings.push_back("no prediction intervals: fewer than two entities to cross-fit");
    return std::nullopt;
  }
  auto table = stats::fit_conformal(dataset.train.truth, out_of_fold, recipe.coverage);
  if (table) return *std::move(table);
  warnings.push_back("no prediction intervals: " + table.error().message());
  return std::nullopt;
}

Result<bundle::CheckRows> choose_check_rows(const train::Dataset& dataset,
                                            const feature::Pipeline& pipeline,
                                            train::Predictor& booster,
                                            const CheckRowOptions& options) {
  const bool tested = dataset.test.rows() > 0;
  const train::RawRows& raw = tested ? dataset.raw_of_test() : dataset.raw;
  bundle::CheckRows checks;
  checks.rows =
      TRY(choose_rows((tested ? dataset.test : dataset.train).matrix, booster, options.rows));
  std::vector<const train::Series*> long_enough;
  for (const train::Series& series : raw.series) {
    if (series.rows.size() >= options.observations) long_enough.push_back(&series);
  }
  const std::size_t count = std::min(options.sequences, long_enough.size());
  for (std::size_t i = 0; i < count; ++i) {
    const train::Series& series = *long_enough[i * long_enough.size() / count];
    checks.sequences.push_back(
        TRY(make_sequence(raw, series, pipeline, booster, i + 1, options.observations)));
  }
  return checks;
}

bundle::Signature make_signature(const train::Recipe& recipe, std::size_t features) {
  bundle::Signature signature;
  signature.inputs = {
      {std::string(train::kInputName), DType::kFp32, {-1, static_cast<std::int64_t>(features)}}};
  signature.outputs = {{std::string(train::kPredictionName), DType::kFp32, {-1, 1}},
                       {std::string(train::kMarginName), DType::kFp32, {-1, 1}}};
  signature.output_name = recipe.output_name;
  signature.output_unit = recipe.output_unit;
  return signature;
}

}  // namespace skerry::loop
