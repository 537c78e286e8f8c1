// SPDX-License-Identifier: Apache-2.0
//
// JSON trees. Objects keep insertion order, so the order written down in code is the order on disk,
// and dump() is deterministic: identical trees give identical bytes. Threads: values; parse() and
// dump() may be called from any thread.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"

namespace skerry::json {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;

struct ParseLimits {
  std::size_t bytes_max = limits::kJsonBytesMax;
  std::size_t depth_max = limits::kJsonDepthMax;
};

// Strict RFC 8259, UTF-8 checked, repeated keys refused. Errors: kInvalidArgument with the byte
// offset, kResourceExhausted above a limit.
Result<Value> parse(std::string_view text, ParseLimits limits = {});

// One line without spaces, numbers in the shortest form that reads back to the same double.
// Non-finite numbers cannot occur in a tree built by parse(); building one is an invariant broken.
std::string dump(const Value& value);

// Two-space indentation and a final newline, for files that people read.
std::string dump_pretty(const Value& value);

// Typed access for documents from outside. Each names the path of the offending member.
// Errors: kInvalidArgument "field \"seq\" is missing" or "... is not a string".
Result<const Object*> as_object(const Value& value, std::string_view what);
Result<const Array*> as_array(const Value& value, std::string_view what);
Result<std::string> get_string(const Object& object, std::string_view key);
Result<double> get_number(const Object& object, std::string_view key);  // Any JSON number.
Result<std::int64_t> get_int(const Object& object, std::string_view key);
Result<bool> get_bool(const Object& object, std::string_view key);
Result<const Object*> get_object(const Object& object, std::string_view key);
Result<const Array*> get_array(const Object& object, std::string_view key);
Result<std::vector<double>> get_numbers(const Object& object, std::string_view key);
Result<std::vector<std::string>> get_strings(const Object& object, std::string_view key);

// The same, `fallback` where the member is absent.
Result<std::string> get_string_or(const Object& object, std::string_view key, std::string fallback);
Result<double> get_number_or(const Object& object, std::string_view key, double fallback);
Result<std::int64_t> get_int_or(const Object& object, std::string_view key, std::int64_t fallback);
Result<bool> get_bool_or(const Object& object, std::string_view key, bool fallback);

// Errors: kInvalidArgument naming the first member of `object` that is not in `known`, with the
// nearest known one as a suggestion.
Status check_keys(const Object& object, const std::vector<std::string>& known,
                  std::string_view what);

Array from_numbers(const std::vector<double>& numbers);
Array from_strings(const std::vector<std::string>& strings);

}  // namespace skerry::json
