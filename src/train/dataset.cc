// SPDX-License-Identifier: Apache-2.0
#include "train/dataset.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "feature/pipeline.h"
#include "train/labels.h"
#include "train/raw_rows.h"
#include "train/recipe.h"
#include "train/split.h"
#include "train/trainer.h"

namespace skerry::train {
namespace {

// Equal bits or both missing: -0 and 0 are told apart, which no learner does, but no value is lost.
bool same(float a, float b) {
  return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

std::vector<std::string> constant_features(const Matrix& matrix,
                                           const std::vector<std::string>& names) {
  std::vector<std::string> constant;
  for (std::size_t column = 0; column < matrix.columns; ++column) {
    bool varies = false;
    for (std::size_t row = 1; row < matrix.rows() && !varies; ++row) {
      varies = !same(matrix.values[row * matrix.columns + column], matrix.values[column]);
    }
    if (!varies) constant.push_back(names[column]);
  }
  return constant;
}

Status check_constant(const Recipe& recipe, Dataset& dataset) {
  const auto constant = constant_features(dataset.train.matrix, dataset.features);
  if (constant.empty()) return {};
  std::string list;
  for (const auto& name : constant) list += (list.empty() ? "\"" : ", \"") + name + "\"";
  const std::string text = (constant.size() == 1 ? "feature " : "features ") + list +
                           " with one value over all training rows";
  if (constant.size() == dataset.features.size()) return invalid_argument("features: only " + text);
  if (!recipe.allow_constant) {
    return invalid_argument("features: " + text + "; remove it or set allow_constant: true");
  }
  dataset.warnings.push_back(text);
  return {};
}

Status check_targets(const RowSet& rows, bool binary, std::string_view side) {
  if (rows.rows() == 0) return invalid_argument("no labelled row for " + std::string(side));
  const auto [low, high] = std::minmax_element(rows.truth.begin(), rows.truth.end());
  if (*low < *high) return {};
  return invalid_argument(binary ? "target: one class only in the rows for " + std::string(side)
                                 : "target: one value only in the rows for " + std::string(side));
}

Status split_rows(RowSet all, const Split& split, Dataset& dataset) {
  if (split.folds > 0) {
    dataset.train = std::move(all);
    return {};
  }
  const std::vector<bool> test = TRY(choose_test_rows(all, dataset.raw, split));
  dataset.train.matrix.columns = dataset.test.matrix.columns = all.matrix.columns;
  for (std::size_t row = 0; row < all.rows(); ++row) {
    (test[row] ? dataset.test : dataset.train).append(all, row);
  }
  return {};
}

// With folds every fold is a test set of its own for the model of the other folds.
Status check_fold_targets(const Dataset& dataset, bool binary) {
  for (int held_out = 0; held_out < dataset.folds; ++held_out) {
    RowSet kept;
    for (std::size_t row = 0; row < dataset.train.rows(); ++row) {
      if (dataset.fold[row] != held_out) kept.truth.push_back(dataset.train.truth[row]);
    }
    TRY(check_targets(kept, binary, "training without fold " + std::to_string(held_out)));
  }
  return {};
}

}  // namespace

void RowSet::append(const RowSet& from, std::size_t row) {
  const auto begin = from.matrix.values.begin() + static_cast<std::ptrdiff_t>(row * matrix.columns);
  matrix.values.insert(matrix.values.end(), begin,
                       begin + static_cast<std::ptrdiff_t>(matrix.columns));
  matrix.labels.push_back(from.matrix.labels[row]);
  truth.push_back(from.truth[row]);
  uncapped.push_back(from.uncapped[row]);
  series.push_back(from.series[row]);
  position.push_back(from.position[row]);
  last.push_back(from.last[row]);
}

Result<RowSet> compute_rows(const RawRows& rows, const Labels& labels,
                            const feature::Pipeline& pipeline) {
  ObservationReader reader = TRY(ObservationReader::open(rows, pipeline).with("features"));
  const std::size_t columns = pipeline.names().size();
  RowSet out;
  out.matrix.columns = columns;
  std::vector<float> features(columns);
  for (std::size_t s = 0; s < rows.series.size(); ++s) {
    const Series& series = rows.series[s];
    feature::AssetState state = pipeline.start();
    for (std::size_t i = 0; i < series.rows.size(); ++i) {
      pipeline.advance(state, reader.read(series, i), features);
      const double label = labels.value[series.rows[i]];
      if (std::isnan(label)) continue;
      out.matrix.values.insert(out.matrix.values.end(), features.begin(), features.end());
      out.matrix.labels.push_back(static_cast<float>(label));
      out.truth.push_back(label);
      out.uncapped.push_back(labels.uncapped[series.rows[i]]);
      out.series.push_back(static_cast<std::uint32_t>(s));
      out.position.push_back(static_cast<std::uint32_t>(i));
      out.last.push_back(i + 1 == series.rows.size());
    }
  }
  return out;
}

Result<Dataset> build_dataset(sys::FileSystem& files, const Recipe& recipe,
                              const feature::Pipeline& pipeline, const std::string& data_folder,
                              ReadLimits limits) {
  Dataset dataset;
  dataset.features = pipeline.names();
  dataset.raw = TRY(read_training_rows(files, recipe, data_folder, limits));
  const Labels labels = TRY(label_rows(dataset.raw, recipe));
  dataset.open_lives = labels.open_lives;
  RowSet all = TRY(compute_rows(dataset.raw, labels, pipeline));
  if (recipe.split.by == Split::By::kFile) {
    dataset.train = std::move(all);
    dataset.test_raw = TRY(read_test_rows(files, recipe, data_folder, limits));
    const Labels test_labels = TRY(label_rows(*dataset.test_raw, recipe).with("test file"));
    dataset.test = TRY(compute_rows(*dataset.test_raw, test_labels, pipeline).with("test file"));
  } else {
    TRY(split_rows(std::move(all), recipe.split, dataset));
  }
  const bool binary = recipe.classification();
  TRY(check_targets(dataset.train, binary, "training"));
  const bool out_of_fold = recipe.split.folds > 0;
  if (!out_of_fold) TRY(check_targets(dataset.test, binary, "the test"));
  TRY(check_constant(recipe, dataset));
  Folds folds = assign_folds(dataset.train, dataset.raw, recipe.split,
                             out_of_fold ? recipe.split.folds : recipe.cross_fit_folds);
  dataset.fold = std::move(folds.of_row);
  dataset.folds = folds.count;
  if (!out_of_fold) return dataset;
  if (dataset.folds < recipe.split.folds) {
    return invalid_argument("split.folds: the data has fewer assets than folds");
  }
  TRY(check_fold_targets(dataset, binary));
  return dataset;
}

}  // namespace skerry::train
