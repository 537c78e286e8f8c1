// SPDX-License-Identifier: Apache-2.0
#include "train/cmapss.h"

#include <cmath>
#include <utility>

#include "base/digest.h"
#include "data/csv.h"
#include "data/table.h"
#include "train/raw_rows.h"

namespace skerry::train {
namespace {

constexpr double kEnginesMax = 1e6;

std::vector<std::string> column_names() {
  std::vector<std::string> names = {"engine", "cycle", "setting1", "setting2", "setting3"};
  for (int sensor = 1; sensor <= 21; ++sensor) names.push_back("s" + std::to_string(sensor));
  return names;
}

// Engines are numbered 1, 2, ... and each has the cycles 1, 2, ... in order, without gaps.
Result<std::vector<Series>> group_engines(const Table& table) {
  const Table::Numbers& engines = *TRY(table.numbers("engine"));
  const Table::Numbers& cycles = *TRY(table.numbers("cycle"));
  std::vector<Series> series;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const bool next_engine = engines[row] == static_cast<double>(series.size()) + 1;
    if (next_engine && engines[row] <= kEnginesMax) {
      series.push_back({"engine-" + std::to_string(series.size() + 1), 1, {}});
    }
    const double cycle = series.empty() ? 0 : static_cast<double>(series.back().rows.size()) + 1;
    if (engines[row] != static_cast<double>(series.size()) || cycles[row] != cycle) {
      return invalid_argument("data row " + std::to_string(row + 1) +
                              ": engines and cycles do not count up from 1");
    }
    series.back().rows.push_back(row);
  }
  return series;
}

Result<RawRows> read_engines(sys::FileSystem& files, const std::string& name,
                             const std::string& data_folder, ReadLimits limits) {
  const std::string path = sys::join_path(data_folder, name);
  const std::string text = TRY(sys::read_file(files, path, limits.file_bytes_max));
  RawRows rows;
  rows.files.push_back({name, Digest::of(text), text.size()});
  rows.table = TRY(csv::read_whitespace(text, column_names()).with(path));
  rows.series = TRY(group_engines(rows.table).with(path));
  return rows;
}

}  // namespace

Result<RawRows> read_cmapss_training(sys::FileSystem& files, const std::string& subset,
                                     const std::string& data_folder, ReadLimits limits) {
  return read_engines(files, "train_" + subset + ".txt", data_folder, limits);
}

Result<RawRows> read_cmapss_test(sys::FileSystem& files, const std::string& subset,
                                 const std::string& data_folder, ReadLimits limits) {
  RawRows rows = TRY(read_engines(files, "test_" + subset + ".txt", data_folder, limits));
  const std::string name = "RUL_" + subset + ".txt";
  const std::string path = sys::join_path(data_folder, name);
  const std::string text = TRY(sys::read_file(files, path, limits.file_bytes_max));
  const Table table = TRY(csv::read_whitespace(text, {"remaining"}).with(path));
  rows.remaining = *TRY(table.numbers("remaining"));
  if (rows.remaining.size() != rows.series.size()) {
    return invalid_argument(path + ": " + std::to_string(rows.remaining.size()) + " numbers for " +
                            std::to_string(rows.series.size()) + " engines of the test file");
  }
  for (const double remaining : rows.remaining) {
    if (!(remaining >= 0)) return invalid_argument(path + ": a remaining life below zero");
  }
  rows.files.push_back({name, Digest::of(text), text.size()});
  return rows;
}

}  // namespace skerry::train
