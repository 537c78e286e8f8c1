// SPDX-License-Identifier: Apache-2.0
//
// Numbers as text, independent of the locale.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace skerry {

// Appends the shortest text that reads back to the same value. `value` is finite.
void append_number(std::string& out, double value);
void append_number(std::string& out, float value);

std::string format_number(double value);

// The whole of `text` as a finite or non-finite decimal ("nan" and "inf" included).
// Errors: kInvalidArgument, also for a number too large or too small for a double.
Result<double> parse_number(std::string_view text);

}  // namespace skerry
