// SPDX-License-Identifier: Apache-2.0
//
// One training run as it is remembered: run.json in its folder. Format: docs/formats/run.md.
// Threads: values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "data/json.h"
#include "sys/clock.h"

namespace skerry::loop {

// In the order of a table, for example {"rmse", 10.4}.
using Metrics = std::vector<std::pair<std::string, double>>;

// Test rows that belong together, and how good the model is on them.
struct SegmentScore {
  std::string name;
  std::size_t rows = 0;
  Metrics metrics;  // Fewer than the run's where a metric is not defined on these rows.
};

enum class RunState {
  kRunning,  // Or its process died.
  kSucceeded,
  kGateFailed,  // Complete, but a bound of the recipe is not met.
  kFailed,      // Ended early; `failure` says why.
};

struct RunRecord {
  std::string id;  // "<model>-v<version>", also the folder's name.
  std::string model;
  std::int64_t version = 0;
  RunState state = RunState::kRunning;
  std::string failure;
  sys::Time started{};
  double seconds = 0;
  std::string trigger;
  std::int64_t seed = 0;
  int threads = 0;
  int rounds = 0;  // Trees of the model.

  std::string dataset_uri;
  Digest dataset_digest = Digest::of("");
  Digest recipe_digest = Digest::of("");
  Digest bundle_digest = Digest::of("");  // Of bundle.tar.
  std::size_t training_rows = 0;
  std::size_t training_assets = 0;
  std::size_t scored_rows = 0;  // Rows the metrics are taken over.

  Metrics metrics;
  std::vector<SegmentScore> segments;
  double parity_max_abs = 0;  // Largest |ONNX - XGBoost| over `parity_rows` rows.
  std::size_t parity_rows = 0;
  std::vector<std::string> gates_failed;  // "rmse 12.3 is above 11".
  std::vector<std::string> warnings;
};

std::string_view run_state_name(RunState state);  // "gate_failed"

json::Object to_json(const RunRecord& record);
// Errors: kInvalidArgument naming the member.
Result<RunRecord> run_record_from_json(const json::Value& value);

json::Object to_json(const Metrics& metrics);
json::Array to_json(const std::vector<SegmentScore>& segments);

}  // namespace skerry::loop
