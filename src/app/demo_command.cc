// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <unistd.h>

#include <iostream>
#include <thread>

#include "app/commands.h"
#include "app/image_options.h"
#include "app/local_sites.h"
#include "app/progress.h"
#include "app/roles.h"
#include "app/wiring.h"
#include "base/log.h"
#include "loop/demo.h"
#include "sys/clock.h"
#include "sys/process.h"
#include "sys/signals.h"

namespace skerry::app {
namespace {

constexpr const char* kAnyPort = "127.0.0.1:0";
constexpr const char* kPoll = "1s";
constexpr const char* kLogName = "skerry-demo.log";

// "31 s" or "1:44".
std::string duration_text(double seconds) {
  const int whole = static_cast<int>(seconds + 0.5);
  if (whole < 100) return fmt::format("{} s", whole);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

// One line a step on standard error: redrawn while it runs on a terminal, plain elsewhere.
class DemoPrinter final : public loop::DemoObserver {
 public:
  DemoPrinter(bool quiet, std::stop_token stop)
      : quiet_(quiet), terminal_(::isatty(STDERR_FILENO) == 1), stop_(std::move(stop)) {}

  void begin(int step, const std::string& name) override {
    label_ = fmt::format("{} {:<13}", step, name);
    line_ = std::make_unique<ProgressLine>(quiet_ || !terminal_);
  }
  bool progress(const std::string& phase, double fraction) override {
    line_->update(phase, fraction);
    return !stop_.stop_requested();
  }
  void end(const loop::DemoStep& step) override {
    line_.reset();
    if (quiet_) return;
    if (terminal_) {
      std::cerr << fmt::format("  {} {} {}  {}\n", step.ok ? "✓" : "✕", label_, step.detail,
                               duration_text(step.seconds));
    } else {
      std::cerr << fmt::format("{} {} {}, {}: {}\n", step.step, step.name,
                               step.ok ? "ok" : "failed", duration_text(step.seconds), step.detail);
    }
  }

 private:
  const bool quiet_;
  const bool terminal_;
  const std::stop_token stop_;
  std::string label_;
  std::unique_ptr<ProgressLine> line_;
};

// recipes/ of the checkout that holds the program, or of an installation.
Result<std::string> find_recipe(const std::string& name) {
  const std::string folder = sys::parent_path(TRY(sys::executable_path()));
  for (const char* place : {"/../recipes/", "/../share/skerry/recipes/"}) {
    const std::string path = folder + place + name;
    if (sys::exists(sys::real_file_system(), path)) return path;
  }
  return not_found("recipe " + name + " is not beside this program; pass --recipe");
}

json::Object result_json(const std::vector<loop::DemoStep>& steps, double seconds) {
  json::Array rows;
  for (const loop::DemoStep& step : steps) {
    json::Object row;
    row["step"] = step.step;
    row["name"] = step.name;
    row["ok"] = step.ok;
    row["detail"] = step.detail;
    row["seconds"] = step.seconds;
    rows.push_back(std::move(row));
  }
  json::Object out;
  out["steps"] = std::move(rows);
  out["seconds"] = seconds;
  return out;
}

std::string result_text(const std::vector<loop::DemoStep>& steps, double seconds) {
  std::string text =
      fmt::format("{:<5} {:<13} {:<7} {:>8}  {}\n", "step", "what", "result", "seconds", "figure");
  for (const loop::DemoStep& step : steps) {
    text += fmt::format("{:<5} {:<13} {:<7} {:>8.1f}  {}\n", step.step, step.name,
                        step.ok ? "ok" : "failed", step.seconds, step.detail);
  }
  return text + fmt::format("done in {}\n", duration_text(seconds));
}

// Everything the walk needs, on a state folder of its own.
Result<std::vector<loop::DemoStep>> walk(const Invocation& call, const std::string& state,
                                         std::stop_token stop) {
  const std::unique_ptr<serve::Runtime> runtime = TRY(open_runtime(call.settings()));
  const std::unique_ptr<HubRole> role =
      TRY(HubRole::start(call.settings(), state, kAnyPort, kAnyPort));
  LocalSites sites(call.settings(), state);
  TRY(sites.open());
  TRY(sites.start("site-1", "main", kAnyPort, role->hub().registry_url(), role->tokens(), kPoll));
  const std::unique_ptr<net::Client> client = TRY(make_client(call.settings()));
  const std::unique_ptr<registry::Registry> registry =
      TRY(open_registry(call.settings(), state, *client));
  const std::string runs = sys::join_path(state, "runs");
  const std::unique_ptr<train::Trainer> trainer = TRY(make_trainer(call.settings(), runs));
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  loop::TrainTools train{sys::real_file_system(),
                         sys::real_clock(),
                         *trainer,
                         *runtime,
                         make_model_tools(),
                         std::string("skerry ") + SKERRY_VERSION,
                         cores};
  const auto rollout = [&](const ModelRef& model) -> Status {
    TRY(call_hub(call.settings(), state, "POST", "/api/v1/rollouts",
                 json::Object{{"model", model.to_string()}, {"ring", "main"}}));
    return ok_status();
  };
  const image::ImageOptions image = TRY(image_options(call.settings(), call.value("state")));
  const std::string token = TRY(own_token(state));
  const loop::DemoTools tools{sys::real_file_system(),
                              sys::real_clock(),
                              train,
                              *registry,
                              *client,
                              image,
                              rollout,
                              [&] { return sites.url("site-1"); },
                              [&] { sites.supervise(); },
                              token};
  loop::DemoOptions options;
  options.folder = state;
  options.recipe_path =
      call.value("--recipe").empty() ? TRY(find_recipe("plant.yaml")) : call.value("--recipe");
  options.seed = static_cast<std::uint64_t>(TRY(call.integer("--seed")));
  DemoPrinter printer(call.json(), std::move(stop));
  std::vector<loop::DemoStep> steps = loop::run_demo(tools, options, printer);
  sites.stop();
  role->hub().stop(kStopGrace);
  return steps;
}

Result<Output> demo(const Invocation& call) {
  const sys::SteadyTime start = sys::real_clock().steady_now();
  const std::unique_ptr<sys::StopSignal> stop = TRY(sys::StopSignal::install());
  sys::TemporaryFolder folder = TRY(sys::TemporaryFolder::create("skerry-demo"));
  if (call.flag("--keep")) folder.keep();
  TRY(log::open(log::Level::kInfo, sys::join_path(folder.path(), kLogName)));
  if (!call.json()) {
    std::cerr << fmt::format(
        "Skerry demo: a hub and a site on this machine, no network. Data: simulated plants, seed "
        "{}.\nThe site asks for its desired state every {} here; in production every 15s.\n"
        "State and log: {}\n\n",
        call.value("--seed"), kPoll, folder.path());
  }
  Result<std::vector<loop::DemoStep>> steps = walk(call, folder.path(), stop->token());
  if (!steps.ok() || !steps->back().ok) folder.keep();
  if (!steps.ok()) return std::move(steps).error();
  const double seconds =
      std::chrono::duration<double>(sys::real_clock().steady_now() - start).count();
  const bool ok = steps->back().ok;
  if (!call.json()) std::cerr << "\n";
  return Output{result_text(*steps, seconds), result_json(*steps, seconds),
                ok ? 0 : kExitIncomplete};
}

}  // namespace

std::vector<Command> demo_commands() {
  return {{"demo",
           "Walk the loop on simulated plants, end to end, in a temporary state folder",
           {},
           {{"--seed", "Seed of the plants", "7"},
            {"--recipe", "Training recipe instead of recipes/plant.yaml", ""},
            {"--keep", "Keep the state folder", "", false, true}},
           demo}};
}

}  // namespace skerry::app
