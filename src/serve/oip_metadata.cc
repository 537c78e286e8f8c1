// SPDX-License-Identifier: Apache-2.0
#include "serve/oip_metadata.h"

#include <utility>

namespace skerry::serve {
namespace {

constexpr const char* kPlatform = "onnxruntime_onnx";

json::Array shape_to_json(const Shape& shape) {
  json::Array out;
  for (const std::int64_t dimension : shape) out.emplace_back(dimension);
  return out;
}

json::Array specs(const std::vector<TensorSpec>& tensors) {
  json::Array out;
  for (const TensorSpec& tensor : tensors) {
    out.push_back(json::Object{{"name", tensor.name},
                               {"datatype", dtype_name(tensor.type)},
                               {"shape", shape_to_json(tensor.shape)}});
  }
  return out;
}

// "TYPE_FP32"; Triton's configuration calls BYTES a string.
std::string config_type(DType type) {
  return type == DType::kBytes ? "TYPE_STRING" : "TYPE_" + std::string(dtype_name(type));
}

json::Array config_tensors(const std::vector<TensorSpec>& tensors) {
  json::Array out;
  for (const TensorSpec& tensor : tensors) {
    out.push_back(json::Object{{"name", tensor.name},
                               {"data_type", config_type(tensor.type)},
                               {"dims", shape_to_json(tensor.shape)}});
  }
  return out;
}

json::Object count_and_time(std::uint64_t count, std::chrono::nanoseconds time) {
  return {{"count", count}, {"ns", time.count()}};
}

json::Object statistics(const LoadedModel& model) {
  const Totals totals = model.counters->totals();
  const std::chrono::nanoseconds none{0};
  json::Object stages{
      {"success", count_and_time(totals.requests, totals.times.request)},
      {"fail", count_and_time(totals.rejected + totals.backend_failures, totals.failed_time)},
      {"queue", count_and_time(totals.requests, none)},
      {"compute_input", count_and_time(totals.requests, totals.times.input)},
      {"compute_infer", count_and_time(totals.requests, totals.times.infer)},
      {"compute_output", count_and_time(totals.requests, totals.times.output)},
      {"cache_hit", count_and_time(0, none)},
      {"cache_miss", count_and_time(0, none)}};
  return {{"name", model.name},
          {"version", std::to_string(model.version)},
          {"inference_count", totals.rows},
          {"execution_count", totals.requests},
          {"inference_stats", std::move(stages)},
          {"batch_stats", json::Array()},
          {"memory_usage", json::Array()},
          {"response_stats", json::Object()}};
}

}  // namespace

json::Object model_metadata(const LoadedModel& model, const std::vector<std::int64_t>& versions) {
  json::Array names;
  for (const std::int64_t version : versions) names.emplace_back(std::to_string(version));
  return {{"name", model.name},
          {"versions", std::move(names)},
          {"platform", kPlatform},
          {"inputs", specs(model.model->inputs())},
          {"outputs", specs(model.model->outputs())}};
}

json::Object model_config(const LoadedModel& model) {
  json::Object versions{{"specific", json::Object{{"versions", json::Array{model.version}}}}};
  json::Object group{{"name", model.name + "_0"}, {"kind", "KIND_CPU"}, {"count", 1}};
  return {{"name", model.name},
          {"platform", kPlatform},
          {"backend", "onnxruntime"},
          {"version_policy", std::move(versions)},
          {"max_batch_size", 0},
          {"input", config_tensors(model.model->inputs())},
          {"output", config_tensors(model.model->outputs())},
          {"instance_group", json::Array{std::move(group)}},
          {"default_model_filename", "model.onnx"},
          {"model_transaction_policy", json::Object{{"decoupled", false}}}};
}

json::Array repository_index(const std::vector<VersionState>& states, bool ready_only) {
  json::Array out;
  for (const VersionState& state : states) {
    if (ready_only && !state.ready) continue;
    out.push_back(json::Object{{"name", state.name},
                               {"version", std::to_string(state.version)},
                               {"state", state.ready ? "READY" : "UNAVAILABLE"},
                               {"reason", state.reason}});
  }
  return out;
}

json::Object model_statistics(std::span<const ModelRepository::Handle> models) {
  json::Array out;
  for (const auto& model : models) out.push_back(statistics(*model));
  return {{"model_stats", std::move(out)}};
}

}  // namespace skerry::serve
