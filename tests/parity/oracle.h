// SPDX-License-Identifier: Apache-2.0
//
// Boosters of any objective, trained by libxgboost on generated rows, and what ONNX Runtime makes
// of the graph that the converter writes for them. Threads: single-thread.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "serve/runtime.h"
#include "train/trainer.h"

namespace skerry::parity {

using Parameters = std::vector<std::pair<std::string, std::string>>;

// Rows with one value in ten missing. Column `category_column` (if < columns) holds codes 0 to
// `categories` - 1, the others standard normal numbers; every column moves the label.
struct RowSource {
  std::size_t columns = 8;
  std::size_t category_column = SIZE_MAX;
  int categories = 0;
  std::mt19937_64 random;

  train::Matrix take(std::size_t rows);
  double uniform();
  double normal();
};

// The labels as `objective` wants them: 0/1, counts, positive numbers or classes.
void fit_labels(train::Matrix& rows, const std::string& objective);

// Trains `rounds` rounds. `category_column` is passed to the library as categorical.
Result<std::string> train_booster(const train::Matrix& rows, const Parameters& parameters,
                                  int rounds, std::size_t category_column);

// The outputs of a converted booster for `rows`, row-major.
struct Outputs {
  std::vector<float> prediction;
  std::vector<float> margin;
};
Result<Outputs> run_graph(serve::Runtime& runtime, const std::string& booster_json,
                          const train::Matrix& rows);

}  // namespace skerry::parity
