// SPDX-License-Identifier: Apache-2.0
//
// Reads the mappings of a document that people write and notes every mistake, so that all of them
// are reported at once. A key that was never asked for is unknown: the reader needs no second list
// of keys. Threads: single-thread.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/json.h"

namespace skerry::train {

// Mistakes in the order they were found, each "source.file: is missing".
struct Problems {
  std::vector<std::string> found;

  void add(std::string_view path, std::string_view what);
  // ok, or kInvalidArgument with one line a problem under `what`.
  Status status(std::string_view what) const;
};

struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_open = false;  // True: `low` itself is refused.
};

class FieldReader {
 public:
  // `object` and `problems` outlive the reader. `path` is "" at the top of the document.
  FieldReader(const json::Object& object, std::string path, Problems& problems)
      : object_(object), path_(std::move(path)), problems_(problems) {}

  // Each of these notes a problem for a member of another type and then returns the fallback;
  // without a fallback an absent member is a problem too.
  std::string text(std::string_view key, const std::optional<std::string>& fallback = std::nullopt);
  double number(std::string_view key, Range range, std::optional<double> fallback = std::nullopt);
  std::int64_t integer(std::string_view key, std::int64_t low, std::int64_t high,
                       std::optional<std::int64_t> fallback = std::nullopt);
  bool flag(std::string_view key, bool fallback);
  // One of `words`.
  std::string choice(std::string_view key, const std::vector<std::string>& words,
                     const std::optional<std::string>& fallback = std::nullopt);
  // Text, or a number or boolean as it would be written in a CSV cell. Empty when absent.
  std::string cell(std::string_view key);
  // Strictly increasing finite numbers; empty when absent.
  std::vector<double> increasing(std::string_view key);
  std::vector<std::string> texts(std::string_view key);
  // A member that is read by somebody else; nullptr when absent.
  const json::Value* value(std::string_view key);
  const json::Object* mapping(std::string_view key, bool required);

  bool has(std::string_view key) const { return object_.contains(key); }
  // "source.file" for `key`.
  std::string path_of(std::string_view key) const;
  void problem(std::string_view key, std::string_view what);
  // Notes every member that no call above asked for. Call last.
  void finish();

 private:
  const json::Value* find(std::string_view key, bool required);

  const json::Object& object_;
  const std::string path_;
  Problems& problems_;
  std::vector<std::string> asked_;
};

}  // namespace skerry::train
