// SPDX-License-Identifier: Apache-2.0
//
// The opened ONNX Runtime library: its function table, its environment and the types it names.
// Threads: immutable after open(); ONNX Runtime synchronises its environment.
#pragma once

#include <onnxruntime_c_api.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/tensor.h"

namespace skerry::serve::onnx {

// A handle of ONNX Runtime, given back through the function table.
template <typename T>
using Handle = std::unique_ptr<T, void(ORT_API_CALL*)(T*)>;

class Library {
 public:
  // Errors: kUnavailable naming the path.
  static Result<std::shared_ptr<const Library>> open(const std::string& path);

  const OrtApi& api() const { return *api_; }
  const OrtEnv* environment() const { return environment_.get(); }
  const OrtMemoryInfo* cpu_memory() const { return cpu_memory_.get(); }
  const std::string& version() const { return version_; }

  // Consumes `status`: ok for null. Errors: kInvalidArgument where the model or the input is at
  // fault, kInternal for the rest.
  Status check(OrtStatus* status) const;
  // The same while a graph is read: whatever goes wrong then is the graph's fault.
  Status check_graph(OrtStatus* status) const;

 private:
  Library(const OrtApi* api, std::string version);

  const OrtApi* api_;
  std::string version_;
  Handle<OrtEnv> environment_;
  Handle<OrtMemoryInfo> cpu_memory_;
};

// Nullopt for a type that Open Inference Protocol has no name for.
std::optional<DType> dtype_from_onnx(ONNXTensorElementDataType type);
ONNXTensorElementDataType onnx_from_dtype(DType type);

}  // namespace skerry::serve::onnx
