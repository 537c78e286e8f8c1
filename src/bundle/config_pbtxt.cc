// SPDX-License-Identifier: Apache-2.0
//
// Source: Triton's model_config.proto (ModelConfig) in protobuf text format.
#include <fmt/core.h>

#include <algorithm>

#include "bundle/bundle.h"
#include "data/tensor.h"

namespace skerry::bundle {
namespace {

// A bound that no small model meets in practice; Triton wants a number where batches may grow.
constexpr int kMaxBatchSize = 4096;

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\{:03o}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string type_name(DType type) {
  return type == DType::kBytes ? "TYPE_STRING" : fmt::format("TYPE_{}", dtype_name(type));
}

bool batches(const std::vector<TensorSpec>& tensors) {
  return std::ranges::all_of(
      tensors, [](const TensorSpec& t) { return !t.shape.empty() && t.shape.front() == -1; });
}

std::string tensors(std::string_view field, const std::vector<TensorSpec>& specs, bool batched) {
  std::string out;
  for (const TensorSpec& spec : specs) {
    const Shape dims(spec.shape.begin() + (batched ? 1 : 0), spec.shape.end());
    out += fmt::format("{} {{\n  name: {}\n  data_type: {}\n", field, quoted(spec.name),
                       type_name(spec.type));
    for (const std::int64_t dimension : dims) out += fmt::format("  dims: {}\n", dimension);
    // dims may not be empty; the runtime's shape then stands in reshape.
    if (dims.empty()) out += "  dims: 1\n  reshape { }\n";
    out += "}\n";
  }
  return out;
}

}  // namespace

std::string config_pbtxt(std::string_view name, const Signature& signature) {
  const bool batched = batches(signature.inputs) && batches(signature.outputs);
  return fmt::format("name: {}\nplatform: \"onnxruntime_onnx\"\nmax_batch_size: {}\n", quoted(name),
                     batched ? kMaxBatchSize : 0) +
         tensors("input", signature.inputs, batched) +
         tensors("output", signature.outputs, batched);
}

}  // namespace skerry::bundle
