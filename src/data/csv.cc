// SPDX-License-Identifier: Apache-2.0
#include "data/csv.h"

#include <algorithm>
#include <deque>
#include <limits>

#include "data/number.h"

namespace skerry::csv {
namespace {

std::string at_line(std::size_t line) { return "line " + std::to_string(line) + ": "; }

// Splits records; cells view the text, or `unquoted_` where quotes had to be removed.
class RecordReader {
 public:
  RecordReader(std::string_view text, const Limits& limits) : text_(text), limits_(limits) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  }

  // False at the end of the text. Blank lines are skipped.
  Result<bool> next(std::vector<std::string_view>& cells) {
    while (!text_.empty() && (text_.front() == '\n' || text_.starts_with("\r\n"))) skip_line_end();
    if (text_.empty()) return false;
    cells.clear();
    unquoted_.clear();
    record_line_ = line_;
    while (true) {
      if (cells.size() == limits_.columns_max) {
        return Error(Code::kResourceExhausted, at_line(record_line_) + "more than " +
                                                   std::to_string(limits_.columns_max) + " cells");
      }
      cells.push_back(TRY(cell()));
      if (text_.empty()) return true;
      if (text_.front() == ',') {
        text_.remove_prefix(1);
        continue;
      }
      skip_line_end();
      return true;
    }
  }

  std::size_t record_line() const { return record_line_; }

 private:
  void skip_line_end() {
    text_.remove_prefix(text_.front() == '\r' ? 2 : 1);
    ++line_;
  }

  Result<std::string_view> cell() {
    if (!text_.empty() && text_.front() == '"') return quoted_cell();
    std::size_t end = text_.find_first_of(",\n");
    if (end == std::string_view::npos) end = text_.size();
    std::string_view value = text_.substr(0, end);
    const bool line_end = end < text_.size() && text_[end] == '\n';
    text_.remove_prefix(end);
    if (value.ends_with('\r') && (line_end || text_.empty())) {
      value.remove_suffix(1);
    }
    return checked(value);
  }

  Result<std::string_view> quoted_cell() {
    text_.remove_prefix(1);
    std::string value;
    while (true) {
      const std::size_t quote = text_.find('"');
      if (quote == std::string_view::npos) {
        return invalid_argument(at_line(record_line_) + "a quoted cell is never closed");
      }
      value += text_.substr(0, quote);
      line_ += static_cast<std::size_t>(std::ranges::count(text_.substr(0, quote), '\n'));
      text_.remove_prefix(quote + 1);
      if (!text_.starts_with('"')) break;
      value += '"';
      text_.remove_prefix(1);
    }
    if (text_ == "\r") text_.remove_prefix(1);
    if (!text_.empty() && text_.front() != ',' && text_.front() != '\n' &&
        !text_.starts_with("\r\n")) {
      return invalid_argument(at_line(line_) + "text after a quoted cell");
    }
    unquoted_.push_back(std::move(value));
    return checked(unquoted_.back());
  }

  Result<std::string_view> checked(std::string_view value) {
    if (value.size() > limits_.cell_bytes_max) {
      return Error(Code::kResourceExhausted, at_line(record_line_) + "a cell is larger than " +
                                                 std::to_string(limits_.cell_bytes_max) + " bytes");
    }
    return value;
  }

  std::string_view text_;
  Limits limits_;
  std::size_t line_ = 1;
  std::size_t record_line_ = 1;
  std::deque<std::string> unquoted_;  // A deque keeps the views valid while it grows.
};

Status check_header(const std::vector<std::string>& header, std::size_t line) {
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (header[i].empty()) {
      return invalid_argument(at_line(line) + "column " + std::to_string(i + 1) + " has no name");
    }
    if (std::find(header.begin(), header.begin() + static_cast<std::ptrdiff_t>(i), header[i]) !=
        header.begin() + static_cast<std::ptrdiff_t>(i)) {
      return invalid_argument(at_line(line) + "column \"" + header[i] + "\" is repeated");
    }
  }
  return ok_status();
}

// Cells of one column, numbers until the first cell that is none.
struct ColumnBuilder {
  Table::Numbers numbers;
  Table::Texts texts;
  bool text = false;

  void add(std::string_view cell) {
    texts.emplace_back(cell);
    if (text) return;
    if (cell.empty()) {
      numbers.push_back(std::numeric_limits<double>::quiet_NaN());
    } else if (const Result<double> number = parse_number(cell); number.ok()) {
      numbers.push_back(*number);
    } else {
      text = true;
      numbers = {};
    }
  }
};

}  // namespace

Status for_each_row(
    std::string_view text, std::vector<std::string>& header,
    const std::function<Status(std::size_t line, const std::vector<std::string_view>& cells)>& row,
    Limits limits) {
  if (text.size() > limits.bytes_max) {
    return Error(Code::kResourceExhausted,
                 "CSV text is larger than " + std::to_string(limits.bytes_max) + " bytes");
  }
  RecordReader reader(text, limits);
  std::vector<std::string_view> cells;
  if (!TRY(reader.next(cells))) return invalid_argument("CSV text is empty");
  header.assign(cells.begin(), cells.end());
  TRY(check_header(header, reader.record_line()));
  while (TRY(reader.next(cells))) {
    if (cells.size() != header.size()) {
      return invalid_argument(at_line(reader.record_line()) + std::to_string(cells.size()) +
                              " cells, the header has " + std::to_string(header.size()));
    }
    TRY(row(reader.record_line(), cells));
  }
  return ok_status();
}

Result<Table> read(std::string_view text, Limits limits) {
  std::vector<std::string> header;
  std::vector<ColumnBuilder> columns;
  TRY(for_each_row(
      text, header,
      [&](std::size_t, const std::vector<std::string_view>& cells) -> Status {
        columns.resize(cells.size());
        for (std::size_t i = 0; i < cells.size(); ++i) columns[i].add(cells[i]);
        return ok_status();
      },
      limits));
  if (columns.empty()) return invalid_argument("CSV text has a header and no row");
  Table table;
  for (std::size_t i = 0; i < header.size(); ++i) {
    ColumnBuilder& column = columns[i];
    if (column.text) {
      TRY(table.add({header[i], std::move(column.texts)}));
    } else {
      TRY(table.add({header[i], std::move(column.numbers)}));
    }
  }
  return table;
}

Result<Table> read_whitespace(std::string_view text, const std::vector<std::string>& names) {
  std::vector<Table::Numbers> columns(names.size());
  std::size_t line = 0;
  while (!text.empty()) {
    ++line;
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view rest = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::size_t cells = 0;
    while (true) {
      const std::size_t start = rest.find_first_not_of(" \t\r");
      if (start == std::string_view::npos) break;
      rest.remove_prefix(start);
      const std::size_t length = std::min(rest.find_first_of(" \t\r"), rest.size());
      const Result<double> number = parse_number(rest.substr(0, length));
      if (!number.ok()) {
        return invalid_argument(at_line(line) + "cell " + std::to_string(cells + 1) +
                                " is not a number");
      }
      if (cells < columns.size()) columns[cells].push_back(*number);
      ++cells;
      rest.remove_prefix(length);
    }
    if (cells != 0 && cells != names.size()) {
      return invalid_argument(at_line(line) + std::to_string(cells) + " cells, expected " +
                              std::to_string(names.size()));
    }
  }
  if (columns.empty() || columns.front().empty()) return invalid_argument("the text has no row");
  Table table;
  for (std::size_t i = 0; i < names.size(); ++i) {
    TRY(table.add({names[i], std::move(columns[i])}));
  }
  return table;
}

std::string format_row(const std::vector<std::string>& cells) {
  if (cells.size() == 1 && cells.front().empty()) return "\"\"\n";  // A blank line is no record.
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out += ',';
    if (cells[i].find_first_of("\",\r\n") == std::string::npos) {
      out += cells[i];
      continue;
    }
    out += '"';
    for (const char c : cells[i]) {
      if (c == '"') out += '"';
      out += c;
    }
    out += '"';
  }
  out += '\n';
  return out;
}

}  // namespace skerry::csv
