// SPDX-License-Identifier: Apache-2.0
#include "serve/tensor_check.h"

#include <algorithm>
#include <cstdint>
#include <string>

namespace skerry::serve {
namespace {

Status check_shape(const TensorSpec& spec, std::span<const std::int64_t> shape) {
  bool fits = shape.size() == spec.shape.size();
  for (std::size_t i = 0; fits && i < shape.size(); ++i) {
    fits = spec.shape[i] < 0 || spec.shape[i] == shape[i];
  }
  if (fits) return ok_status();
  return invalid_argument("has the shape " + format_shape({shape.begin(), shape.end()}) +
                          "; the model takes " + format_shape(spec.shape));
}

Result<std::size_t> count_bytes_elements(std::string_view rest) {
  std::size_t count = 0;
  for (; !rest.empty(); ++count) TRY(take_bytes_element(rest));
  return count;
}

}  // namespace

Status check_tensor(const TensorSpec& spec, const TensorView& tensor) {
  if (tensor.type != spec.type) {
    return invalid_argument("has the datatype " + std::string(dtype_name(tensor.type)) +
                            "; the model takes " + std::string(dtype_name(spec.type)));
  }
  const std::size_t elements = TRY(element_count({tensor.shape.begin(), tensor.shape.end()}));
  TRY(check_shape(spec, tensor.shape));
  if (spec.type == DType::kBytes) {
    const std::string_view bytes(tensor.bytes.data(), tensor.bytes.size());
    const std::size_t found = TRY(count_bytes_elements(bytes));
    if (found == elements) return ok_status();
    return invalid_argument("has " + std::to_string(found) + " elements; its shape has " +
                            std::to_string(elements));
  }
  const std::size_t expected = elements * dtype_size(spec.type);
  if (tensor.bytes.size() != expected) {
    return invalid_argument("has " + std::to_string(tensor.bytes.size()) +
                            " bytes; its shape needs " + std::to_string(expected));
  }
  // Anything else in a bool is undefined behaviour in the code that reads it.
  if (spec.type == DType::kBool &&
      std::ranges::any_of(tensor.bytes, [](char c) { return c != 0 && c != 1; })) {
    return invalid_argument("has a BOOL that is neither 0 nor 1");
  }
  return ok_status();
}

Result<std::string_view> take_bytes_element(std::string_view& rest) {
  if (rest.size() < 4) return invalid_argument("a BYTES element is cut off in its length");
  std::uint32_t length = 0;
  for (std::size_t i = 4; i-- > 0;) length = length << 8 | static_cast<std::uint8_t>(rest[i]);
  if (rest.size() - 4 < length) return invalid_argument("a BYTES element is cut off");
  const std::string_view element = rest.substr(4, length);
  rest.remove_prefix(4 + std::size_t{length});
  return element;
}

void append_bytes_element(std::vector<char>& out, std::string_view element) {
  const auto length = static_cast<std::uint32_t>(element.size());
  for (unsigned shift = 0; shift < 32; shift += 8)
    out.push_back(static_cast<char>(length >> shift & 0xff));
  out.insert(out.end(), element.begin(), element.end());
}

}  // namespace skerry::serve
