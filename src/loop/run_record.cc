// SPDX-License-Identifier: Apache-2.0
#include "loop/run_record.h"

#include <array>
#include "base/digest.h"
#include "data/json.h"

namespace skerry::loop {
namespace {

// Counts are signed in a tree, as reading a file gives them.
std::int64_t count(std::size_t value) { return static_cast<std::int64_t>(value); }

constexpr std::array kStates = {RunState::kRunning, RunState::kSucceeded, RunState::kGateFailed,
                                RunState::kFailed};

Result<RunState> parse_state(std::string_view name) {
  for (const RunState state : kStates) {
    if (run_state_name(state) == name) return state;
  }
  return invalid_argument("unknown run state \"" + std::string(name) + "\"");
}

Result<Metrics> metrics_from_json(const json::Object& object) {
  Metrics metrics;
  for (const auto& member : object) {
    const std::string key(member.key());
    metrics.emplace_back(key, TRY(json::get_number(object, key)));
  }
  return metrics;
}

Result<std::vector<SegmentScore>> segments_from_json(const json::Array& array) {
  std::vector<SegmentScore> segments;
  for (const json::Value& item : array) {
    const json::Object& object = *TRY(json::as_object(item, "segment"));
    SegmentScore segment;
    segment.name = TRY(json::get_string(object, "name"));
    segment.rows = static_cast<std::size_t>(TRY(json::get_int(object, "rows")));
    segment.metrics = TRY(metrics_from_json(*TRY(json::get_object(object, "metrics"))));
    segments.push_back(std::move(segment));
  }
  return segments;
}

Result<Digest> get_digest(const json::Object& object, std::string_view key) {
  return Digest::parse(TRY(json::get_string(object, key))).with(key);
}

Result<std::size_t> get_count(const json::Object& object, std::string_view key) {
  const std::int64_t count = TRY(json::get_int(object, key));
  if (count < 0) return invalid_argument("field \"" + std::string(key) + "\" is negative");
  return static_cast<std::size_t>(count);
}

Status read_data(const json::Object& object, RunRecord& record) {
  const json::Object& dataset = *TRY(json::get_object(object, "dataset"));
  record.dataset_uri = TRY(json::get_string(dataset, "uri"));
  record.dataset_digest = TRY(get_digest(dataset, "digest"));
  record.training_rows = TRY(get_count(dataset, "rows"));
  record.training_assets = TRY(get_count(dataset, "assets"));
  record.recipe_digest = TRY(get_digest(object, "recipe_digest"));
  record.bundle_digest = TRY(get_digest(object, "bundle_digest"));
  return {};
}

Status read_outcome(const json::Object& object, RunRecord& record) {
  record.scored_rows = TRY(get_count(object, "scored_rows"));
  record.metrics = TRY(metrics_from_json(*TRY(json::get_object(object, "metrics"))));
  record.segments = TRY(segments_from_json(*TRY(json::get_array(object, "segments"))));
  record.parity_max_abs = TRY(json::get_number(object, "parity_max_abs"));
  record.parity_rows = TRY(get_count(object, "parity_rows"));
  record.gates_failed = TRY(json::get_strings(object, "gates_failed"));
  record.warnings = TRY(json::get_strings(object, "warnings"));
  return {};
}

}  // namespace

std::string_view run_state_name(RunState state) {
  switch (state) {
    case RunState::kRunning: return "running";
    case RunState::kSucceeded: return "succeeded";
    case RunState::kGateFailed: return "gate_failed";
    case RunState::kFailed: return "failed";
  }
  return "unknown";
}

json::Object to_json(const Metrics& metrics) {
  json::Object object;
  for (const auto& [key, value] : metrics) object[key] = value;
  return object;
}

json::Array to_json(const std::vector<SegmentScore>& segments) {
  json::Array array;
  for (const auto& segment : segments) {
    array.push_back(json::Object{{"name", segment.name},
                                 {"rows", count(segment.rows)},
                                 {"metrics", to_json(segment.metrics)}});
  }
  return array;
}

json::Object to_json(const RunRecord& record) {
  return {{"run", record.id},
          {"model", json::Object{{"name", record.model}, {"version", record.version}}},
          {"state", run_state_name(record.state)},
          {"failure", record.failure},
          {"started", sys::format_time(record.started)},
          {"seconds", record.seconds},
          {"trigger", record.trigger},
          {"seed", record.seed},
          {"threads", record.threads},
          {"rounds", record.rounds},
          {"dataset", json::Object{{"uri", record.dataset_uri},
                                   {"digest", record.dataset_digest.to_string()},
                                   {"rows", count(record.training_rows)},
                                   {"assets", count(record.training_assets)}}},
          {"recipe_digest", record.recipe_digest.to_string()},
          {"bundle_digest", record.bundle_digest.to_string()},
          {"scored_rows", count(record.scored_rows)},
          {"metrics", to_json(record.metrics)},
          {"segments", to_json(record.segments)},
          {"parity_max_abs", record.parity_max_abs},
          {"parity_rows", count(record.parity_rows)},
          {"gates_failed", json::from_strings(record.gates_failed)},
          {"warnings", json::from_strings(record.warnings)}};
}

Result<RunRecord> run_record_from_json(const json::Value& value) {
  const json::Object& object = *TRY(json::as_object(value, "run"));
  RunRecord record;
  record.id = TRY(json::get_string(object, "run"));
  const json::Object& model = *TRY(json::get_object(object, "model"));
  record.model = TRY(json::get_string(model, "name"));
  record.version = TRY(json::get_int(model, "version"));
  record.state = TRY(parse_state(TRY(json::get_string(object, "state"))));
  record.failure = TRY(json::get_string(object, "failure"));
  record.started = TRY(sys::parse_time(TRY(json::get_string(object, "started"))));
  record.seconds = TRY(json::get_number(object, "seconds"));
  record.trigger = TRY(json::get_string(object, "trigger"));
  record.seed = TRY(json::get_int(object, "seed"));
  record.threads = static_cast<int>(TRY(json::get_int(object, "threads")));
  record.rounds = static_cast<int>(TRY(json::get_int(object, "rounds")));
  TRY(read_data(object, record));
  TRY(read_outcome(object, record));
  return record;
}

}  // namespace skerry::loop
