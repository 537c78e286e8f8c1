// SPDX-License-Identifier: Apache-2.0
//
// Reads an Open Inference Protocol V2 inference request, JSON or JSON with binary tensors behind
// it, into tensors that fit the model. Format: docs/formats/open-inference.md. Threads: an
// InferRequest belongs to one thread and keeps its memory between requests. Source: Open Inference
// Protocol 2.0 (REST); Triton's binary tensor extension.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/fast_json.h"
#include "data/tensor.h"
#include "serve/runtime.h"

namespace skerry::serve {

// A body as it came: all JSON, or `json_bytes` of JSON and the bytes of tensors (raw when 0).
struct InferBody {
  std::string_view bytes;
  std::optional<std::size_t> json_bytes;
};

struct RequestedOutput {
  std::size_t index = 0;  // Into Model::outputs().
  bool binary = false;
};

class InferRequest {
 public:
  InferRequest() = default;
  InferRequest(const InferRequest&) = delete;  // Owns a parser and buffers that views point into.
  InferRequest& operator=(const InferRequest&) = delete;

  // Replaces what was read before. The views live until the next read() and as long as `body`.
  // Errors: kInvalidArgument naming the member for everything that is wrong with the request,
  // kUnimplemented for classification, shared memory and durable acknowledgement.
  Status read(const Model& model, const InferBody& body);

  // In the order of Model::inputs().
  const std::vector<TensorView>& inputs() const { return inputs_; }
  const std::vector<RequestedOutput>& outputs() const { return outputs_; }
  // To be echoed; nullopt when the request had none.
  const std::optional<std::string>& id() const { return id_; }
  // Rows of the first input, at least 1, for the counters.
  std::size_t rows() const;

  // Gives memory back after a large request.
  void shrink();

 private:
  // One element of "inputs", before it is matched with the model.
  struct Draft {
    std::string_view name;
    std::string_view datatype;
    std::optional<fast_json::Value> shape;
    std::optional<fast_json::Value> data;
    std::optional<std::size_t> binary_bytes;
  };
  struct Members;

  Status read_raw(const Model& model, std::string_view bytes);
  Status read_members(const fast_json::Value& root, Members& members);
  Status read_inputs(const Model& model, const fast_json::Value& list, std::string_view json,
                     std::string_view binary);
  Result<Draft> read_draft(const fast_json::Value& value) const;
  Status take_input(const Model& model, const Draft& draft, std::string_view json,
                    std::string_view& binary);
  Status read_outputs(const Model& model, const fast_json::Value& list, bool binary);
  Status take_data(const TensorSpec& spec, const Draft& draft, std::size_t elements,
                   std::size_t json_bytes, std::vector<char>& out) const;
  std::span<const char> aligned(std::string_view bytes, DType type,
                                std::vector<char>& storage) const;

  fast_json::Parser parser_;
  std::optional<std::string> id_;
  std::vector<TensorView> inputs_;
  std::vector<bool> given_;
  std::vector<Shape> shapes_;  // What the views of inputs_ point into.
  std::vector<std::vector<char>> storage_;
  std::vector<RequestedOutput> outputs_;
};

}  // namespace skerry::serve
