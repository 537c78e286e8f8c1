// SPDX-License-Identifier: Apache-2.0
//
// The rows a run learns from and is tested on: features computed by feature::Pipeline, the same
// code that scores at a site, with labels, folds and the way back to the raw rows. Threads: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "feature/pipeline.h"
#include "train/labels.h"
#include "train/raw_rows.h"
#include "train/recipe.h"
#include "train/trainer.h"

namespace skerry::train {

// Rows with features, in the order of the series and of time within one.
struct RowSet {
  Matrix matrix;              // Labels capped.
  std::vector<double> truth;  // Capped label, in double.
  std::vector<double> uncapped;
  std::vector<std::uint32_t> series;    // Index into RawRows::series.
  std::vector<std::uint32_t> position;  // Within the series.
  std::vector<bool> last;               // The last labelled row of its series.

  std::size_t rows() const { return truth.size(); }
  void append(const RowSet& from, std::size_t row);
};

struct Dataset {
  std::vector<std::string> features;  // Names of the columns of the matrices.
  RawRows raw;                        // What `train` (and `test`, unless by file) came from.
  std::optional<RawRows> test_raw;    // The test file of a split by file.

  RowSet train;
  // Group of each training row, below `folds`: whole assets, or rows (split.by row). 0 folds where
  // there are fewer than two groups.
  std::vector<std::uint16_t> fold;
  int folds = 0;

  RowSet test;  // Empty when the metrics are out-of-fold.
  std::size_t open_lives = 0;
  std::vector<std::string> warnings;

  const RawRows& raw_of_test() const { return test_raw ? *test_raw : raw; }
};

// Reads, labels, computes features and splits.
// Errors: those of read_training_rows() and label_rows(); kInvalidArgument when one class only or
// one target value is left for training or test, a side of the split is empty, or a declared
// feature has one value over all training rows (allowed with allow_constant, then a warning).
Result<Dataset> build_dataset(sys::FileSystem& files, const Recipe& recipe,
                              const feature::Pipeline& pipeline, const std::string& data_folder,
                              ReadLimits limits = {});

// Features of every labelled row of `rows`.
Result<RowSet> compute_rows(const RawRows& rows, const Labels& labels,
                            const feature::Pipeline& pipeline);

}  // namespace skerry::train
