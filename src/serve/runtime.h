// SPDX-License-Identifier: Apache-2.0
//
// A runtime turns model bytes into something that can be asked (step 3). The embedded one is ONNX
// Runtime (serve/onnx). Threads: Runtime and Model are internally synchronised; infer() may run on
// many threads at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/tensor.h"

namespace skerry::serve {

// A tensor whose bytes somebody else keeps, aligned for its type.
struct TensorView {
  DType type = DType::kFp32;
  std::span<const std::int64_t> shape;
  std::span<const char> bytes;
};

class Model {
 public:
  virtual ~Model() = default;
  virtual const std::vector<TensorSpec>& inputs() const = 0;
  virtual const std::vector<TensorSpec>& outputs() const = 0;

  // `in` follows inputs() in order. Outputs are replaced, in the order of outputs(); their storage
  // is reused. Errors: kInvalidArgument for a type or shape the model refuses, kInternal.
  virtual Status infer(std::span<const TensorView> in, std::vector<Tensor>& out) = 0;
};

class Runtime {
 public:
  virtual ~Runtime() = default;
  // `onnx` is only read during the call. Errors: kInvalidArgument for a graph the runtime refuses,
  // kUnavailable when the runtime's library cannot be loaded.
  virtual Result<std::unique_ptr<Model>> load(std::string_view onnx) = 0;
  // "onnxruntime 1.28.0".
  virtual std::string version() const = 0;
};

}  // namespace skerry::serve
