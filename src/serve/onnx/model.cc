// SPDX-License-Identifier: Apache-2.0
#include "serve/onnx/model.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "serve/onnx/strings.h"
#include "serve/tensor_check.h"

namespace skerry::serve::onnx {
namespace {

class OnnxModel final : public Model {
 public:
  OnnxModel(std::shared_ptr<const Library> library, Handle<OrtSession> graph)
      : library_(std::move(library)), graph_(std::move(graph)) {}

  Status read_ports();
  const std::vector<TensorSpec>& inputs() const override { return inputs_; }
  const std::vector<TensorSpec>& outputs() const override { return outputs_; }
  Status infer(std::span<const TensorView> in, std::vector<Tensor>& out) override;

 private:
  using ValueHandle = Handle<OrtValue>;

  Result<TensorSpec> read_port(std::size_t index, bool input) const;
  Result<ValueHandle> wrap(const TensorView& tensor) const;
  Status unwrap(const OrtValue* value, const TensorSpec& spec, Tensor& out) const;

  // Constant after read_ports(). The library outlives the graph.
  const std::shared_ptr<const Library> library_;
  const Handle<OrtSession> graph_;
  std::vector<TensorSpec> inputs_;
  std::vector<TensorSpec> outputs_;
  std::vector<const char*> input_names_;
  std::vector<const char*> output_names_;
};

Result<TensorSpec> OnnxModel::read_port(std::size_t index, bool input) const {
  const OrtApi& api = library_->api();
  OrtAllocator* allocator = nullptr;
  TRY(library_->check(api.GetAllocatorWithDefaultOptions(&allocator)));
  char* raw_name = nullptr;
  TRY(library_->check((input ? api.SessionGetInputName : api.SessionGetOutputName)(
      graph_.get(), index, allocator, &raw_name)));
  TensorSpec spec;
  spec.name = raw_name;
  TRY(library_->check(api.AllocatorFree(allocator, raw_name)));

  OrtTypeInfo* raw_type = nullptr;
  TRY(library_->check((input ? api.SessionGetInputTypeInfo : api.SessionGetOutputTypeInfo)(
      graph_.get(), index, &raw_type)));
  const Handle<OrtTypeInfo> type(raw_type, api.ReleaseTypeInfo);
  const OrtTensorTypeAndShapeInfo* info = nullptr;  // Borrowed from `type`.
  TRY(library_->check(api.CastTypeInfoToTensorInfo(type.get(), &info)));
  if (info == nullptr)
    return invalid_argument("\"" + spec.name + "\" of the model is not a tensor");
  ONNXTensorElementDataType element{};
  TRY(library_->check(api.GetTensorElementType(info, &element)));
  const auto dtype = dtype_from_onnx(element);
  if (!dtype) return invalid_argument("\"" + spec.name + "\" of the model has an unsupported type");
  spec.type = *dtype;
  std::size_t rank = 0;
  TRY(library_->check(api.GetDimensionsCount(info, &rank)));
  spec.shape.resize(rank);
  TRY(library_->check(api.GetDimensions(info, spec.shape.data(), rank)));
  return spec;
}

Status OnnxModel::read_ports() {
  const OrtApi& api = library_->api();
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  TRY(library_->check(api.SessionGetInputCount(graph_.get(), &inputs)));
  TRY(library_->check(api.SessionGetOutputCount(graph_.get(), &outputs)));
  for (std::size_t i = 0; i < inputs; ++i) inputs_.push_back(TRY(read_port(i, true)));
  for (std::size_t i = 0; i < outputs; ++i) outputs_.push_back(TRY(read_port(i, false)));
  for (const TensorSpec& spec : inputs_) input_names_.push_back(spec.name.c_str());
  for (const TensorSpec& spec : outputs_) output_names_.push_back(spec.name.c_str());
  return ok_status();
}

Result<OnnxModel::ValueHandle> OnnxModel::wrap(const TensorView& tensor) const {
  const OrtApi& api = library_->api();
  if (tensor.type == DType::kBytes) return make_string_tensor(*library_, tensor);
  // ONNX Runtime takes a mutable pointer for both directions but never writes to an input. It wants
  // a pointer even where there is no element.
  static constexpr char kNothing[16] = {};
  const char* data = tensor.bytes.empty() ? kNothing : tensor.bytes.data();
  OrtValue* value = nullptr;
  TRY(library_->check(api.CreateTensorWithDataAsOrtValue(
      library_->cpu_memory(), const_cast<char*>(data), tensor.bytes.size(), tensor.shape.data(),
      tensor.shape.size(), onnx_from_dtype(tensor.type), &value)));
  return ValueHandle(value, api.ReleaseValue);
}

Status OnnxModel::unwrap(const OrtValue* value, const TensorSpec& spec, Tensor& out) const {
  const OrtApi& api = library_->api();
  OrtTensorTypeAndShapeInfo* raw_info = nullptr;
  TRY(library_->check(api.GetTensorTypeAndShape(value, &raw_info)));
  const Handle<OrtTensorTypeAndShapeInfo> info(raw_info, api.ReleaseTensorTypeAndShapeInfo);
  std::size_t rank = 0;
  std::size_t elements = 0;
  TRY(library_->check(api.GetDimensionsCount(info.get(), &rank)));
  TRY(library_->check(api.GetTensorShapeElementCount(info.get(), &elements)));
  if (out.name != spec.name) out.name = spec.name;
  out.type = spec.type;
  out.shape.resize(rank);
  TRY(library_->check(api.GetDimensions(info.get(), out.shape.data(), rank)));
  if (spec.type == DType::kBytes) return read_string_tensor(*library_, value, elements, out.bytes);
  const void* data = nullptr;
  TRY(library_->check(
      api.GetTensorMutableData(const_cast<OrtValue*>(value), const_cast<void**>(&data))));
  out.bytes.resize(elements * dtype_size(spec.type));
  if (!out.bytes.empty()) std::memcpy(out.bytes.data(), data, out.bytes.size());
  return ok_status();
}

Status OnnxModel::infer(std::span<const TensorView> in, std::vector<Tensor>& out) {
  const OrtApi& api = library_->api();
  if (in.size() != inputs_.size()) {
    return invalid_argument("the model takes " + std::to_string(inputs_.size()) + " inputs, not " +
                            std::to_string(in.size()));
  }
  std::vector<ValueHandle> owned;
  std::vector<const OrtValue*> values;
  owned.reserve(in.size() + outputs_.size());
  values.reserve(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (const Status fits = check_tensor(inputs_[i], in[i]); !fits) {
      return fits.error().with("input \"" + inputs_[i].name + "\"");
    }
    owned.push_back(TRY(wrap(in[i])));
    values.push_back(owned.back().get());
  }
  std::vector<OrtValue*> results(outputs_.size(), nullptr);
  OrtStatus* status = api.Run(graph_.get(), nullptr, input_names_.data(), values.data(),
                              values.size(), output_names_.data(), results.size(), results.data());
  for (OrtValue* result : results) {
    if (result != nullptr) owned.emplace_back(result, api.ReleaseValue);
  }
  TRY(library_->check(status));
  out.resize(outputs_.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i] == nullptr)
      return internal_error("the model left out output \"" + outputs_[i].name + "\"");
    TRY(unwrap(results[i], outputs_[i], out[i]));
  }
  return ok_status();
}

}  // namespace

Result<std::unique_ptr<Model>> open_model(std::shared_ptr<const Library> library,
                                          Handle<OrtSession> graph) {
  auto model = std::make_unique<OnnxModel>(std::move(library), std::move(graph));
  TRY(model->read_ports());
  return std::unique_ptr<Model>(std::move(model));
}

}  // namespace skerry::serve::onnx
