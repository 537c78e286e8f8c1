// SPDX-License-Identifier: Apache-2.0
#include "train/field_reader.h"

#include <algorithm>
#include <cmath>

#include "base/ids.h"
#include "data/json.h"
#include "data/number.h"

namespace skerry::train {

void Problems::add(std::string_view path, std::string_view what) {
  found.push_back(path.empty() ? std::string(what) : std::string(path) + ": " + std::string(what));
}

Status Problems::status(std::string_view what) const {
  if (found.empty()) return {};
  if (found.size() == 1) return invalid_argument(std::string(what) + ": " + found.front());
  std::string message = std::string(what) + ": " + std::to_string(found.size()) + " problems";
  for (const auto& problem : found) message += "\n  - " + problem;
  return invalid_argument(std::move(message));
}

std::string FieldReader::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

void FieldReader::problem(std::string_view key, std::string_view what) {
  problems_.add(path_of(key), what);
}

const json::Value* FieldReader::find(std::string_view key, bool required) {
  asked_.emplace_back(key);
  const json::Value* value = object_.if_contains(key);
  if (value != nullptr && value->is_null()) value = nullptr;
  if (value == nullptr && required) problem(key, "is missing");
  return value;
}

std::string FieldReader::text(std::string_view key, const std::optional<std::string>& fallback) {
  const json::Value* value = find(key, !fallback);
  if (value == nullptr) return fallback.value_or("");
  if (value->is_string()) {
    const auto& text = value->get_string();
    if (text.empty()) problem(key, "is empty");
    return {text.data(), text.size()};
  }
  problem(key, "is not text");
  return fallback.value_or("");
}

double FieldReader::number(std::string_view key, Range range, std::optional<double> fallback) {
  const json::Value* value = find(key, !fallback);
  const double otherwise = fallback.value_or(0);
  if (value == nullptr) return otherwise;
  if (!value->is_number()) {
    problem(key, "is not a number");
    return otherwise;
  }
  const double number = value->to_number<double>();
  const bool too_low = range.low_open ? !(number > range.low) : !(number >= range.low);
  if (too_low || !(number <= range.high)) {
    problem(key, format_number(number) + " is outside " + (range.low_open ? "(" : "[") +
                     format_number(range.low) + ", " + format_number(range.high) + "]");
    return otherwise;
  }
  return number;
}

std::int64_t FieldReader::integer(std::string_view key, std::int64_t low, std::int64_t high,
                                  std::optional<std::int64_t> fallback) {
  const json::Value* value = find(key, !fallback);
  const std::int64_t otherwise = fallback.value_or(low);
  if (value == nullptr) return otherwise;
  if (!value->is_int64()) {
    problem(key, "is not a whole number");
    return otherwise;
  }
  const std::int64_t number = value->get_int64();
  if (number < low || number > high) {
    problem(key, std::to_string(number) + " is outside [" + std::to_string(low) + ", " +
                     std::to_string(high) + "]");
    return otherwise;
  }
  return number;
}

bool FieldReader::flag(std::string_view key, bool fallback) {
  const json::Value* value = find(key, false);
  if (value == nullptr) return fallback;
  if (!value->is_bool()) {
    problem(key, "is not true or false");
    return fallback;
  }
  return value->get_bool();
}

std::string FieldReader::choice(std::string_view key, const std::vector<std::string>& words,
                                const std::optional<std::string>& fallback) {
  const bool present = has(key);
  std::string word = text(key, fallback);
  if (!present || std::find(words.begin(), words.end(), word) != words.end()) return word;
  std::string list;
  for (const auto& known : words) list += (list.empty() ? "" : ", ") + known;
  problem(key, "\"" + word + "\" is none of " + list);
  return fallback.value_or(words.front());
}

std::string FieldReader::cell(std::string_view key) {
  const json::Value* value = find(key, false);
  if (value == nullptr) return {};
  if (value->is_string()) return {value->get_string().data(), value->get_string().size()};
  if (value->is_bool()) return value->get_bool() ? "true" : "false";
  if (value->is_number()) return format_number(value->to_number<double>());
  problem(key, "is not a plain value");
  return {};
}

std::vector<double> FieldReader::increasing(std::string_view key) {
  const json::Value* value = find(key, false);
  std::vector<double> numbers;
  if (value == nullptr) return numbers;
  if (!value->is_array()) {
    problem(key, "is not a list of numbers");
    return numbers;
  }
  for (const auto& item : value->get_array()) {
    if (!item.is_number()) {
      problem(key, "holds something other than a number");
      return {};
    }
    const double number = item.to_number<double>();
    if (!numbers.empty() && !(number > numbers.back())) {
      problem(key, "is not in increasing order");
      return {};
    }
    numbers.push_back(number);
  }
  return numbers;
}

std::vector<std::string> FieldReader::texts(std::string_view key) {
  const json::Value* value = find(key, false);
  std::vector<std::string> texts;
  if (value == nullptr) return texts;
  if (!value->is_array()) {
    problem(key, "is not a list");
    return texts;
  }
  for (const auto& item : value->get_array()) {
    if (!item.is_string()) {
      problem(key, "holds something other than text");
      return {};
    }
    texts.emplace_back(item.get_string().data(), item.get_string().size());
  }
  return texts;
}

const json::Value* FieldReader::value(std::string_view key) { return find(key, false); }

const json::Object* FieldReader::mapping(std::string_view key, bool required) {
  const json::Value* value = find(key, required);
  if (value == nullptr) return nullptr;
  if (!value->is_object()) {
    problem(key, "is not a mapping");
    return nullptr;
  }
  return &value->get_object();
}

void FieldReader::finish() {
  for (const auto& member : object_) {
    const std::string key(member.key().data(), member.key().size());
    if (std::find(asked_.begin(), asked_.end(), key) != asked_.end()) continue;
    const std::string nearest = nearest_word(key, asked_);
    problem(key,
            nearest.empty() ? "unknown key" : "unknown key, did you mean \"" + nearest + "\"?");
  }
}

}  // namespace skerry::train
