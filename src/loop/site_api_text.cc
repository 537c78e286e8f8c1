// SPDX-License-Identifier: Apache-2.0
#include "loop/site_api_text.h"

#include <algorithm>
#include <cmath>

#include "data/number.h"

namespace skerry::loop {
namespace {

// Robust standard deviations around the median that people read as "typical".
constexpr double kTypicalScales = 3;

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

void append_value(std::string& out, auto value) {
  if (std::isfinite(value)) {
    append_number(out, value);
  } else {
    out += "null";
  }
}

void append_id(std::string& out, std::string_view id) {
  if (!id.empty()) out += "\"id\":" + json::dump(json::Value(id)) + ",";
}

std::string_view code_text(const Error& error) {
  switch (error.code()) {
    case Code::kAborted: return "out_of_order";
    case Code::kInvalidArgument: return "invalid";
    case Code::kResourceExhausted: return "too_large";
    default: return "internal";
  }
}

const json::Value* category_levels(const json::Array& declaration, std::string_view sensor) {
  for (const json::Value& entry : declaration) {
    const auto* object = entry.if_object();
    if (object == nullptr) continue;
    const auto* of = object->if_contains("sensor");
    const auto* levels = object->if_contains("levels");
    if (of != nullptr && levels != nullptr && of->is_string() && of->get_string() == sensor)
      return levels;
  }
  return nullptr;
}

json::Object describe_sensor(const serve::LoadedModel& model, const json::Array& declaration,
                             const std::string& name) {
  json::Object sensor{{"name", name}};
  if (const json::Value* levels = category_levels(declaration, name)) sensor["levels"] = *levels;
  if (!model.manifest->detector.t2q) return sensor;
  const stats::T2Q& reference = *model.manifest->detector.t2q;
  const auto found = std::ranges::find(reference.channels, name);
  if (found == reference.channels.end()) return sensor;
  const auto at = static_cast<std::size_t>(found - reference.channels.begin());
  sensor["low"] = reference.median[at] - kTypicalScales * reference.scale[at];
  sensor["high"] = reference.median[at] + kTypicalScales * reference.scale[at];
  return sensor;
}

}  // namespace

bool is_ndjson(std::string_view content_type, std::string_view body) {
  if (content_type.starts_with("application/x-ndjson")) return true;
  if (content_type.starts_with("application/json")) return false;
  body = trim(body);
  const std::size_t end = body.find('\n');
  return end != std::string_view::npos && body.starts_with('{') &&
         trim(body.substr(0, end)).ends_with('}');
}

void append_answer(std::string& out, std::string_view id, const Answer& answer) {
  const AnswerSource& source = *answer.source;
  out += '{';
  append_id(out, id);
  out += "\"model\":\"" + source.model + "\",\"version\":" + std::to_string(source.version) +
         ",\"outputs\":{" + json::dump(json::Value(source.output_name)) + ":";
  append_value(out, answer.prediction);
  out += '}';
  if (source.conformal) {
    const auto interval =
        stats::interval(*source.conformal, static_cast<double>(answer.prediction));
    out += ",\"interval\":[";
    append_value(out, interval.low);
    out += ',';
    append_value(out, interval.high);
    out += ']';
  }
  out += ",\"anomalies\":[]}";
}

void append_line_error(std::string& out, std::string_view id, const Error& error) {
  out += '{';
  append_id(out, id);
  out += "\"error\":" + json::dump(json::Value(error.message())) + ",\"code\":\"";
  out += code_text(error);
  out += "\"}";
}

std::shared_ptr<const AnswerSource> answer_source(const serve::LoadedModel& model) {
  return std::make_shared<const AnswerSource>(AnswerSource{model.name, model.version, model.digest,
                                                           model.manifest->signature.output_name,
                                                           model.manifest->conformal});
}

json::Object describe_model(const serve::LoadedModel& model) {
  const bundle::Manifest& manifest = *model.manifest;
  const json::Value declaration = model.pipeline->to_json();
  json::Array sensors;
  for (const std::string& name : model.pipeline->sensors()) {
    sensors.push_back(describe_sensor(model, declaration.get_array(), name));
  }
  json::Object output{{"name", manifest.signature.output_name},
                      {"unit", manifest.signature.output_unit}};
  if (manifest.conformal) output["coverage"] = manifest.conformal->coverage;
  return {{"name", model.name},          {"version", model.version},
          {"digest", model.digest},      {"features", model.pipeline->names().size()},
          {"output", std::move(output)}, {"sensors", std::move(sensors)}};
}

json::Object to_json(const AssetStates::Counts& counts) {
  return {{"accepted", counts.accepted},
          {"repeated", counts.repeated},
          {"out_of_order", counts.out_of_order},
          {"rejected", counts.rejected},
          {"lives_started", counts.lives_started},
          {"assets", counts.assets},
          {"assets_forgotten", counts.assets_forgotten}};
}

}  // namespace skerry::loop
