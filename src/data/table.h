// SPDX-License-Identifier: Apache-2.0
//
// A table in memory: named columns of numbers or text, all of one length.
// Threads: a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace skerry {

class Table {
 public:
  // Numbers; an absent cell is NaN.
  using Numbers = std::vector<double>;
  using Texts = std::vector<std::string>;
  struct Column {
    std::string name;
    std::variant<Numbers, Texts> cells;
  };

  std::size_t rows() const { return rows_; }
  const std::vector<Column>& columns() const { return columns_; }
  bool has(std::string_view name) const { return find(name) != nullptr; }

  // Errors: kInvalidArgument for a repeated name or another length.
  Status add(Column column);

  // Errors: kInvalidArgument "column \"x\" is missing" with the nearest name, or "... is text".
  Result<const Numbers*> numbers(std::string_view name) const;
  // A column of numbers is not converted. Errors: as numbers().
  Result<const Texts*> texts(std::string_view name) const;

 private:
  const Column* find(std::string_view name) const;

  std::vector<Column> columns_;
  std::size_t rows_ = 0;
};

}  // namespace skerry
