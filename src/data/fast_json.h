// SPDX-License-Identifier: Apache-2.0
//
// JSON on the hot path: a parser that keeps its memory between documents, and cursors over what it
// read. Whole documents only, UTF-8 and nesting are checked; repeated keys are the caller's to
// refuse. Cold paths use data/json.h. Threads: a parser and what it returned belong to one thread.
// A Value lives until the next parse().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"

namespace skerry::fast_json {

enum class Kind { kNull, kBool, kInteger, kUnsigned, kDouble, kString, kArray, kObject };

class Value {
 public:
  Kind kind() const;
  // The value when it has that kind, nullopt otherwise. An integer is also a number.
  std::optional<bool> boolean() const;
  std::optional<std::int64_t> integer() const;
  std::optional<std::uint64_t> unsigned_integer() const;
  std::optional<double> number() const;
  std::optional<std::string_view> string() const;

 private:
  friend class Parser;
  friend class ArrayCursor;
  friend class ObjectCursor;
  // An element of the library, which stays out of this header.
  struct Element {
    const void* document = nullptr;
    std::size_t index = 0;
  } element_;
};

// Walks an array: `while (cursor.next(value)) ...`. Of a Value that is no array, nothing.
class ArrayCursor {
 public:
  explicit ArrayCursor(const Value& array);
  bool next(Value& value);

 private:
  Value::Element position_;
  Value::Element end_;
};

class ObjectCursor {
 public:
  explicit ObjectCursor(const Value& object);
  bool next(std::string_view& key, Value& value);

 private:
  Value::Element position_;
  Value::Element end_;
};

class Parser {
 public:
  explicit Parser(std::size_t bytes_max = limits::kJsonBytesMax,
                  std::size_t depth_max = limits::kJsonDepthMax);
  ~Parser();

  // Errors: kInvalidArgument for text that is not one JSON document, kResourceExhausted above a
  // limit.
  Result<Value> parse(std::string_view text);

  // Gives memory back after a document of more than `bytes`.
  void shrink(std::size_t bytes);

 private:
  struct State;
  const std::size_t bytes_max_;
  const std::size_t depth_max_;
  std::unique_ptr<State> state_;
};

// Appends the elements of `array`, nested or flat, in their order, to `out`; null reads as NaN for
// floating types. Errors: kInvalidArgument for more than `count` or fewer elements, another kind of
// element, or a number that does not fit T (bool takes true and false alone).
template <typename T>
Status read_elements(const Value& array, std::size_t count, T* out);

// The same for strings: calls `take(context, string)` for each.
Status read_strings(const Value& array, std::size_t count, void* context,
                    void (*take)(void* context, std::string_view));

bool valid_utf8(std::string_view text);

}  // namespace skerry::fast_json
