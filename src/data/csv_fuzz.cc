// SPDX-License-Identifier: Apache-2.0
//
// CSV from outside: the rows of whatever parses, written again, parse to the same rows.
#include "data/csv.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"

namespace {

using skerry::Status;

// The text with every record written by format_row(), or an error.
skerry::Result<std::string> rewritten(std::string_view text) {
  std::vector<std::string> header;
  std::string rows;
  TRY(skerry::csv::for_each_row(
      text, header, [&](std::size_t, const std::vector<std::string_view>& cells) -> Status {
        rows += skerry::csv::format_row({cells.begin(), cells.end()});
        return skerry::ok_status();
      }));
  return skerry::csv::format_row(header) + rows;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(skerry::csv::read(text));
  static_cast<void>(skerry::csv::read_whitespace(text, {"a", "b"}));
  const auto once = rewritten(text);
  // A first column whose name begins with a byte-order mark would lose it on the way back.
  if (!once || once->starts_with("\xEF\xBB\xBF")) return 0;
  const auto twice = rewritten(*once);
  SKERRY_CHECK(twice.ok() && *twice == *once);
  return 0;
}
