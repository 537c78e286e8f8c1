// SPDX-License-Identifier: Apache-2.0
#include "data/table.h"

#include <algorithm>

#include "base/ids.h"

namespace skerry {
namespace {

Error missing(std::string_view name, const std::vector<Table::Column>& columns) {
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const Table::Column& column : columns) names.push_back(column.name);
  const std::string near = nearest_word(name, names);
  return invalid_argument("column \"" + std::string(name) + "\" is missing" +
                          (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
}

}  // namespace

Status Table::add(Column column) {
  const std::size_t length =
      std::visit([](const auto& cells) { return cells.size(); }, column.cells);
  if (has(column.name)) return invalid_argument("column \"" + column.name + "\" is repeated");
  if (!columns_.empty() && length != rows_) {
    return invalid_argument("column \"" + column.name + "\" has " + std::to_string(length) +
                            " cells, the table has " + std::to_string(rows_) + " rows");
  }
  rows_ = length;
  columns_.push_back(std::move(column));
  return ok_status();
}

Result<const Table::Numbers*> Table::numbers(std::string_view name) const {
  const Column* column = find(name);
  if (column == nullptr) return missing(name, columns_);
  const auto* cells = std::get_if<Numbers>(&column->cells);
  if (cells == nullptr) {
    return invalid_argument("column \"" + std::string(name) + "\" is text, not numbers");
  }
  return cells;
}

Result<const Table::Texts*> Table::texts(std::string_view name) const {
  const Column* column = find(name);
  if (column == nullptr) return missing(name, columns_);
  const auto* cells = std::get_if<Texts>(&column->cells);
  if (cells == nullptr) {
    return invalid_argument("column \"" + std::string(name) + "\" is numbers, not text");
  }
  return cells;
}

const Table::Column* Table::find(std::string_view name) const {
  const auto found = std::ranges::find(columns_, name, &Column::name);
  return found == columns_.end() ? nullptr : &*found;
}

}  // namespace skerry
