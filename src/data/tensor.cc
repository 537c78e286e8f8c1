// SPDX-License-Identifier: Apache-2.0
#include "data/tensor.h"

#include <algorithm>
#include <array>

#include "base/limits.h"

namespace skerry {
namespace {

struct DTypeRow {
  DType type;
  std::string_view name;
  std::size_t size;
};

constexpr std::array<DTypeRow, 14> kTypes{{
    {DType::kBool, "BOOL", 1},
    {DType::kUint8, "UINT8", 1},
    {DType::kUint16, "UINT16", 2},
    {DType::kUint32, "UINT32", 4},
    {DType::kUint64, "UINT64", 8},
    {DType::kInt8, "INT8", 1},
    {DType::kInt16, "INT16", 2},
    {DType::kInt32, "INT32", 4},
    {DType::kInt64, "INT64", 8},
    {DType::kFp16, "FP16", 2},
    {DType::kBf16, "BF16", 2},
    {DType::kFp32, "FP32", 4},
    {DType::kFp64, "FP64", 8},
    {DType::kBytes, "BYTES", 0},
}};

constexpr std::size_t kDimensionsMax = 32;

}  // namespace

std::string_view dtype_name(DType type) { return kTypes[static_cast<std::size_t>(type)].name; }

std::optional<DType> dtype_from_name(std::string_view name) {
  const auto found = std::ranges::find(kTypes, name, &DTypeRow::name);
  if (found == kTypes.end()) return std::nullopt;
  return found->type;
}

std::size_t dtype_size(DType type) { return kTypes[static_cast<std::size_t>(type)].size; }

Result<std::size_t> element_count(const Shape& shape) {
  if (shape.size() > kDimensionsMax) return invalid_argument("shape has more than 32 dimensions");
  std::size_t count = 1;
  bool empty = false;
  for (const std::int64_t dimension : shape) {
    if (dimension < 0) return invalid_argument("shape has a negative dimension");
    if (dimension == 0) {
      empty = true;
      continue;
    }
    if (static_cast<std::uint64_t>(dimension) > limits::kTensorElementsMax / count) {
      return invalid_argument("shape has more than " + std::to_string(limits::kTensorElementsMax) +
                              " elements");
    }
    count *= static_cast<std::size_t>(dimension);
  }
  return empty ? 0 : count;
}

std::string format_shape(const Shape& shape) {
  std::string out = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) out += ',';
    out += std::to_string(shape[i]);
  }
  return out + "]";
}

}  // namespace skerry
