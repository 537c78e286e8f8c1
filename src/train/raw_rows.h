// SPDX-License-Identifier: Apache-2.0
//
// Training data as it was recorded: a table, and the lives of assets that its rows belong to. Read
// from CSV and from the text files of NASA C-MAPSS. Threads: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "data/table.h"
#include "domain/observation.h"
#include "feature/pipeline.h"
#include "sys/clock.h"
#include "sys/files.h"
#include "train/recipe.h"

namespace skerry::train {

// One life of one asset: rows of the table, oldest first.
struct Series {
  std::string asset;
  std::int64_t life = 1;
  std::vector<std::size_t> rows;
};

// What was read, for the lineage.
struct SourceFile {
  std::string name;  // Relative to the data folder.
  Digest digest;
  std::uint64_t size_bytes = 0;
};

struct RawRows {
  Table table;                    // Columns under their sensor names.
  std::vector<sys::Time> times;   // Of each table row; empty without a time column.
  std::vector<Series> series;     // By first appearance; only the selected assets.
  std::vector<double> remaining;  // C-MAPSS test file: life left at the last row of each series.
  std::vector<SourceFile> files;
};

struct ReadLimits {
  std::uint64_t file_bytes_max = 4ull << 30;
};

// The rows to train on (and to split, unless the recipe splits by file).
// Errors: kNotFound for a file, kInvalidArgument with file, line or row and column for bad content,
// an empty file, an unknown entity or a row of a life that is older than the row before it.
Result<RawRows> read_training_rows(sys::FileSystem& files, const Recipe& recipe,
                                   const std::string& data_folder, ReadLimits limits = {});

// The test file of a recipe that splits by file: all entities of it.
Result<RawRows> read_test_rows(sys::FileSystem& files, const Recipe& recipe,
                               const std::string& data_folder, ReadLimits limits = {});

// Turns table rows into observations for a pipeline. Single-thread; borrows the rows.
class ObservationReader {
 public:
  // Errors: kInvalidArgument when a column the pipeline reads is missing or of the wrong kind.
  static Result<ObservationReader> open(const RawRows& rows, const feature::Pipeline& pipeline);

  // The observation at position `position` of `series`; valid until the next call.
  const Observation& read(const Series& series, std::size_t position);

 private:
  explicit ObservationReader(const RawRows& rows) : rows_(&rows) {}

  struct NumberColumn {
    std::string name;
    const Table::Numbers* cells;
  };
  struct CategoryColumn {
    std::string name;
    Table::Texts cells;
  };

  const RawRows* rows_;
  std::vector<NumberColumn> numbers_;
  std::vector<CategoryColumn> categories_;
  Observation observation_;
};

// A column as text: a numeric one is written in the shortest form. Errors: kInvalidArgument when
// absent.
Result<Table::Texts> column_as_text(const Table& table, const std::string& name);

}  // namespace skerry::train
