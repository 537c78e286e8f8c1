// SPDX-License-Identifier: Apache-2.0
#include "serve/tensor_json.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <type_traits>

#include "data/number.h"
#include "serve/tensor_check.h"

namespace skerry::serve {
namespace {

Error binary_only(DType type) {
  return invalid_argument(std::string(dtype_name(type)) +
                          " has no JSON form here; use the binary tensor extension");
}

// Calls `use` with a value of the C++ type that holds `type`. False for a type without one.
template <typename Use>
bool with_type(DType type, const Use& use) {
  switch (type) {
    case DType::kBool: return use(bool{}), true;
    case DType::kUint8: return use(std::uint8_t{}), true;
    case DType::kUint16: return use(std::uint16_t{}), true;
    case DType::kUint32: return use(std::uint32_t{}), true;
    case DType::kUint64: return use(std::uint64_t{}), true;
    case DType::kInt8: return use(std::int8_t{}), true;
    case DType::kInt16: return use(std::int16_t{}), true;
    case DType::kInt32: return use(std::int32_t{}), true;
    case DType::kInt64: return use(std::int64_t{}), true;
    case DType::kFp32: return use(float{}), true;
    case DType::kFp64: return use(double{}), true;
    case DType::kFp16:
    case DType::kBf16:
    case DType::kBytes: return false;
  }
  return false;
}

template <typename T>
void append_value(std::string& out, T value) {
  if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::is_floating_point_v<T>) {
    if (std::isfinite(value)) {
      append_number(out, value);
    } else {
      out += "null";
    }
  } else {
    char text[24];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    out.append(text, end);
  }
}

Status append_bytes_tensor(std::string& out, const Tensor& tensor) {
  std::string_view rest(tensor.bytes.data(), tensor.bytes.size());
  for (bool first = true; !rest.empty(); first = false) {
    const std::string_view element = TRY(take_bytes_element(rest));
    if (!fast_json::valid_utf8(element)) return binary_only(tensor.type);
    if (!first) out += ',';
    append_json_string(out, element);
  }
  return ok_status();
}

}  // namespace

Status read_json_tensor(const fast_json::Value& data, DType type, std::size_t elements,
                        std::vector<char>& out) {
  if (type == DType::kBytes) {
    out.clear();
    return fast_json::read_strings(data, elements, &out, [](void* context, std::string_view text) {
      append_bytes_element(*static_cast<std::vector<char>*>(context), text);
    });
  }
  Status status;
  const bool known = with_type(type, [&](auto zero) {
    out.resize(elements * sizeof zero);
    status =
        fast_json::read_elements(data, elements, reinterpret_cast<decltype(zero)*>(out.data()));
  });
  if (!known) return binary_only(type);
  return status;
}

Status append_json_tensor(std::string& out, const Tensor& tensor) {
  out += '[';
  if (tensor.type == DType::kBytes) {
    TRY(append_bytes_tensor(out, tensor));
  } else {
    const bool known = with_type(tensor.type, [&](auto zero) {
      bool first = true;
      for (const auto value : tensor.view<decltype(zero)>()) {
        if (!first) out += ',';
        first = false;
        append_value(out, value);
      }
    });
    if (!known) return binary_only(tensor.type);
  }
  out += ']';
  return ok_status();
}

void append_json_string(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace skerry::serve
