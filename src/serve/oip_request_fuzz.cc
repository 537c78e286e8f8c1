// SPDX-License-Identifier: Apache-2.0
//
// An inference request: the first byte says how much of the rest is JSON, in 256ths; 255 = all of
// it.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "serve/oip_request.h"
#include "serve/tensor_check.h"

namespace skerry::serve {
namespace {

class AnyModel final : public Model {
 public:
  const std::vector<TensorSpec>& inputs() const override { return inputs_; }
  const std::vector<TensorSpec>& outputs() const override { return outputs_; }
  Status infer(std::span<const TensorView>, std::vector<Tensor>&) override { return ok_status(); }

 private:
  const std::vector<TensorSpec> inputs_{{"features", DType::kFp32, {-1, 3}},
                                        {"names", DType::kBytes, {-1}}};
  const std::vector<TensorSpec> outputs_{{"prediction", DType::kFp32, {-1, 1}},
                                         {"margin", DType::kFp32, {-1, 1}}};
};

}  // namespace
}  // namespace skerry::serve

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  skerry::serve::InferBody request{body, {}};
  if (data[0] != 255) request.json_bytes = body.size() * data[0] / 255;
  const skerry::serve::AnyModel model;
  skerry::serve::InferRequest reader;
  if (!reader.read(model, request)) return 0;
  // What was accepted fits the model, whatever it was.
  for (std::size_t i = 0; i < model.inputs().size(); ++i) {
    if (!skerry::serve::check_tensor(model.inputs()[i], reader.inputs()[i])) __builtin_trap();
  }
  return 0;
}
