// SPDX-License-Identifier: Apache-2.0
#include "data/fast_json.h"

#include <simdjson.h>

#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>

namespace skerry::fast_json {
namespace {

namespace dom = simdjson::dom;

// The library's elements and iterators are a pointer to the document and an index into its tape.
template <typename To, typename From>
To as(const From& from) {
  static_assert(std::is_trivially_copyable_v<To> && std::is_trivially_copyable_v<From>);
  return std::bit_cast<To>(from);
}

Kind kind_of(dom::element_type type) {
  switch (type) {
    case dom::element_type::ARRAY: return Kind::kArray;
    case dom::element_type::OBJECT: return Kind::kObject;
    case dom::element_type::INT64: return Kind::kInteger;
    case dom::element_type::UINT64: return Kind::kUnsigned;
    case dom::element_type::DOUBLE: return Kind::kDouble;
    case dom::element_type::STRING: return Kind::kString;
    case dom::element_type::BOOL: return Kind::kBool;
    case dom::element_type::NULL_VALUE: return Kind::kNull;
  }
  return Kind::kNull;
}

template <typename T, typename Element>
std::optional<T> get(const Element& element) {
  T value{};
  if (as<dom::element>(element).get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

Error wrong_count(std::size_t count) {
  return invalid_argument("data does not hold exactly the " + std::to_string(count) +
                          " elements of the shape");
}

// How one JSON element becomes a T; false when it does not fit.
template <typename T>
bool convert(const dom::element& element, T& out) {
  if constexpr (std::is_same_v<T, bool>) {
    return element.get(out) == simdjson::SUCCESS;
  } else if constexpr (std::is_floating_point_v<T>) {
    double value = 0;
    if (element.get(value) != simdjson::SUCCESS) {
      if (!element.is_null()) return false;
      value = std::numeric_limits<double>::quiet_NaN();
    }
    out = static_cast<T>(value);
    return !std::isinf(out);
  } else {
    using Wide = std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>;
    Wide value = 0;
    if (element.get(value) != simdjson::SUCCESS) return false;
    out = static_cast<T>(value);
    return static_cast<Wide>(out) == value;
  }
}

// Depth is bounded by the parser.
template <typename Take>
Status for_each_leaf(const dom::array& array, const Take& take) {
  for (const dom::element element : array) {
    dom::array inner;
    if (element.get(inner) == simdjson::SUCCESS) {
      TRY(for_each_leaf(inner, take));
    } else {
      TRY(take(element));
    }
  }
  return ok_status();
}

template <typename Take>
Status read_array(const auto& value, std::size_t count, const Take& take) {
  dom::array array;
  if (as<dom::element>(value).get(array) != simdjson::SUCCESS) {
    return invalid_argument("data is not an array");
  }
  std::size_t seen = 0;
  TRY(for_each_leaf(array, [&](const dom::element& element) -> Status {
    if (seen == count) return wrong_count(count);
    return take(element, seen++);
  }));
  if (seen != count) return wrong_count(count);
  return ok_status();
}

}  // namespace

struct Parser::State {
  dom::parser parser;
};

Parser::Parser(std::size_t bytes_max, std::size_t depth_max)
    : bytes_max_(bytes_max), depth_max_(depth_max) {}
Parser::~Parser() = default;

Result<Value> Parser::parse(std::string_view text) {
  if (text.size() > bytes_max_) {
    return Error(Code::kResourceExhausted,
                 "JSON of more than " + std::to_string(bytes_max_) + " bytes");
  }
  if (state_ == nullptr) {
    auto state = std::make_unique<State>();
    if (state->parser.allocate(std::size_t{4} << 10, depth_max_) != simdjson::SUCCESS) {
      return Error(Code::kResourceExhausted, "no memory to read JSON");
    }
    state_ = std::move(state);
  }
  dom::element root;
  const auto error = state_->parser.parse(text.data(), text.size(), true).get(root);
  if (error == simdjson::DEPTH_ERROR) {
    return invalid_argument("JSON nested more than " + std::to_string(depth_max_) + " deep");
  }
  if (error != simdjson::SUCCESS) {
    return invalid_argument(std::string("not valid JSON: ") + simdjson::error_message(error));
  }
  Value value;
  value.element_ = as<Value::Element>(root);
  return value;
}

void Parser::shrink(std::size_t bytes) {
  if (state_ != nullptr && state_->parser.capacity() > bytes) state_.reset();
}

Kind Value::kind() const { return kind_of(as<dom::element>(element_).type()); }
std::optional<bool> Value::boolean() const { return get<bool>(element_); }
std::optional<std::int64_t> Value::integer() const { return get<std::int64_t>(element_); }
std::optional<std::uint64_t> Value::unsigned_integer() const {
  return get<std::uint64_t>(element_);
}
std::optional<double> Value::number() const { return get<double>(element_); }
std::optional<std::string_view> Value::string() const { return get<std::string_view>(element_); }

ArrayCursor::ArrayCursor(const Value& value) {
  dom::array array;
  if (as<dom::element>(value.element_).get(array) != simdjson::SUCCESS) return;
  position_ = as<Value::Element>(array.begin());
  end_ = as<Value::Element>(array.end());
}

bool ArrayCursor::next(Value& value) {
  if (position_.index == end_.index) return false;
  auto iterator = as<dom::array::iterator>(position_);
  value.element_ = as<Value::Element>(*iterator);
  position_ = as<Value::Element>(++iterator);
  return true;
}

ObjectCursor::ObjectCursor(const Value& value) {
  dom::object object;
  if (as<dom::element>(value.element_).get(object) != simdjson::SUCCESS) return;
  position_ = as<Value::Element>(object.begin());
  end_ = as<Value::Element>(object.end());
}

bool ObjectCursor::next(std::string_view& key, Value& value) {
  if (position_.index == end_.index) return false;
  auto iterator = as<dom::object::iterator>(position_);
  key = iterator.key();
  value.element_ = as<Value::Element>(iterator.value());
  position_ = as<Value::Element>(++iterator);
  return true;
}

template <typename T>
Status read_elements(const Value& value, std::size_t count, T* out) {
  return read_array(value, count, [out](const dom::element& element, std::size_t at) -> Status {
    if (convert(element, out[at])) return ok_status();
    return invalid_argument("element " + std::to_string(at) + " of data does not fit the datatype");
  });
}

template Status read_elements(const Value&, std::size_t, bool*);
template Status read_elements(const Value&, std::size_t, std::int8_t*);
template Status read_elements(const Value&, std::size_t, std::int16_t*);
template Status read_elements(const Value&, std::size_t, std::int32_t*);
template Status read_elements(const Value&, std::size_t, std::int64_t*);
template Status read_elements(const Value&, std::size_t, std::uint8_t*);
template Status read_elements(const Value&, std::size_t, std::uint16_t*);
template Status read_elements(const Value&, std::size_t, std::uint32_t*);
template Status read_elements(const Value&, std::size_t, std::uint64_t*);
template Status read_elements(const Value&, std::size_t, float*);
template Status read_elements(const Value&, std::size_t, double*);

Status read_strings(const Value& value, std::size_t count, void* context,
                    void (*take)(void* context, std::string_view)) {
  return read_array(value, count, [&](const dom::element& element, std::size_t at) -> Status {
    std::string_view text;
    if (element.get(text) != simdjson::SUCCESS) {
      return invalid_argument("element " + std::to_string(at) + " of data is not a string");
    }
    take(context, text);
    return ok_status();
  });
}

bool valid_utf8(std::string_view text) { return simdjson::validate_utf8(text); }

}  // namespace skerry::fast_json
