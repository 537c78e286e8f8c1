// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <thread>

#include "app/commands.h"
#include "app/progress.h"
#include "app/wiring.h"
#include "loop/run_store.h"
#include "loop/train_run.h"
#include "sys/clock.h"
#include "sys/files.h"

namespace skerry::app {
namespace {

constexpr int kExitGateFailed =
    9;  // FAILED_PRECONDITION: the run is kept, its model should not ship.

std::string runs_folder(const Invocation& call) {
  return sys::join_path(call.value("state"), "runs");
}

json::Object run_output(const loop::RunRecord& record) {
  json::Object out;
  out["run"] = record.id;
  out["metrics"] = loop::to_json(record.metrics);
  out["parity_max_abs"] = record.parity_max_abs;
  out["model"] = json::Object{{"name", record.model}, {"version", record.version}};
  out["state"] = loop::run_state_name(record.state);
  out["seconds"] = record.seconds;
  out["gates_failed"] = json::from_strings(record.gates_failed);
  out["warnings"] = json::from_strings(record.warnings);
  return out;
}

std::string segment_table(const loop::RunRecord& record) {
  if (record.segments.empty()) return "";
  std::string text = fmt::format("\n  {:<24} {:>6}", "segment", "rows");
  for (const auto& [key, value] : record.segments.front().metrics) {
    text += fmt::format(" {:>12}", key);
  }
  text += "\n";
  for (const loop::SegmentScore& segment : record.segments) {
    text += fmt::format("  {:<24} {:>6}", segment.name, segment.rows);
    for (const auto& [key, value] : segment.metrics) text += fmt::format(" {:>12.4f}", value);
    text += "\n";
  }
  return text;
}

std::string run_text(const loop::RunRecord& record, const loop::RunStore& store) {
  std::string text = fmt::format("✓ {}: {} v{} from {} rows of {} assets, {} rounds, {:.1f} s\n\n",
                                 record.id, record.model, record.version, record.training_rows,
                                 record.training_assets, record.rounds, record.seconds);
  text += fmt::format("  {:<14} {:>12}\n", "metric", "test");
  for (const auto& [key, value] : record.metrics) {
    text += fmt::format("  {:<14} {:>12.4f}\n", key, value);
  }
  text += segment_table(record);
  text += fmt::format("\n  ONNX against XGBoost: at most {:.2g} apart over {} rows\n",
                      record.parity_max_abs, record.parity_rows);
  for (const std::string& warning : record.warnings) text += "  ▲ " + warning + "\n";
  for (const std::string& gate : record.gates_failed) text += "  ✕ gate: " + gate + "\n";
  text += "\n  Report   " + store.path_of(record.id, loop::kReportFile) + "\n";
  text += "  Next     skerry model build " + record.id + "\n";
  return text;
}

Result<Output> run(const Invocation& call) {
  const std::string runs = runs_folder(call);
  const std::unique_ptr<train::Trainer> trainer = TRY(make_trainer(call.settings(), runs));
  const std::unique_ptr<serve::Runtime> runtime = TRY(open_runtime(call.settings()));
  const std::int64_t threads = call.settings().integer("train.threads");
  const int cores = threads > 0 ? static_cast<int>(threads)
                                : static_cast<int>(std::thread::hardware_concurrency());
  loop::TrainTools tools{sys::real_file_system(),
                         sys::real_clock(),
                         *trainer,
                         *runtime,
                         make_model_tools(),
                         std::string("skerry ") + SKERRY_VERSION,
                         std::max(cores, 1)};
  loop::TrainRunOptions options;
  options.recipe_path = call.value("RECIPE");
  options.data_folder = call.value("--data");
  options.runs_folder = runs;
  if (!call.value("--seed").empty()) options.seed = TRY(call.integer("--seed"));
  Result<loop::RunRecord> record = [&] {
    ProgressLine progress(call.json());
    return loop::train_run(options, tools, progress);
  }();
  if (!record.ok()) return std::move(record).error();
  const int exit_code = record->state == loop::RunState::kSucceeded ? 0 : kExitGateFailed;
  return Output{run_text(*record, loop::RunStore(tools.files, runs)), run_output(*record),
                exit_code};
}

Result<Output> list(const Invocation& call) {
  const loop::RunStore::Listing listing =
      TRY(loop::RunStore(sys::real_file_system(), runs_folder(call)).list());
  std::string text = fmt::format("{:<28} {:<12} {:<22} {}\n", "run", "state", "started", "metrics");
  json::Array rows;
  for (const loop::RunRecord& record : listing.runs) {
    std::string metrics;
    for (const auto& [key, value] : record.metrics)
      metrics += fmt::format("{} {:.4g}  ", key, value);
    text += fmt::format("{:<28} {:<12} {:<22} {}\n", record.id, loop::run_state_name(record.state),
                        sys::format_time(std::chrono::floor<std::chrono::seconds>(record.started)),
                        metrics);
    rows.push_back(loop::to_json(record));
  }
  for (const std::string& id : listing.unreadable) text += id + "  unreadable run.json\n";
  json::Object out;
  out["runs"] = std::move(rows);
  out["unreadable"] = json::from_strings(listing.unreadable);
  return Output{std::move(text), std::move(out), 0};
}

Result<Output> show(const Invocation& call) {
  loop::RunStore store(sys::real_file_system(), runs_folder(call));
  const loop::RunRecord record = TRY(store.load(call.value("RUN")));
  return Output{run_text(record, store), loop::to_json(record), 0};
}

}  // namespace

std::vector<Command> train_commands() {
  return {
      {"train run",
       "Train a model from a recipe",
       {{"RECIPE", "Recipe file (YAML)", {}}},
       {{"--data", "Folder that the recipe's file names are relative to", ".", false},
        {"--seed", "Instead of the recipe's seed", ""}},
       run},
      {"train list", "List the training runs, newest first", {}, {}, list},
      {"train show", "Show one training run", {{"RUN", "Id of the run", {}}}, {}, show},
  };
}

}  // namespace skerry::app
