// SPDX-License-Identifier: Apache-2.0
#include "loop/run_lineage.h"
#include "data/json.h"
#include "loop/run_record.h"
#include "train/dataset.h"
#include "train/raw_rows.h"
#include "train/recipe.h"
#include "train/trainer.h"

namespace skerry::loop {
namespace {

// Counts are signed in a tree, as reading a file gives them.
std::int64_t count(std::uint64_t value) { return static_cast<std::int64_t>(value); }

json::Array files_to_json(const train::Dataset& dataset) {
  json::Array files;
  const auto add = [&files](const std::vector<train::SourceFile>& from) {
    for (const auto& file : from) {
      files.push_back(json::Object{{"name", file.name},
                                   {"digest", file.digest.to_string()},
                                   {"size_bytes", count(file.size_bytes)}});
    }
  };
  add(dataset.raw.files);
  if (dataset.test_raw) add(dataset.test_raw->files);
  return files;
}

json::Object dataset_to_json(const RunRecord& record, const train::Recipe& recipe,
                             const train::Dataset& dataset) {
  return {{"uri", record.dataset_uri},
          {"digest", record.dataset_digest.to_string()},
          {"rows", count(record.training_rows)},
          {"assets", count(record.training_assets)},
          {"open_lives_left_out", count(dataset.open_lives)},
          {"features", json::from_strings(dataset.features)},
          {"files", files_to_json(dataset)},
          {"notice", recipe.source.notice}};
}

}  // namespace

std::string cpu_name(sys::FileSystem& files) {
  constexpr std::string_view kKey = "model name";
  // Its size is 0 for the system: it is made while it is read.
  const auto file = files.open("/proc/cpuinfo", sys::OpenMode::kRead, 0);
  if (!file) return "unknown";
  std::string text(16u << 10, '\0');
  const auto got = (*file)->read_at(0, text);
  if (!got) return "unknown";
  text.resize(*got);
  const std::size_t line = text.find(kKey);
  if (line == std::string::npos) return "unknown";
  const std::size_t end = text.find('\n', line);
  const std::size_t colon = text.find(": ", line);
  if (colon == std::string::npos || colon > end) return "unknown";
  return text.substr(colon + 2, end - colon - 2);
}

json::Object make_lineage(const RunRecord& record, const train::Recipe& recipe,
                          const train::Dataset& dataset, const train::LearnerParameters& parameters,
                          const Digest& pipeline_digest, const RunSurroundings& surroundings) {
  return {{"schema", "skerry/lineage/v1"},
          {"run", record.id},
          {"model", json::Object{{"name", record.model}, {"version", record.version}}},
          {"description", recipe.description},
          {"output", json::Object{{"name", recipe.output_name}, {"unit", recipe.output_unit}}},
          {"created", sys::format_time(record.started)},
          {"trigger", record.trigger},
          {"parent", surroundings.parent},
          {"dataset", dataset_to_json(record, recipe, dataset)},
          {"recipe", json::Object{{"digest", recipe.digest.to_string()}, {"text", recipe.text}}},
          {"pipeline_digest", pipeline_digest.to_string()},
          {"parameters", train::to_json(parameters)},
          {"rounds", record.rounds},
          {"code", surroundings.code_version},
          {"libraries", json::from_strings(surroundings.libraries)},
          {"machine", json::Object{{"cpu", surroundings.cpu}, {"cores", surroundings.cores}}},
          {"scored_rows", count(record.scored_rows)},
          {"metrics", to_json(record.metrics)},
          {"segments", to_json(record.segments)},
          {"parity",
           json::Object{{"max_abs", record.parity_max_abs}, {"rows", count(record.parity_rows)}}},
          {"gates_failed", json::from_strings(record.gates_failed)},
          {"warnings", json::from_strings(record.warnings)}};
}

}  // namespace skerry::loop
