// SPDX-License-Identifier: Apache-2.0
#include "serve/oip_request.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "serve/oip_parameters.h"
#include "serve/tensor_check.h"
#include "serve/tensor_json.h"

namespace skerry::serve {
namespace {

constexpr std::size_t kRankMax = 32;
constexpr std::size_t kKeptBytesMax = 1u << 20;  // Of each buffer between requests.

std::string input_text(std::string_view name) { return "input \"" + std::string(name) + "\""; }

Status read_shape(const fast_json::Value& value, Shape& shape) {
  if (value.kind() != fast_json::Kind::kArray) return invalid_argument("shape is not an array");
  shape.clear();
  fast_json::ArrayCursor cursor(value);
  for (fast_json::Value dimension; cursor.next(dimension);) {
    const auto size = dimension.integer();
    if (!size || *size < 0) return invalid_argument("shape holds something else than sizes");
    if (shape.size() == kRankMax) return invalid_argument("shape has more than 32 dimensions");
    shape.push_back(*size);
  }
  return ok_status();
}

template <typename T>
std::size_t index_of(const std::vector<T>& specs, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::find(specs, name, &T::name) - specs.begin());
}

}  // namespace

// What stands at the top of a request, in whatever order it came.
struct InferRequest::Members {
  std::optional<fast_json::Value> inputs;
  std::optional<fast_json::Value> outputs;
  bool binary_output = false;
};

Status InferRequest::read(const Model& model, const InferBody& body) {
  const std::size_t count = model.inputs().size();
  id_.reset();
  outputs_.clear();
  inputs_.assign(count, {});
  given_.assign(count, false);
  shapes_.resize(std::max(shapes_.size(), count));
  storage_.resize(std::max(storage_.size(), count));
  if (body.json_bytes == 0) return read_raw(model, body.bytes);
  const std::size_t json_bytes = body.json_bytes.value_or(body.bytes.size());
  if (json_bytes > body.bytes.size()) {
    return invalid_argument("Inference-Header-Content-Length is larger than the body");
  }
  const std::string_view json = body.bytes.substr(0, json_bytes);
  const fast_json::Value root = TRY(parser_.parse(json));
  if (root.kind() != fast_json::Kind::kObject)
    return invalid_argument("the request is not a JSON object");
  Members members;
  TRY(read_members(root, members));
  if (!members.inputs) return invalid_argument("the request has no inputs");
  TRY(read_inputs(model, *members.inputs, json, body.bytes.substr(json_bytes)));
  if (members.outputs) return read_outputs(model, *members.outputs, members.binary_output);
  for (std::size_t i = 0; i < model.outputs().size(); ++i)
    outputs_.push_back({i, members.binary_output});
  return ok_status();
}

Status InferRequest::read_members(const fast_json::Value& root, Members& members) {
  fast_json::ObjectCursor cursor(root);
  std::string_view key;
  for (fast_json::Value value; cursor.next(key, value);) {
    if (key == "id") {
      const auto id = value.string();
      if (!id || id_) return invalid_argument("id is not one string");
      id_ = std::string(*id);
    } else if (key == "parameters") {
      const RequestParameters parameters = TRY(read_request_parameters(value));
      members.binary_output = parameters.binary_data_output;
    } else if (key == "inputs" || key == "outputs") {
      auto& member = key == "inputs" ? members.inputs : members.outputs;
      if (value.kind() != fast_json::Kind::kArray || member) {
        return invalid_argument(std::string(key) + " is not one array");
      }
      member = value;
    }
  }
  return ok_status();
}

Status InferRequest::read_inputs(const Model& model, const fast_json::Value& list,
                                 std::string_view json, std::string_view binary) {
  fast_json::ArrayCursor cursor(list);
  for (fast_json::Value value; cursor.next(value);) {
    const Draft draft = TRY(read_draft(value));
    if (const Status taken = take_input(model, draft, json, binary); !taken) {
      return taken.error().with(input_text(draft.name));
    }
  }
  const auto missing = std::ranges::find(given_, false);
  if (missing != given_.end()) {
    return invalid_argument(input_text(model.inputs()[missing - given_.begin()].name) +
                            " is missing");
  }
  if (!binary.empty()) {
    return invalid_argument(std::to_string(binary.size()) +
                            " bytes are left over behind the last tensor");
  }
  return ok_status();
}

Result<InferRequest::Draft> InferRequest::read_draft(const fast_json::Value& value) const {
  if (value.kind() != fast_json::Kind::kObject)
    return invalid_argument("an input is not an object");
  Draft draft;
  fast_json::ObjectCursor cursor(value);
  std::string_view key;
  for (fast_json::Value member; cursor.next(key, member);) {
    if (key == "name" || key == "datatype") {
      const auto text = member.string();
      auto& target = key == "name" ? draft.name : draft.datatype;
      if (!text || text->empty() || !target.empty()) {
        return invalid_argument("the " + std::string(key) + " of an input is not one string");
      }
      target = *text;
    } else if (key == "shape" || key == "data") {
      auto& target = key == "shape" ? draft.shape : draft.data;
      if (target) return invalid_argument("an input has two members called " + std::string(key));
      target = member;
    } else if (key == "parameters") {
      draft.binary_bytes = TRY(read_input_parameters(member));
    }
  }
  if (draft.name.empty()) return invalid_argument("an input has no name");
  return draft;
}

Status InferRequest::take_input(const Model& model, const Draft& draft, std::string_view json,
                                std::string_view& binary) {
  const std::size_t index = index_of(model.inputs(), draft.name);
  if (index == model.inputs().size()) return invalid_argument("the model has no such input");
  if (given_[index]) return invalid_argument("given twice");
  if (draft.datatype.empty() || !draft.shape)
    return invalid_argument("datatype or shape is missing");
  if (draft.data.has_value() == draft.binary_bytes.has_value()) {
    return invalid_argument("exactly one of data and the parameter binary_data_size is needed");
  }
  const TensorSpec& spec = model.inputs()[index];
  if (dtype_from_name(draft.datatype) != spec.type) {
    return invalid_argument("the model takes the datatype " + std::string(dtype_name(spec.type)));
  }
  TRY(read_shape(*draft.shape, shapes_[index]));
  const std::size_t elements = TRY(element_count(shapes_[index]));
  TensorView view{spec.type, shapes_[index], {}};
  if (draft.data) {
    TRY(take_data(spec, draft, elements, json.size(), storage_[index]));
    view.bytes = storage_[index];
  } else {
    if (*draft.binary_bytes > binary.size()) {
      return invalid_argument("expecting " + std::to_string(*draft.binary_bytes - binary.size()) +
                              " additional bytes");
    }
    view.bytes = aligned(binary.substr(0, *draft.binary_bytes), spec.type, storage_[index]);
    binary.remove_prefix(*draft.binary_bytes);
  }
  TRY(check_tensor(spec, view));
  inputs_[index] = view;
  given_[index] = true;
  return ok_status();
}

Status InferRequest::take_data(const TensorSpec& spec, const Draft& draft, std::size_t elements,
                               std::size_t json_bytes, std::vector<char>& out) const {
  // An element takes at least two bytes of text, its comma or bracket included: a shape that
  // promises more than the text can hold is refused before memory is taken for it.
  if (elements > json_bytes / 2) {
    return invalid_argument("data does not hold exactly the " + std::to_string(elements) +
                            " elements of the shape");
  }
  return read_json_tensor(*draft.data, spec.type, elements, out);
}

std::span<const char> InferRequest::aligned(std::string_view bytes, DType type,
                                            std::vector<char>& storage) const {
  const std::size_t width = std::max<std::size_t>(dtype_size(type), 1);
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % width == 0)
    return {bytes.data(), bytes.size()};
  storage.assign(bytes.begin(), bytes.end());
  return storage;
}

Status InferRequest::read_outputs(const Model& model, const fast_json::Value& list, bool binary) {
  fast_json::ArrayCursor cursor(list);
  for (fast_json::Value value; cursor.next(value);) {
    std::string_view name;
    bool wants_binary = binary;
    fast_json::ObjectCursor members(value);
    std::string_view key;
    for (fast_json::Value member; members.next(key, member);) {
      if (key == "name") name = member.string().value_or("");
      if (key == "parameters") wants_binary = TRY(read_output_parameters(member, binary));
    }
    const std::size_t index = index_of(model.outputs(), name);
    if (index == model.outputs().size()) {
      return invalid_argument("the model has no output \"" + std::string(name) + "\"");
    }
    if (std::ranges::find(outputs_, index, &RequestedOutput::index) != outputs_.end()) {
      return invalid_argument("output \"" + std::string(name) + "\" is asked for twice");
    }
    outputs_.push_back({index, wants_binary});
  }
  if (outputs_.empty())
    return invalid_argument("outputs is empty; leave it out to get every output");
  return ok_status();
}

Status InferRequest::read_raw(const Model& model, std::string_view bytes) {
  if (model.inputs().size() != 1) return invalid_argument("a raw body needs a model of one input");
  const TensorSpec& spec = model.inputs()[0];
  Shape& shape = shapes_[0];
  shape = spec.shape;
  std::size_t row = std::max<std::size_t>(dtype_size(spec.type), 1);
  for (std::int64_t& dimension : shape) {
    if (dimension > 0) row *= static_cast<std::size_t>(dimension);
  }
  const auto variable = std::ranges::count_if(shape, [](std::int64_t size) { return size < 0; });
  if (variable > 1 || spec.type == DType::kBytes || row == 0 || bytes.size() % row != 0) {
    return invalid_argument("a raw body does not fit the shape " + format_shape(spec.shape));
  }
  for (std::int64_t& dimension : shape) {
    if (dimension < 0) dimension = static_cast<std::int64_t>(bytes.size() / row);
  }
  inputs_[0] = {spec.type, shape, aligned(bytes, spec.type, storage_[0])};
  TRY(check_tensor(spec, inputs_[0]));
  for (std::size_t i = 0; i < model.outputs().size(); ++i) outputs_.push_back({i, true});
  return ok_status();
}

std::size_t InferRequest::rows() const {
  if (inputs_.empty() || inputs_[0].shape.empty()) return 1;
  return std::max<std::size_t>(static_cast<std::size_t>(inputs_[0].shape[0]), 1);
}

void InferRequest::shrink() {
  parser_.shrink(kKeptBytesMax);
  for (auto& buffer : storage_) {
    if (buffer.capacity() > kKeptBytesMax) std::vector<char>().swap(buffer);
  }
}

}  // namespace skerry::serve
