// SPDX-License-Identifier: Apache-2.0
//
// CSV (RFC 4180: quotes, doubled quotes, line breaks inside quotes, LF or CRLF) with a header line,
// and the plain text of white-space separated numbers that C-MAPSS uses.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/table.h"

namespace skerry::csv {

struct Limits {
  std::uint64_t bytes_max = 4ull << 30;
  std::size_t columns_max = 4096;
  std::size_t cell_bytes_max = 64u << 10;
};

// A column is numeric when each non-empty cell is a number; an empty cell is then NaN.
// Errors: kInvalidArgument for a text without a row, and with the line number for a wrong number of
// cells, an open quote, or a column name that is absent or repeated; kResourceExhausted above a
// limit.
Result<Table> read(std::string_view text, Limits limits = {});

// Every line has names.size() numbers separated by spaces or tabs; empty lines are skipped.
// Errors: kInvalidArgument with the line number.
Result<Table> read_whitespace(std::string_view text, const std::vector<std::string>& names);

// Calls `row(line_number, cells)` for each record after the header (which becomes `header`),
// without keeping the file in memory. Errors: as read(), and the first error of `row`.
Status for_each_row(
    std::string_view text, std::vector<std::string>& header,
    const std::function<Status(std::size_t line, const std::vector<std::string_view>& cells)>& row,
    Limits limits = {});

// One line with a final newline; cells are quoted where needed.
std::string format_row(const std::vector<std::string>& cells);

}  // namespace skerry::csv
