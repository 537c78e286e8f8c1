// SPDX-License-Identifier: Apache-2.0
#include "train/process_trainer.h"

#include <chrono>
#include <optional>

#include "base/digest.h"
#include "base/ids.h"
#include "base/mutex.h"
#include "data/json.h"
#include "train/trainer.h"
#include "train/worker.h"

namespace skerry::train {
namespace {

// A worker that closed its output is about to end.
constexpr std::chrono::seconds kEndGrace{30};
constexpr std::uint64_t kLogBytesShown = 400;

// The end of the worker's standard error, for an error text: what a library printed before it died.
std::string last_words(sys::FileSystem& files, const std::string& path) {
  const auto log = sys::read_file(files, path, 64u << 20);
  if (!log || log->empty()) return "";
  const std::size_t from = log->size() > kLogBytesShown ? log->size() - kLogBytesShown : 0;
  std::string text = log->substr(from);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.empty() ? "" : "; it last said: " + text;
}

}  // namespace

struct ProcessTrainer::Job {
  Mutex mutex;
  std::string booster_path;
  std::string log_path;
  std::unique_ptr<sys::Child> child;
  JobStatus status;
  TrainedBooster trained;
  std::optional<WorkerLine::Done> done;
  std::optional<Error> failure;
};

ProcessTrainer::ProcessTrainer(sys::ProcessLauncher& launcher, sys::FileSystem& files,
                               Options options)
    : launcher_(launcher), files_(files), options_(std::move(options)) {}

ProcessTrainer::~ProcessTrainer() = default;

Result<std::string> ProcessTrainer::resolve(const std::string& uri) const {
  constexpr std::string_view kScheme = "run:";
  const std::size_t slash = uri.find('/');
  if (!uri.starts_with(kScheme) || slash == std::string::npos) {
    return invalid_argument("dataset URI \"" + uri + "\" is not run:<id>/<file>");
  }
  const std::string run = uri.substr(kScheme.size(), slash - kScheme.size());
  const std::string file = uri.substr(slash + 1);
  TRY(check_name(run).with("run of a dataset URI"));
  TRY(check_name(file).with("file of a dataset URI"));
  return sys::join_path(sys::join_path(options_.runs_folder, run), file);
}

Result<JobId> ProcessTrainer::submit(const TrainJob& job) {
  const std::string dataset_path = TRY(resolve(job.dataset_uri));
  WorkerOrder order{.job = job, .dataset_path = dataset_path, .booster_path = {}};
  TRY(files_.info(order.dataset_path).with("dataset " + job.dataset_uri));
  MutexLock lock(mutex_);
  const JobId id = "job-" + std::to_string(next_++);
  const std::string folder = sys::parent_path(order.dataset_path);
  auto entry = std::make_shared<Job>();
  entry->booster_path = order.booster_path = sys::join_path(folder, id + ".booster.json");
  entry->log_path = sys::join_path(folder, id + ".log");
  entry->status.rounds_total = job.parameters.rounds;
  sys::ProcessSpec spec;
  spec.program = options_.program;
  spec.arguments = options_.arguments;
  spec.input = json::dump(to_json(order));
  spec.capture_output = true;
  // A learner's OpenMP threads wait for each other many times a round. Spinning while they wait is
  // fast on an idle machine and 20 times slower on a busy one.
  spec.environment = {{"OMP_WAIT_POLICY", "PASSIVE"}};
  spec.log_path = entry->log_path;
  spec.memory_bytes_max = options_.memory_bytes_max;
  entry->child = TRY(launcher_.launch(spec).with("start the training worker"));
  jobs_.emplace(id, std::move(entry));
  return id;
}

Result<std::shared_ptr<ProcessTrainer::Job>> ProcessTrainer::find(const JobId& id) {
  MutexLock lock(mutex_);
  const auto entry = jobs_.find(id);
  if (entry == jobs_.end()) return not_found("no training job \"" + id + "\"");
  return entry->second;
}

void ProcessTrainer::take_line(Job& job, const std::string& text) const {
  auto line = parse_line(text);
  if (!line) {
    job.failure = std::move(line).error().with("training worker: unreadable line");
  } else if (line->round) {
    job.trained.curve.push_back(*line->round);
    job.status.rounds_done = static_cast<int>(job.trained.curve.size());
  } else if (line->failure) {
    job.failure = std::move(*line->failure).with("training worker");
  } else {
    job.done = std::move(line->done);
  }
}

// The worker closed its output: how did it go?
Status ProcessTrainer::conclude(Job& job) const {
  const auto exit = TRY(job.child->wait_for(kEndGrace));
  if (job.failure) return *job.failure;
  if (!exit) return internal_error("the training worker closed its output but does not end");
  if (exit->signal != 0) {
    return internal_error("the training worker was ended by " + exit->to_string() +
                          " (out of memory, or killed from outside)" +
                          last_words(files_, job.log_path));
  }
  if (!exit->ok() || !job.done) {
    return internal_error("the training worker ended with " + exit->to_string() +
                          " without a result" + last_words(files_, job.log_path));
  }
  job.trained.booster_json =
      TRY(sys::read_file(files_, job.booster_path, options_.booster_bytes_max).with("booster"));
  if (Digest::of(job.trained.booster_json) != job.done->booster_digest) {
    return data_loss("the booster file is not the one the training worker wrote");
  }
  job.trained.rounds = job.done->rounds;
  job.trained.library = job.done->library;
  return {};
}

Result<JobStatus> ProcessTrainer::poll(const JobId& id) {
  const std::shared_ptr<Job> job = TRY(find(id));
  MutexLock lock(job->mutex);
  if (job->status.state != JobStatus::State::kRunning) return job->status;
  auto line = job->child->read_line();
  if (line && *line) {
    take_line(*job, **line);
    return job->status;
  }
  const Status end = line ? conclude(*job) : Status(std::move(line).error());
  job->status.state = end ? JobStatus::State::kSucceeded : JobStatus::State::kFailed;
  if (!end) {
    job->failure = end.error();
    job->status.failure = end.error().message();
  }
  job->child.reset();
  return job->status;
}

Result<TrainedBooster> ProcessTrainer::result(const JobId& id) {
  const std::shared_ptr<Job> job = TRY(find(id));
  MutexLock lock(job->mutex);
  switch (job->status.state) {
    case JobStatus::State::kRunning: return failed_precondition("job " + id + " still runs");
    case JobStatus::State::kFailed: return *job->failure;
    case JobStatus::State::kSucceeded: break;
  }
  MutexLock all(mutex_);
  jobs_.erase(id);
  // The booster now lives in memory; what the worker left behind is of no more use.
  TRY(files_.remove(job->booster_path));
  if (sys::exists(files_, job->log_path)) TRY(files_.remove(job->log_path));
  return std::move(job->trained);
}

}  // namespace skerry::train
