// SPDX-License-Identifier: Apache-2.0
#include "serve/oip_inference.h"

#include <charconv>
#include <vector>

#include "serve/tensor_json.h"

namespace skerry::serve {
namespace {

// Memory that a thread keeps between requests.
struct Workspace {
  InferRequest request;
  std::vector<Tensor> outputs;
};

Workspace& workspace() {
  thread_local Workspace mine;
  return mine;
}

void append_size(std::string& out, std::int64_t value) {
  char text[24];
  out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

void append_shape(std::string& out, const Shape& shape) {
  out += '[';
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) out += ',';
    append_size(out, shape[i]);
  }
  out += ']';
}

Status append_output(std::string& out, const Tensor& tensor, bool binary) {
  out += "{\"name\":";
  append_json_string(out, tensor.name);
  out += ",\"datatype\":\"";
  out += dtype_name(tensor.type);
  out += "\",\"shape\":";
  append_shape(out, tensor.shape);
  if (binary) {
    out += ",\"parameters\":{\"binary_data_size\":";
    append_size(out, static_cast<std::int64_t>(tensor.bytes.size()));
    out += "}}";
    return ok_status();
  }
  out += ",\"data\":";
  TRY(append_json_tensor(out, tensor).with("output \"" + tensor.name + "\""));
  out += '}';
  return ok_status();
}

Status write_reply(const LoadedModel& model, const Workspace& work, InferReply& reply) {
  std::string& out = reply.body;
  out.clear();
  reply.json_bytes.reset();
  out += "{\"model_name\":";
  append_json_string(out, model.name);
  out += ",\"model_version\":\"";
  append_size(out, model.version);
  out += '"';
  if (work.request.id()) {
    out += ",\"id\":";
    append_json_string(out, *work.request.id());
  }
  out += ",\"outputs\":[";
  bool any_binary = false;
  for (const RequestedOutput& output : work.request.outputs()) {
    if (out.back() != '[') out += ',';
    TRY(append_output(out, work.outputs[output.index], output.binary));
    any_binary = any_binary || output.binary;
  }
  out += "]}";
  if (!any_binary) return ok_status();
  reply.json_bytes = out.size();
  for (const RequestedOutput& output : work.request.outputs()) {
    const auto& bytes = work.outputs[output.index].bytes;
    if (output.binary) out.append(bytes.data(), bytes.size());
  }
  return ok_status();
}

Status run(const LoadedModel& model, sys::Clock& clock, const InferBody& body, InferReply& reply) {
  Workspace& work = workspace();
  const sys::SteadyTime start = clock.steady_now();
  Status status = work.request.read(*model.model, body);
  if (!status) {
    model.counters->failed(Failure::kRejected, clock.steady_now() - start);
    return status;
  }
  const sys::SteadyTime decoded = clock.steady_now();
  status = model.model->infer(work.request.inputs(), work.outputs);
  const sys::SteadyTime inferred = clock.steady_now();
  if (status) status = write_reply(model, work, reply);
  const sys::SteadyTime end = clock.steady_now();
  if (status) {
    model.counters->succeeded({end - start, decoded - start, inferred - decoded, end - inferred},
                              work.request.rows());
  } else {
    const bool refused = status.error().code() == Code::kInvalidArgument;
    model.counters->failed(refused ? Failure::kRejected : Failure::kBackend, end - start);
  }
  work.request.shrink();
  return status;
}

}  // namespace

Result<std::optional<std::int64_t>> parse_version(std::string_view text) {
  if (text.empty()) return std::optional<std::int64_t>();
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || end != text.data() + text.size() || text[0] == '-') {
    return invalid_argument("a model version is a number");
  }
  return std::optional(version);
}

Status oip_infer(const ModelRepository& models, sys::Clock& clock, std::string_view name,
                 std::string_view version, const InferBody& body, InferReply& reply) {
  const auto wanted = TRY(parse_version(version));
  const ModelRepository::Handle model = TRY(models.acquire(name, wanted));
  return run(*model, clock, body, reply);
}

}  // namespace skerry::serve
