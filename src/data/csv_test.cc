// SPDX-License-Identifier: Apache-2.0
#include "data/csv.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace skerry::csv {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// Every record, the header first; the lines of the rows go to `lines`.
Result<Rows> rows_of(std::string_view text, std::vector<std::size_t>* lines = nullptr,
                     Limits limits = {}) {
  std::vector<std::string> header;
  Rows rows;
  TRY(for_each_row(
      text, header,
      [&](std::size_t line, const std::vector<std::string_view>& cells) -> Status {
        rows.emplace_back(cells.begin(), cells.end());
        if (lines != nullptr) lines->push_back(line);
        return ok_status();
      },
      limits));
  rows.insert(rows.begin(), header);
  return rows;
}

TEST(Csv, ReadsTheFormsOfTheRfc) {
  const Rows plain{{"a", "b"}, {"1", "2"}};
  const std::vector<std::pair<std::string, Rows>> cases{
      {"a,b\n1,2\n", plain},
      {"a,b\r\n1,2\r\n", plain},
      {"a,b\n1,2", plain},
      {"a,b\r\n1,2\r", plain},
      {"\xEF\xBB\xBF"
       "a,b\n1,2\n",
       plain},
      {"\"a\",\"b\"\n\"1\",\"2\"\n", plain},
      {"\"a\",\"b\"\r\n\"1\",\"2\"\r\n", plain},
      {"\"a\",\"b\"\r\n\"1\",\"2\"", plain},
      {"\n\r\na,b\n\n1,2\n\r\n\n", plain},
      {"a,b\n,\n", {{"a", "b"}, {"", ""}}},
      {"a,b\n\"\",\"\"\n", {{"a", "b"}, {"", ""}}},
      {"a\n\"\"\n", {{"a"}, {""}}},
      {"a,b\n1,", {{"a", "b"}, {"1", ""}}},
      {"a,b\n\"x,y\",\"say \"\"hi\"\"\"\n", {{"a", "b"}, {"x,y", "say \"hi\""}}},
      {"a,b\n\"x\r\ny\",\"\n\"\n", {{"a", "b"}, {"x\r\ny", "\n"}}},
      {"a,b\n x , y\"z\n", {{"a", "b"}, {" x ", " y\"z"}}},
      {"a,b\nx\ry,z\n", {{"a", "b"}, {"x\ry", "z"}}},
      {"\"a\nb\",c\n1,2\n", {{"a\nb", "c"}, {"1", "2"}}},
      {"a\n", {{"a"}}}};
  for (const auto& [text, expected] : cases) {
    const Result<Rows> rows = rows_of(text);
    ASSERT_TRUE(rows.ok()) << text << rows.error().to_string();
    EXPECT_EQ(*rows, expected) << text;
  }
}

TEST(Csv, CountsLinesAlsoInsideQuotes) {
  std::vector<std::size_t> lines;
  ASSERT_TRUE(rows_of("a,b\n\n1,2\n\"x\n\ny\",3\r\n\r\n4,5\n", &lines).ok());
  EXPECT_EQ(lines, (std::vector<std::size_t>{3, 4, 8}));
}

TEST(Csv, RefusesBadTextAndNamesTheLine) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "CSV text is empty"},
      {"\n\r\n", "CSV text is empty"},
      {"\xEF\xBB\xBF", "CSV text is empty"},
      {"a,b\n1\n", "line 2: 1 cells, the header has 2"},
      {"a,b\n1,2\n\n1,2,3\n", "line 4: 3 cells, the header has 2"},
      {"a\n\"x\ny\"\n1,2\n", "line 4: 2 cells"},
      {"a,b\n1,\"open\n2,3\n", "line 2: a quoted cell is never closed"},
      {"a\n\"", "line 2: a quoted cell is never closed"},
      {"a\n\"\"\"\n", "line 2: a quoted cell is never closed"},
      {"a\n\"x\"y\n", "line 2: text after a quoted cell"},
      {"a\n\"x\ny\" \n", "line 3: text after a quoted cell"},
      {"a\n\"x\"\ry\n", "line 2: text after a quoted cell"},
      {"a,b,a\n1,2,3\n", "line 1: column \"a\" is repeated"},
      {"\n\na,,b\n1,2,3\n", "line 3: column 2 has no name"}};
  for (const auto& [text, message] : cases) {
    const Result<Rows> rows = rows_of(text);
    ASSERT_FALSE(rows.ok()) << text;
    EXPECT_EQ(rows.error().code(), Code::kInvalidArgument) << text;
    EXPECT_TRUE(rows.error().message().starts_with(message))
        << text << " gave " << rows.error().message();
  }
}

TEST(Csv, RefusesTextAboveTheLimits) {
  const std::vector<std::pair<std::string, Limits>> cases{
      {"a,b\n1,2\n", {.bytes_max = 7}},
      {"a,b\n1,2\n", {.columns_max = 1}},
      {"a\n12345\n", {.cell_bytes_max = 4}},
      {"a\n\"12345\"\n", {.cell_bytes_max = 4}}};
  for (const auto& [text, limits] : cases) {
    const Result<Rows> rows = rows_of(text, nullptr, limits);
    ASSERT_FALSE(rows.ok()) << text;
    EXPECT_EQ(rows.error().code(), Code::kResourceExhausted) << text;
  }
  EXPECT_TRUE(
      rows_of("a,b\n1,2\n", nullptr, {.bytes_max = 8, .columns_max = 2, .cell_bytes_max = 1}).ok());
}

TEST(Csv, StopsAtTheFirstErrorOfACaller) {
  std::vector<std::string> header;
  int calls = 0;
  const Status status =
      for_each_row("a\n1\n2\n3\n", header, [&](std::size_t line, const auto&) -> Status {
        ++calls;
        return line == 3 ? Status(unavailable("enough")) : ok_status();
      });
  EXPECT_EQ(status.error().message(), "enough");
  EXPECT_EQ(calls, 2);
}

TEST(Csv, MakesAColumnNumericWhenEveryCellIs) {
  const Result<Table> table = read("n,gap,t,late,q\n1,,x,1,\"7\"\n-2.5e3,4,2,y,8\nnan,,,,9\n");
  ASSERT_TRUE(table.ok()) << table.error().to_string();
  EXPECT_EQ(table->rows(), 3u);
  const Table::Numbers& n = **table->numbers("n");
  EXPECT_EQ(n[1], -2500);
  EXPECT_TRUE(std::isnan(n[2]));
  const Table::Numbers& gap = **table->numbers("gap");
  EXPECT_TRUE(std::isnan(gap[0]));
  EXPECT_EQ(gap[1], 4);
  EXPECT_EQ(**table->texts("t"), (Table::Texts{"x", "2", ""}));
  EXPECT_EQ(**table->texts("late"), (Table::Texts{"1", "y", ""}))
      << "cells before the text are kept";
  EXPECT_EQ(**table->numbers("q"), (Table::Numbers{7, 8, 9}));
}

TEST(Csv, NeedsARowToKnowItsColumns) {
  const Result<Table> table = read("a,b\n");
  ASSERT_FALSE(table.ok());
  EXPECT_EQ(table.error().message(), "CSV text has a header and no row");
}

TEST(Csv, WritesQuotesOnlyWhereNeeded) {
  EXPECT_EQ(format_row({"a", "", "1.5"}), "a,,1.5\n");
  EXPECT_EQ(format_row({"x,y", "say \"hi\"", "two\nlines", "cr\r"}),
            "\"x,y\",\"say \"\"hi\"\"\",\"two\nlines\",\"cr\r\"\n");
  EXPECT_EQ(format_row({""}), "\"\"\n");
}

TEST(Csv, ReadsBackWhateverRowsItWrites) {
  std::mt19937_64 random(1);
  const std::string alphabet = "ab1.,\"\n\r \t;'";
  for (int round = 0; round < 3000; ++round) {
    const std::size_t columns = 1 + random() % 4;
    Rows rows(1 + random() % 4, std::vector<std::string>(columns));
    for (std::size_t i = 0; i < columns; ++i) rows[0][i] = "c" + std::to_string(i);
    for (std::size_t r = 1; r < rows.size(); ++r) {
      for (std::string& cell : rows[r]) {
        for (std::size_t n = random() % 6; n > 0; --n) cell += alphabet[random() % alphabet.size()];
      }
    }
    std::string text;
    for (const auto& row : rows) text += format_row(row);
    const Result<Rows> back = rows_of(text);
    ASSERT_TRUE(back.ok()) << text << back.error().to_string();
    ASSERT_EQ(*back, rows) << text;
  }
}

TEST(WhitespaceText, HoldsColumnsOfNumbers) {
  const Result<Table> table = read_whitespace(" 1 2.5\n\n-3\t4e2  \r\n   \n5 6", {"a", "b"});
  ASSERT_TRUE(table.ok()) << table.error().to_string();
  EXPECT_EQ(**table->numbers("a"), (Table::Numbers{1, -3, 5}));
  EXPECT_EQ(**table->numbers("b"), (Table::Numbers{2.5, 400, 6}));
}

TEST(WhitespaceText, RefusesBadTextAndNamesTheLine) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"1 2\n\n3\n", "line 3: 1 cells, expected 2"},
      {"1 2\n1 2 3\n", "line 2: 3 cells, expected 2"},
      {"1 2\n3 x\n", "line 2: cell 2 is not a number"},
      {"1,2\n", "line 1: cell 1 is not a number"},
      {"", "the text has no row"},
      {" \n\r\n", "the text has no row"}};
  for (const auto& [text, message] : cases) {
    const Result<Table> table = read_whitespace(text, {"a", "b"});
    ASSERT_FALSE(table.ok()) << text;
    EXPECT_EQ(table.error().code(), Code::kInvalidArgument);
    EXPECT_EQ(table.error().message(), message);
  }
  EXPECT_FALSE(read_whitespace("1 2", {"a", "a"}).ok());
  EXPECT_FALSE(read_whitespace("1 2", {}).ok());
}

}  // namespace
}  // namespace skerry::csv
