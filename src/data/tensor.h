// SPDX-License-Identifier: Apache-2.0
//
// Tensors as Open Inference Protocol V2 names them.
// Threads: values.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace skerry {

enum class DType {
  kBool,
  kUint8,
  kUint16,
  kUint32,
  kUint64,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kFp16,
  kBf16,
  kFp32,
  kFp64,
  kBytes,
};

// The OIP spelling: "FP32", "INT64", "BYTES", ...
std::string_view dtype_name(DType type);
std::optional<DType> dtype_from_name(std::string_view name);
// Bytes per element; 0 for kBytes.
std::size_t dtype_size(DType type);

// Dimensions; -1 stands for a variable one in a signature, never in a tensor.
using Shape = std::vector<std::int64_t>;

// Product of the dimensions. Errors: kInvalidArgument for a negative dimension, more than 32
// dimensions, or a product above limits::kTensorElementsMax (checked before it can overflow).
Result<std::size_t> element_count(const Shape& shape);

std::string format_shape(const Shape& shape);  // "[1,57]"

// What a model takes or gives.
struct TensorSpec {
  std::string name;
  DType type = DType::kFp32;
  Shape shape;
};

// A tensor that owns its bytes: little-endian, row-major; BYTES elements are u32 length and bytes.
struct Tensor {
  std::string name;
  DType type = DType::kFp32;
  Shape shape;
  std::vector<char> bytes;  // Allocated with at least 16-byte alignment by operator new.

  template <typename T>
  std::span<const T> view() const {
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
  template <typename T>
  std::span<T> view() {
    return {reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
};

}  // namespace skerry
