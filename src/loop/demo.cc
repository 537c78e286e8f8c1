// SPDX-License-Identifier: Apache-2.0
#include "loop/demo.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <stop_token>

#include "loop/image_transfer.h"
#include "loop/observe_client.h"
#include "loop/run_store.h"
#include "plant/csv_rows.h"
#include "plant/simulator.h"
#include "sys/signals.h"

namespace skerry::loop {
namespace {

constexpr std::uint64_t kBundleBytesMax = 1ull << 30;
constexpr std::chrono::milliseconds kPollPeriod{100};
constexpr std::size_t kBatchRows = 50;
constexpr double kLifeRowsTypical = 235;  // For the progress bar.
constexpr double kRulCap = 125;           // The recipe's: early wear cannot be seen.

// Passes a training's progress on as the step's.
class StepProgress final : public TrainProgress {
 public:
  explicit StepProgress(DemoObserver& observer) : observer_(observer) {}
  bool update(std::string_view phase, double fraction) override {
    return observer_.progress(std::string(phase), fraction);
  }

 private:
  DemoObserver& observer_;
};

// How good the answers of the site are, against the plant's truth.
struct ScoreTally {
  std::size_t rows = 0;
  std::size_t covered = 0;
  double squares = 0;
  std::vector<std::chrono::nanoseconds> latencies;  // Of each request.

  Status add(const json::Value& answer, double truth) {
    const json::Object* object = TRY(json::as_object(answer, "an answer"));
    if (object->contains("error")) {
      return internal_error(TRY(json::get_string(*object, "error")));
    }
    const double rul = TRY(json::get_number(*TRY(json::get_object(*object, "outputs")), "rul"));
    const std::vector<double> interval = TRY(json::get_numbers(*object, "interval"));
    if (interval.size() != 2) return internal_error("an interval without two ends");
    squares += (rul - truth) * (rul - truth);
    if (interval[0] <= truth && truth <= interval[1]) ++covered;
    ++rows;
    return ok_status();
  }
  double rmse() const { return std::sqrt(squares / static_cast<double>(rows)); }
  double coverage() const { return static_cast<double>(covered) / static_cast<double>(rows); }
  double p99_ms() {
    std::ranges::sort(latencies);
    const auto p99 = latencies[(latencies.size() - 1) * 99 / 100];
    return std::chrono::duration<double, std::milli>(p99).count();
  }
};

class Demo {
 public:
  Demo(const DemoTools& tools, const DemoOptions& options, DemoObserver& observer)
      : tools_(tools), options_(options), observer_(observer) {}

  std::vector<DemoStep> run() {
    const std::vector<std::pair<std::pair<int, std::string>, Result<std::string> (Demo::*)()>>
        steps{{{1, "train"}, &Demo::train},
              {{1, "containerize"}, &Demo::containerize},
              {{1, "register"}, &Demo::push},
              {{2, "deploy"}, &Demo::deploy},
              {{3, "score"}, &Demo::score}};
    std::vector<DemoStep> done;
    for (const auto& [label, action] : steps) {
      DemoStep step;
      step.step = label.first;
      step.name = label.second;
      observer_.begin(step.step, step.name);
      const sys::SteadyTime start = tools_.clock.steady_now();
      const Result<std::string> detail = (this->*action)();
      step.seconds = std::chrono::duration<double>(tools_.clock.steady_now() - start).count();
      step.ok = detail.ok();
      step.detail = detail.ok() ? *detail : detail.error().message();
      observer_.end(step);
      done.push_back(step);
      if (!step.ok) break;
    }
    return done;
  }

 private:
  Status cancelled() const { return Error(Code::kCancelled, "the demo was interrupted"); }

  plant::Options plant(std::uint64_t seed, int assets) const {
    plant::Options options;
    options.seed = seed;
    options.assets = assets;
    return options;
  }

  Result<std::size_t> write_plant_data(const std::string& path) {
    const auto simulator =
        TRY(plant::Simulator::open(plant(options_.seed, options_.training_assets)));
    std::string text = plant::csv_header();
    std::size_t rows = 0;
    while (const std::optional<plant::Reading> reading = simulator->next()) {
      text += plant::csv_row(*reading);
      ++rows;
    }
    TRY(sys::write_file_atomically(tools_.files, path, text));
    return rows;
  }

  Result<std::string> train() {
    const std::string data = sys::join_path(options_.folder, "data");
    TRY(tools_.files.make_directories(data));
    const std::size_t rows = TRY(write_plant_data(sys::join_path(data, "plant.csv")));
    TrainRunOptions run;
    run.recipe_path = options_.recipe_path;
    run.data_folder = data;
    run.runs_folder = sys::join_path(options_.folder, "runs");
    StepProgress progress(observer_);
    record_ = TRY(train_run(run, tools_.train, progress));
    if (record_->state != RunState::kSucceeded) {
      return failed_precondition("the model failed a gate: " + record_->gates_failed.front());
    }
    model_ = ModelRef{record_->model, version_tag(record_->version)};
    return fmt::format("{} v{} from {} rows of {} machines: {} {:.1f} on machines it never saw",
                       record_->model, record_->version, rows, options_.training_assets,
                       record_->metrics.front().first, record_->metrics.front().second);
  }

  Result<std::string> containerize() {
    RunStore runs(tools_.files, sys::join_path(options_.folder, "runs"));
    const std::string tar =
        TRY(sys::read_file(tools_.files, runs.path_of(record_->id, kBundleFile), kBundleBytesMax));
    layout_ = TRY(image::Layout::create(tools_.files, sys::join_path(options_.folder, "image")));
    built_ = TRY(image::build(tools_.image, tar, *layout_));
    return fmt::format(
        "artifact, data image and runnable image; {:.1f} MB to pull, {:.1f} MB on disk",
        static_cast<double>(built_->compressed_bytes()) / 1e6,
        static_cast<double>(built_->unpacked_bytes()) / 1e6);
  }

  Result<std::string> push() {
    std::uint64_t bytes = 0;
    for (const char* suffix : {"", "-data", "-image"}) {
      const std::string tag = model_.tag + suffix;
      bool go_on = true;
      TRY(push_image(*layout_, TRY(layout_->find(tag)), tools_.registry, model_.repository(), tag,
                     [&](std::uint64_t done, std::uint64_t total) {
                       bytes = std::max(bytes, total);
                       go_on = observer_.progress(
                           "push " + tag, static_cast<double>(done) / static_cast<double>(total));
                     }));
      if (!go_on) TRY(cancelled());
    }
    return fmt::format("{}:{} and two images in the registry, {:.1f} MB", model_.repository(),
                       model_.tag, static_cast<double>(bytes) / 1e6);
  }

  Result<std::string> deploy() {
    TRY(tools_.start_rollout(model_));
    const sys::SteadyTime deadline = tools_.clock.steady_now() + options_.deploy_timeout;
    std::string last = "it does not listen";
    while (tools_.clock.steady_now() < deadline) {
      tools_.supervise();
      const Result<std::string> state = site_state();
      if (state.ok() && *state == built_->artifact.digest.to_string()) {
        return fmt::format("site-1 pulled {} by digest, passed its check rows and answers with it",
                           model_.to_string());
      }
      last = state.ok() ? "it serves \"" + *state + "\"" : state.error().message();
      if (!observer_.progress("wait for site-1", 0)) TRY(cancelled());
      sys::sleep_unless_stopped(std::stop_token(), kPollPeriod);
    }
    return Error(Code::kDeadlineExceeded, "site-1 does not serve the model: " + last);
  }

  // Digest of the model that the site has in service; empty while there is none.
  Result<std::string> site_state() {
    net::ClientRequest request;
    request.url = TRY(tools_.site_url()) + "/v1/status";
    request.headers.set("Authorization", "Bearer " + tools_.token);
    const net::ClientResponse response = TRY(tools_.client.send(request));
    if (response.status != 200) return unavailable("status " + std::to_string(response.status));
    const json::Value status = TRY(json::parse(response.body));
    const json::Object* object = TRY(json::as_object(status, "the status"));
    for (const json::Value& model : *TRY(json::get_array(*object, "models"))) {
      const json::Object* entry = TRY(json::as_object(model, "a model"));
      if (TRY(json::get_string(*entry, "name")) != model_.name || !entry->contains("current")) {
        continue;
      }
      return json::get_string(*TRY(json::get_object(*entry, "current")), "digest");
    }
    return std::string();
  }

  Result<std::string> score() {
    const auto simulator =
        TRY(plant::Simulator::open(plant(options_.seed + 1, options_.scoring_assets)));
    ObserveClient::Options client;
    client.url = TRY(tools_.site_url());
    client.token = tools_.token;
    client.model = model_.name;
    ObserveClient site(tools_.client, std::move(client));
    ScoreTally tally;
    const sys::SteadyTime start = tools_.clock.steady_now();
    std::vector<plant::Reading> batch;
    while (const std::optional<plant::Reading> reading = simulator->next()) {
      batch.push_back(*reading);
      if (batch.size() == kBatchRows) TRY(score_batch(site, batch, tally));
    }
    if (!batch.empty()) TRY(score_batch(site, batch, tally));
    const double seconds = std::chrono::duration<double>(tools_.clock.steady_now() - start).count();
    return fmt::format(
        "{} observations of {} new machines at {:.0f} /s, p99 {:.1f} ms for {}; rmse {:.1f}, "
        "{:.0f} % "
        "of the true lives inside the 90 % interval",
        tally.rows, options_.scoring_assets, static_cast<double>(tally.rows) / seconds,
        tally.p99_ms(), kBatchRows, tally.rmse(), 100 * tally.coverage());
  }

  Status score_batch(ObserveClient& site, std::vector<plant::Reading>& batch, ScoreTally& tally) {
    std::vector<json::Value> lines;
    for (const plant::Reading& reading : batch) {
      lines.emplace_back(observation_to_json(reading.observation));
    }
    const sys::SteadyTime sent = tools_.clock.steady_now();
    const std::vector<json::Value> answers = TRY(site.send(lines));
    tally.latencies.push_back(tools_.clock.steady_now() - sent);
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const double truth = static_cast<double>(batch[i].truth.rows_remaining);
      TRY(tally.add(answers[i], std::min(truth, kRulCap)));
    }
    batch.clear();
    const double expected_rows = options_.scoring_assets * kLifeRowsTypical;
    return observer_.progress("score", static_cast<double>(tally.rows) / expected_rows)
               ? ok_status()
               : cancelled();
  }

  const DemoTools& tools_;
  const DemoOptions& options_;
  DemoObserver& observer_;
  std::optional<RunRecord> record_;
  ModelRef model_;
  std::optional<image::Layout> layout_;
  std::optional<image::BuiltImages> built_;
};

}  // namespace

std::vector<DemoStep> run_demo(const DemoTools& tools, const DemoOptions& options,
                               DemoObserver& observer) {
  return Demo(tools, options, observer).run();
}

}  // namespace skerry::loop
