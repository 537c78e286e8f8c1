// SPDX-License-Identifier: Apache-2.0
//
// skerry.json (docs/formats/bundle.md). Member order is fixed here: same manifest, same bytes.
#include <fmt/core.h>

#include <cmath>
#include <limits>

#include "bundle/bundle.h"
#include "data/json.h"
#include "data/number.h"
#include "data/tensor.h"
#include "domain/observation.h"
#include "stats/conformal.h"
#include "stats/detector_reference.h"

namespace skerry::bundle {
namespace {

constexpr std::string_view kApiVersion = "skerry/v1";
constexpr std::string_view kKind = "ModelManifest";
// Half a step above the largest float: the least double that no float holds.
constexpr double kRoundsToInfinity = 0x1.ffffffp127;

// The double whose shortest text is the float's shortest text (0.1 instead of 0.10000000149011612),
// as long as it narrows to the same float.
json::Value from_float(float number) {
  if (std::isnan(number)) return nullptr;
  std::string text;
  append_number(text, number);
  const auto wide = parse_number(text);
  SKERRY_CHECK(wide.ok());
  return static_cast<float>(*wide) == number ? *wide : static_cast<double>(number);
}

json::Array from_floats(const std::vector<float>& numbers) {
  json::Array array;
  array.reserve(numbers.size());
  for (const float number : numbers) array.push_back(from_float(number));
  return array;
}

Result<std::vector<float>> to_floats(const json::Array& array) {
  std::vector<float> numbers;
  numbers.reserve(array.size());
  for (const json::Value& item : array) {
    if (item.is_null()) {
      numbers.push_back(std::numeric_limits<float>::quiet_NaN());
    } else if (item.is_number()) {
      const double number = item.to_number<double>();
      if (std::abs(number) >= kRoundsToInfinity) {
        return invalid_argument("number does not fit FP32");
      }
      numbers.push_back(static_cast<float>(number));
    } else {
      return invalid_argument("row holds something other than numbers and null");
    }
  }
  return numbers;
}

json::Array to_json(const std::vector<TensorSpec>& tensors) {
  json::Array array;
  for (const TensorSpec& tensor : tensors) {
    json::Object object;
    object["name"] = tensor.name;
    object["datatype"] = dtype_name(tensor.type);
    object["shape"] = json::Array(tensor.shape.begin(), tensor.shape.end());
    array.emplace_back(std::move(object));
  }
  return array;
}

Result<TensorSpec> tensor_from_json(const json::Value& value) {
  const json::Object& object = *TRY(json::as_object(value, "tensor"));
  TRY(json::check_keys(object, {"name", "datatype", "shape"}, "tensor"));
  TensorSpec tensor;
  tensor.name = TRY(json::get_string(object, "name"));
  const std::string type = TRY(json::get_string(object, "datatype"));
  const auto known = dtype_from_name(type);
  if (!known) return invalid_argument(fmt::format("datatype {} of {}", type, tensor.name));
  tensor.type = *known;
  for (const json::Value& dimension : *TRY(json::get_array(object, "shape"))) {
    if (!dimension.is_int64()) return invalid_argument("shape is not a list of whole numbers");
    tensor.shape.push_back(dimension.get_int64());
  }
  return tensor;
}

Result<std::vector<TensorSpec>> tensors_from_json(const json::Object& owner, std::string_view key) {
  std::vector<TensorSpec> tensors;
  for (const json::Value& value : *TRY(json::get_array(owner, key))) {
    tensors.push_back(TRY(tensor_from_json(value).with(key)));
  }
  return tensors;
}

json::Object to_json(const Signature& signature) {
  json::Object object;
  object["inputs"] = to_json(signature.inputs);
  object["outputs"] = to_json(signature.outputs);
  object["output_name"] = signature.output_name;
  object["output_unit"] = signature.output_unit;
  return object;
}

Result<Signature> signature_from_json(const json::Object& object) {
  TRY(json::check_keys(object, {"inputs", "outputs", "output_name", "output_unit"}, "signature"));
  Signature signature;
  signature.inputs = TRY(tensors_from_json(object, "inputs"));
  signature.outputs = TRY(tensors_from_json(object, "outputs"));
  signature.output_name = TRY(json::get_string(object, "output_name"));
  signature.output_unit = TRY(json::get_string_or(object, "output_unit", ""));
  return signature;
}

json::Object to_json(const CheckRows::Row& row) {
  json::Object object;
  object["inputs"] = from_floats(row.inputs);
  object["outputs"] = json::from_numbers(row.outputs);
  return object;
}

Result<CheckRows::Row> row_from_json(const json::Value& value) {
  const json::Object& object = *TRY(json::as_object(value, "row"));
  TRY(json::check_keys(object, {"inputs", "outputs"}, "row"));
  CheckRows::Row row;
  const json::Array& inputs = *TRY(json::get_array(object, "inputs"));
  row.inputs = TRY(to_floats(inputs).with("inputs"));
  row.outputs = TRY(json::get_numbers(object, "outputs"));
  return row;
}

json::Object to_json(const CheckRows::Sequence& sequence) {
  json::Array observations;
  for (const Observation& observation : sequence.observations) {
    observations.emplace_back(observation_to_json(observation));
  }
  json::Array features;
  for (const std::vector<float>& row : sequence.features) features.emplace_back(from_floats(row));
  json::Object object;
  object["observations"] = std::move(observations);
  object["features"] = std::move(features);
  object["outputs"] = json::from_numbers(sequence.outputs);
  return object;
}

Result<CheckRows::Sequence> sequence_from_json(const json::Value& value) {
  const json::Object& object = *TRY(json::as_object(value, "sequence"));
  TRY(json::check_keys(object, {"observations", "features", "outputs"}, "sequence"));
  CheckRows::Sequence sequence;
  for (const json::Value& observation : *TRY(json::get_array(object, "observations"))) {
    sequence.observations.push_back(TRY(observation_from_json(observation).with("observations")));
  }
  for (const json::Value& row : *TRY(json::get_array(object, "features"))) {
    const json::Array& numbers = *TRY(json::as_array(row, "features"));
    sequence.features.push_back(TRY(to_floats(numbers).with("features")));
  }
  sequence.outputs = TRY(json::get_numbers(object, "outputs"));
  return sequence;
}

json::Object to_json(const CheckRows& checks) {
  json::Array rows;
  for (const CheckRows::Row& row : checks.rows) rows.emplace_back(to_json(row));
  json::Array sequences;
  for (const CheckRows::Sequence& s : checks.sequences) sequences.emplace_back(to_json(s));
  json::Object object;
  object["rows"] = std::move(rows);
  object["sequences"] = std::move(sequences);
  return object;
}

Result<CheckRows> checks_from_json(const json::Object& object) {
  TRY(json::check_keys(object, {"rows", "sequences"}, "checks"));
  CheckRows checks;
  for (const json::Value& row : *TRY(json::get_array(object, "rows"))) {
    checks.rows.push_back(
        TRY(row_from_json(row).with(fmt::format("rows[{}]", checks.rows.size()))));
  }
  for (const json::Value& sequence : *TRY(json::get_array(object, "sequences"))) {
    checks.sequences.push_back(TRY(
        sequence_from_json(sequence).with(fmt::format("sequences[{}]", checks.sequences.size()))));
  }
  return checks;
}

Status check_header(const json::Object& object) {
  TRY(json::check_keys(object,
                       {"apiVersion", "kind", "name", "version", "signature", "pipeline",
                        "pipeline_digest", "detector", "conformal", "checks"},
                       "manifest"));
  const std::string version = TRY(json::get_string(object, "apiVersion"));
  const std::string kind = TRY(json::get_string(object, "kind"));
  if (version == kApiVersion && kind == kKind) return ok_status();
  return invalid_argument(fmt::format("{} {} instead of {} {}", version, kind, kApiVersion, kKind));
}

}  // namespace

json::Object to_json(const Manifest& manifest) {
  json::Object object;
  object["apiVersion"] = kApiVersion;
  object["kind"] = kKind;
  object["name"] = manifest.name;
  object["version"] = manifest.version;
  object["signature"] = to_json(manifest.signature);
  object["pipeline"] = manifest.pipeline;
  object["pipeline_digest"] = manifest.pipeline_digest.to_string();
  object["detector"] = stats::to_json(manifest.detector);
  if (manifest.conformal) object["conformal"] = stats::to_json(*manifest.conformal);
  object["checks"] = to_json(manifest.checks);
  return object;
}

Result<Manifest> manifest_from_json(const json::Value& value) {
  const json::Object& object = *TRY(json::as_object(value, "manifest"));
  TRY(check_header(object));
  const std::string digest_text = TRY(json::get_string(object, "pipeline_digest"));
  const Digest digest = TRY(Digest::parse(digest_text).with("pipeline_digest"));
  Manifest manifest{.name = {},
                    .version = 0,
                    .signature = {},
                    .pipeline = {},
                    .pipeline_digest = digest,
                    .detector = {},
                    .conformal = std::nullopt,
                    .checks = {}};
  manifest.name = TRY(json::get_string(object, "name"));
  manifest.version = TRY(json::get_int(object, "version"));
  const json::Object& signature = *TRY(json::get_object(object, "signature"));
  manifest.signature = TRY(signature_from_json(signature).with("signature"));
  const json::Value* pipeline = object.if_contains("pipeline");
  if (pipeline == nullptr) return invalid_argument("\"pipeline\" is missing");
  manifest.pipeline = *pipeline;
  const json::Object& detector = *TRY(json::get_object(object, "detector"));
  manifest.detector = TRY(stats::detector_reference_from_json(detector).with("detector"));
  if (const json::Value* conformal = object.if_contains("conformal")) {
    manifest.conformal = TRY(stats::conformal_table_from_json(*conformal).with("conformal"));
  }
  const json::Object& checks = *TRY(json::get_object(object, "checks"));
  manifest.checks = TRY(checks_from_json(checks).with("checks"));
  TRY(check(manifest));
  return manifest;
}

}  // namespace skerry::bundle
