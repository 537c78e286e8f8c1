// SPDX-License-Identifier: Apache-2.0
#include "data/json.h"

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <cmath>
#include <limits>
#include <utility>

#include "base/ids.h"
#include "data/number.h"

namespace skerry::json {
namespace {

namespace bj = boost::json;

constexpr std::size_t kKeyBytesShown = 64;  // Of a name from outside, in an error text.

// Builds the tree itself instead of using bj::parse, which keeps the last of repeated keys: a
// document that means two things at once is refused here.
class TreeHandler {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  Value take() { return std::move(root_); }
  bool repeated_key() const { return repeated_key_; }

  bool on_document_begin(bj::error_code&) { return true; }
  bool on_document_end(bj::error_code&) { return true; }
  bool on_object_begin(bj::error_code& code) { return open(Object(), code); }
  bool on_object_end(std::size_t, bj::error_code&) { return close(); }
  bool on_array_begin(bj::error_code& code) { return open(Array(), code); }
  bool on_array_end(std::size_t, bj::error_code&) { return close(); }
  bool on_key_part(bj::string_view part, std::size_t, bj::error_code&) {
    text_.append(part);
    return true;
  }
  bool on_key(bj::string_view part, std::size_t, bj::error_code&) {
    text_.append(part);
    keys_.push_back(std::move(text_));
    text_.clear();
    return true;
  }
  bool on_string_part(bj::string_view part, std::size_t, bj::error_code&) {
    text_.append(part);
    return true;
  }
  bool on_string(bj::string_view part, std::size_t, bj::error_code& code) {
    text_.append(part);
    const bool placed = place(bj::string(text_), code) != nullptr;
    text_.clear();
    return placed;
  }
  bool on_number_part(bj::string_view, bj::error_code&) { return true; }
  bool on_int64(std::int64_t v, bj::string_view, bj::error_code& code) { return place(v, code); }
  bool on_uint64(std::uint64_t v, bj::string_view, bj::error_code& code) { return place(v, code); }
  // Boost.JSON's own value can be off by one in the last place, so the text is read again: a
  // document in one piece hands each number over whole.
  bool on_double(double, bj::string_view text, bj::error_code& code) {
    const Result<double> value = parse_number({text.data(), text.size()});
    if (!value.ok() || !std::isfinite(*value)) {
      code = bj::error::exponent_overflow;
      return false;
    }
    return place(*value, code) != nullptr;
  }
  bool on_bool(bool v, bj::error_code& code) { return place(v, code); }
  bool on_null(bj::error_code& code) { return place(nullptr, code); }
  bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
  bool on_comment(bj::string_view, bj::error_code&) { return true; }

 private:
  // Pointers into the tree stay valid: only the innermost container grows while it is open.
  Value* place(Value value, bj::error_code& code) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (Array* array = open_.back()->if_array()) {
      array->push_back(std::move(value));
      return &array->back();
    }
    Object& object = open_.back()->get_object();
    const auto [position, inserted] = object.emplace(keys_.back(), std::move(value));
    keys_.pop_back();
    if (!inserted) {
      repeated_key_ = true;
      code = bj::error::syntax;
      return nullptr;
    }
    return &position->value();
  }
  bool open(Value container, bj::error_code& code) {
    Value* placed = place(std::move(container), code);
    if (placed == nullptr) return false;
    open_.push_back(placed);
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  Value root_;
  std::vector<Value*> open_;
  std::vector<std::string> keys_;
  std::string text_;
  bool repeated_key_ = false;
};

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          constexpr std::string_view kHex = "0123456789abcdef";
          out += "\\u00";
          out += kHex[static_cast<unsigned char>(c) >> 4];
          out += kHex[static_cast<unsigned char>(c) & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

// Writes a tree on one line or indented.
class Writer {
 public:
  Writer(std::string& out, bool pretty) : out_(out), pretty_(pretty) {}

  void write(const Value& value) {
    switch (value.kind()) {
      case bj::kind::null: out_ += "null"; break;
      case bj::kind::bool_: out_ += value.get_bool() ? "true" : "false"; break;
      case bj::kind::int64: out_ += std::to_string(value.get_int64()); break;
      case bj::kind::uint64: out_ += std::to_string(value.get_uint64()); break;
      case bj::kind::double_: write_double(value.get_double()); break;
      case bj::kind::string: append_string(out_, value.get_string()); break;
      case bj::kind::array: write_array(value.get_array()); break;
      case bj::kind::object: write_object(value.get_object()); break;
    }
  }

 private:
  void write_double(double value) {
    SKERRY_CHECK(std::isfinite(value));
    append_number(out_, value);
    // "-0" alone would be read as the integer 0 and lose its sign.
    if (value == 0 && std::signbit(value)) out_ += ".0";
  }
  void write_array(const Array& array) {
    // Arrays of scalars stay on one line, so that vectors of numbers remain readable.
    const bool nested =
        std::ranges::any_of(array, [](const Value& v) { return v.is_object() || v.is_array(); });
    out_ += '[';
    ++depth_;
    bool first = true;
    for (const Value& item : array) {
      if (!first) out_ += pretty_ && !nested ? ", " : ",";
      first = false;
      if (nested) line_break();
      write(item);
    }
    --depth_;
    if (nested && !array.empty()) line_break();
    out_ += ']';
  }
  void write_object(const Object& object) {
    out_ += '{';
    ++depth_;
    bool first = true;
    for (const auto& member : object) {
      if (!first) out_ += ',';
      first = false;
      line_break();
      append_string(out_, member.key());
      out_ += pretty_ ? ": " : ":";
      write(member.value());
    }
    --depth_;
    if (!object.empty()) line_break();
    out_ += '}';
  }
  void line_break() {
    if (pretty_) out_.append("\n").append(depth_ * 2, ' ');
  }

  std::string& out_;
  bool pretty_;
  std::size_t depth_ = 0;
};

Error wrong_type(std::string_view key, std::string_view wanted) {
  return invalid_argument("\"" + std::string(key) + "\" is not " + std::string(wanted));
}

Result<const Value*> find(const Object& object, std::string_view key) {
  const Value* value = object.if_contains(key);
  if (value == nullptr) return invalid_argument("\"" + std::string(key) + "\" is missing");
  return value;
}

Result<double> number_of(const Value& value, std::string_view key) {
  if (value.is_double()) return value.get_double();
  if (value.is_int64()) return static_cast<double>(value.get_int64());
  if (value.is_uint64()) return static_cast<double>(value.get_uint64());
  return wrong_type(key, "a number");
}

}  // namespace

Result<Value> parse(std::string_view text, ParseLimits limits) {
  if (text.size() > limits.bytes_max) {
    return Error(Code::kResourceExhausted,
                 "JSON document is larger than " + std::to_string(limits.bytes_max) + " bytes");
  }
  bj::parse_options options;
  options.max_depth = limits.depth_max;
  bj::basic_parser<TreeHandler> parser(options);
  bj::error_code code;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), code);
  if (!code && used < text.size()) code = bj::error::extra_data;
  if (code == bj::error::too_deep) {
    return Error(Code::kResourceExhausted,
                 "JSON nests deeper than " + std::to_string(limits.depth_max) + " levels");
  }
  if (code) {
    const std::string reason = parser.handler().repeated_key() ? "repeated key" : code.message();
    return invalid_argument("JSON: " + reason + " near byte " + std::to_string(used));
  }
  return parser.handler().take();
}

std::string dump(const Value& value) {
  std::string out;
  Writer(out, false).write(value);
  return out;
}

std::string dump_pretty(const Value& value) {
  std::string out;
  Writer(out, true).write(value);
  return out + "\n";
}

Result<const Object*> as_object(const Value& value, std::string_view what) {
  const Object* object = value.if_object();
  if (object == nullptr) return invalid_argument(std::string(what) + " is not an object");
  return object;
}

Result<const Array*> as_array(const Value& value, std::string_view what) {
  const Array* array = value.if_array();
  if (array == nullptr) return invalid_argument(std::string(what) + " is not an array");
  return array;
}

Result<std::string> get_string(const Object& object, std::string_view key) {
  const Value* value = TRY(find(object, key));
  if (!value->is_string()) return wrong_type(key, "a string");
  return std::string(value->get_string());
}

Result<double> get_number(const Object& object, std::string_view key) {
  return number_of(*TRY(find(object, key)), key);
}

Result<std::int64_t> get_int(const Object& object, std::string_view key) {
  const Value* value = TRY(find(object, key));
  if (value->is_int64()) return value->get_int64();
  if (value->is_uint64() && std::in_range<std::int64_t>(value->get_uint64())) {
    return static_cast<std::int64_t>(value->get_uint64());
  }
  if (value->is_double()) {
    const double number = value->get_double();
    if (std::trunc(number) == number && std::abs(number) < 9e15) {
      return static_cast<std::int64_t>(number);
    }
  }
  return wrong_type(key, "a whole number");
}

Result<bool> get_bool(const Object& object, std::string_view key) {
  const Value* value = TRY(find(object, key));
  if (!value->is_bool()) return wrong_type(key, "true or false");
  return value->get_bool();
}

Result<const Object*> get_object(const Object& object, std::string_view key) {
  const Value* value = TRY(find(object, key));
  if (!value->is_object()) return wrong_type(key, "an object");
  return &value->get_object();
}

Result<const Array*> get_array(const Object& object, std::string_view key) {
  const Value* value = TRY(find(object, key));
  if (!value->is_array()) return wrong_type(key, "an array");
  return &value->get_array();
}

Result<std::vector<double>> get_numbers(const Object& object, std::string_view key) {
  const Array* array = TRY(get_array(object, key));
  std::vector<double> numbers;
  numbers.reserve(array->size());
  for (const Value& item : *array) numbers.push_back(TRY(number_of(item, key)));
  return numbers;
}

Result<std::vector<std::string>> get_strings(const Object& object, std::string_view key) {
  const Array* array = TRY(get_array(object, key));
  std::vector<std::string> strings;
  strings.reserve(array->size());
  for (const Value& item : *array) {
    if (!item.is_string()) return wrong_type(key, "an array of strings");
    strings.emplace_back(item.get_string());
  }
  return strings;
}

Result<std::string> get_string_or(const Object& object, std::string_view key,
                                  std::string fallback) {
  if (!object.contains(key)) return fallback;
  return get_string(object, key);
}

Result<double> get_number_or(const Object& object, std::string_view key, double fallback) {
  if (!object.contains(key)) return fallback;
  return get_number(object, key);
}

Result<std::int64_t> get_int_or(const Object& object, std::string_view key, std::int64_t fallback) {
  if (!object.contains(key)) return fallback;
  return get_int(object, key);
}

Result<bool> get_bool_or(const Object& object, std::string_view key, bool fallback) {
  if (!object.contains(key)) return fallback;
  return get_bool(object, key);
}

Status check_keys(const Object& object, const std::vector<std::string>& known,
                  std::string_view what) {
  for (const auto& member : object) {
    const std::string key(member.key());
    if (std::ranges::find(known, key) != known.end()) continue;
    if (key.size() > kKeyBytesShown) {
      return invalid_argument(std::string(what) + " has an unknown member with a name of " +
                              std::to_string(key.size()) + " bytes");
    }
    const std::string near = nearest_word(key, known);
    return invalid_argument(std::string(what) + " has an unknown member \"" + key + "\"" +
                            (near.empty() ? "" : "; did you mean \"" + near + "\"?"));
  }
  return ok_status();
}

Array from_numbers(const std::vector<double>& numbers) {
  return Array(numbers.begin(), numbers.end());
}

Array from_strings(const std::vector<std::string>& strings) {
  Array array;
  array.reserve(strings.size());
  for (const std::string& text : strings) array.emplace_back(text);
  return array;
}

}  // namespace skerry::json
