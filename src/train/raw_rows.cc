// SPDX-License-Identifier: Apache-2.0
#include "train/raw_rows.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "base/digest.h"
#include "base/ids.h"
#include "data/csv.h"
#include "data/number.h"
#include "data/table.h"
#include "feature/pipeline.h"
#include "train/cmapss.h"
#include "train/recipe.h"

namespace skerry::train {
namespace {

std::string data_row(std::size_t row) { return "data row " + std::to_string(row + 1); }

Result<Table> rename_columns(Table table, const std::map<std::string, std::string>& rename) {
  if (rename.empty()) return table;
  for (const auto& [column, sensor] : rename) {
    if (!table.has(column)) return invalid_argument("source.rename: no column \"" + column + "\"");
  }
  Table renamed;
  for (Table::Column column : table.columns()) {
    const auto entry = rename.find(column.name);
    if (entry != rename.end()) column.name = entry->second;
    TRY(renamed.add(std::move(column)));
  }
  return renamed;
}

Result<std::vector<sys::Time>> read_times(const Table& table, const std::string& column) {
  std::vector<sys::Time> times;
  if (column.empty()) return times;
  times.reserve(table.rows());
  if (const auto numbers = table.numbers(column)) {
    for (std::size_t row = 0; row < table.rows(); ++row) {
      const double seconds = (**numbers)[row];
      if (!(std::abs(seconds) < 9e9)) {
        return invalid_argument("column \"" + column + "\", " + data_row(row) +
                                ": no number of seconds");
      }
      times.emplace_back(std::chrono::nanoseconds(std::llround(seconds * 1e9)));
    }
    return times;
  }
  const Table::Texts* texts = TRY(table.texts(column));
  for (std::size_t row = 0; row < table.rows(); ++row) {
    times.push_back(
        TRY(sys::parse_time((*texts)[row]).with("column \"" + column + "\", " + data_row(row))));
  }
  return times;
}

Result<std::vector<std::int64_t>> read_lives(const Table& table, const std::string& column) {
  std::vector<std::int64_t> lives(table.rows(), 1);
  if (column.empty()) return lives;
  const Table::Numbers* numbers = TRY(table.numbers(column));
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const double life = (*numbers)[row];
    if (!(life >= 0 && life <= 1e15) || life != std::floor(life)) {
      return invalid_argument("column \"" + column + "\", " + data_row(row) +
                              ": a life is a whole number from 0");
    }
    lives[row] = static_cast<std::int64_t>(life);
  }
  return lives;
}

Result<std::vector<Series>> group_rows(const Table& table, const Source& source) {
  const std::vector<std::int64_t> lives = TRY(read_lives(table, source.life_column));
  Table::Texts assets;
  if (!source.asset_column.empty()) assets = TRY(column_as_text(table, source.asset_column));
  std::vector<Series> series;
  std::map<std::pair<std::string, std::int64_t>, std::size_t> known;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string asset = assets.empty() ? "row-" + std::to_string(row + 1) : assets[row];
    TRY(check_external_id(asset).with("column \"" + source.asset_column + "\", " + data_row(row)));
    const auto [entry, added] = known.try_emplace({asset, lives[row]}, series.size());
    if (added) series.push_back({asset, lives[row], {}});
    series[entry->second].rows.push_back(row);
  }
  return series;
}

Status check_order(const RawRows& rows) {
  if (rows.times.empty()) return {};
  for (const Series& series : rows.series) {
    for (std::size_t i = 1; i < series.rows.size(); ++i) {
      if (rows.times[series.rows[i]] >= rows.times[series.rows[i - 1]]) continue;
      return invalid_argument(data_row(series.rows[i]) + ": asset \"" + series.asset +
                              "\" goes back in time");
    }
  }
  return {};
}

Result<RawRows> read_csv(sys::FileSystem& files, const Source& source, const std::string& name,
                         const std::string& data_folder, ReadLimits limits) {
  const std::string path = sys::join_path(data_folder, name);
  const std::string text = TRY(sys::read_file(files, path, limits.file_bytes_max));
  RawRows rows;
  rows.files.push_back({name, Digest::of(text), text.size()});
  Table table = TRY(csv::read(text).with(path));
  rows.table = TRY(rename_columns(std::move(table), source.rename).with(path));
  rows.times = TRY(read_times(rows.table, source.time_column).with(path));
  rows.series = TRY(group_rows(rows.table, source).with(path));
  TRY(check_order(rows).with(path));
  return rows;
}

Status select_entities(const EntitySelection& selection, std::vector<Series>& series) {
  std::map<std::string, std::int64_t> positions;
  for (const Series& one : series) {
    positions.try_emplace(one.asset, static_cast<std::int64_t>(positions.size()) + 1);
  }
  for (const auto& name : selection.names) {
    if (!positions.contains(name)) {
      return invalid_argument("source.entities: no asset \"" + name + "\" in the data");
    }
  }
  const std::int64_t count = static_cast<std::int64_t>(positions.size());
  if (std::max(selection.first, selection.last) > count) {
    return invalid_argument("source.entities: the data has " + std::to_string(count) + " assets");
  }
  const std::set<std::string> names(selection.names.begin(), selection.names.end());
  std::erase_if(series, [&](const Series& one) {
    const std::int64_t position = positions.at(one.asset);
    if (!names.empty() && !names.contains(one.asset)) return true;
    if (selection.first != 0 && position < selection.first) return true;
    return selection.last != 0 && position > selection.last;
  });
  return {};
}

}  // namespace

Result<RawRows> read_training_rows(sys::FileSystem& files, const Recipe& recipe,
                                   const std::string& data_folder, ReadLimits limits) {
  const Source& source = recipe.source;
  RawRows rows = source.format == Source::Format::kCmapss
                     ? TRY(read_cmapss_training(files, source.subset, data_folder, limits))
                     : TRY(read_csv(files, source, source.file, data_folder, limits));
  TRY(select_entities(source.entities, rows.series));
  return rows;
}

Result<RawRows> read_test_rows(sys::FileSystem& files, const Recipe& recipe,
                               const std::string& data_folder, ReadLimits limits) {
  if (recipe.source.format == Source::Format::kCmapss) {
    return read_cmapss_test(files, recipe.source.subset, data_folder, limits);
  }
  return read_csv(files, recipe.source, recipe.split.file, data_folder, limits);
}

Result<Table::Texts> column_as_text(const Table& table, const std::string& name) {
  if (const auto texts = table.texts(name)) return **texts;
  const Table::Numbers* numbers = TRY(table.numbers(name));
  Table::Texts texts;
  texts.reserve(numbers->size());
  for (const double number : *numbers) {
    texts.push_back(std::isfinite(number) ? format_number(number) : std::string());
  }
  return texts;
}

Result<ObservationReader> ObservationReader::open(const RawRows& rows,
                                                  const feature::Pipeline& pipeline) {
  ObservationReader reader(rows);
  const auto& categories = pipeline.categories();
  for (const std::string& name : pipeline.sensors()) {
    if (std::find(categories.begin(), categories.end(), name) != categories.end()) {
      auto cells = TRY(column_as_text(rows.table, name));
      reader.categories_.push_back({name, std::move(cells)});
    } else {
      const Table::Numbers* cells = TRY(rows.table.numbers(name));
      reader.numbers_.push_back({name, cells});
    }
  }
  reader.observation_.source = "training";
  return reader;
}

const Observation& ObservationReader::read(const Series& series, std::size_t position) {
  const std::size_t row = series.rows[position];
  observation_.asset = series.asset;
  observation_.life = series.life;
  if (!rows_->times.empty()) observation_.time = rows_->times[row];
  for (const NumberColumn& column : numbers_) {
    observation_.values.insert_or_assign(column.name, (*column.cells)[row]);
  }
  for (const CategoryColumn& column : categories_) {
    if (column.cells[row].empty()) {
      observation_.categories.erase(column.name);
    } else {
      observation_.categories.insert_or_assign(column.name, column.cells[row]);
    }
  }
  return observation_;
}

}  // namespace skerry::train
