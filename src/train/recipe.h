// SPDX-License-Identifier: Apache-2.0
//
// A training recipe (step 1): what to read, what to predict, how to fit, test and judge it. One
// YAML file that people write; see docs/formats/recipe.md. Threads: values.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "data/json.h"
#include "train/trainer.h"

namespace skerry::train {

// Which assets of the training file count. Both empty: all of them.
struct EntitySelection {
  // Positions by first appearance, from 1; for C-MAPSS that is the engine number. 0 = no bound.
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::vector<std::string> names;
};

struct Source {
  enum class Format { kCsv, kCmapss };
  Format format = Format::kCsv;
  std::string file;    // CSV, relative to the data folder.
  std::string subset;  // C-MAPSS: "FD001".
  std::string notice;  // Where the data comes from and what to say when a figure is quoted.
  // CSV columns; empty = absent. Without an asset column every row is an asset of its own.
  std::string asset_column;
  std::string life_column;
  std::string time_column;
  std::map<std::string, std::string> rename;  // CSV column -> sensor.
  EntitySelection entities;
};

// The target stands in a column. Of a binary objective: `positive` is the cell that means yes, else
// the column holds 0 and 1.
struct ColumnTarget {
  std::string column;
  std::string positive;
};

// The target is what is left of the life: the clock of its last row minus the clock of this row.
struct RunToFailureTarget {
  enum class Clock { kRows, kSeconds, kField };
  Clock clock = Clock::kRows;
  std::string field;  // kField: a numeric column.
  double cap = std::numeric_limits<double>::infinity();
  // A life counts when its last row has `failure_value` in `failure_column`; every life when empty.
  std::string failure_column;
  std::string failure_value;
};

struct Split {
  // What is kept together on one side: whole assets, the past, rows, or a test file of its own.
  enum class By { kEntity, kTime, kRow, kFile };
  By by = By::kEntity;
  double test_share = 0.2;      // kEntity and kTime without folds.
  int folds = 0;                // Above 0: the metrics are out-of-fold, nothing is set aside.
  std::string file;             // kFile with CSV; C-MAPSS knows its own.
  std::int64_t seed = 0;        // Of the choice of entities; never of the learner.
  bool last_rows_only = false;  // Test only the last row of each life.
};

// How the test rows are grouped in the table by segment.
struct Segments {
  enum class By { kNone, kTarget, kColumn };
  By by = By::kNone;
  std::string column;  // kColumn: a text column, or a numeric one with edges.
  std::vector<double>
      edges;  // Bounds between bands; a value equal to an edge is in the lower band.
};

struct Gate {
  std::string metric;
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
};

struct Recipe {
  std::string name;  // Of the model.
  std::string description;
  Source source;
  std::variant<ColumnTarget, RunToFailureTarget> target;
  json::Value features;         // Declaration of the pipeline, already checked.
  bool allow_constant = false;  // A feature with one value over all training rows is no error.
  Split split;
  LearnerParameters learner;
  int cross_fit_folds = 5;  // For the prediction intervals of a regression.
  double coverage = 0.9;    // Of these intervals.
  Segments segments;
  std::vector<Gate> gates;
  std::string output_name;
  std::string output_unit;

  std::string text;                // As read.
  Digest digest = Digest::of("");  // Of `text`.

  bool classification() const { return learner.objective == "binary:logistic"; }
  // Infinity where targets have no cap.
  double cap() const;
};

// Metric keys a run of this recipe reports, in order.
std::vector<std::string> metric_keys(const Recipe& recipe);

// Errors: kInvalidArgument with every problem found, unknown keys with the nearest known one.
Result<Recipe> parse_recipe(std::string_view yaml_text);

}  // namespace skerry::train
