// SPDX-License-Identifier: Apache-2.0
#include "train/worker.h"

#include <cmath>
#include <limits>

#include "base/digest.h"
#include "data/json.h"
#include "train/dataset_file.h"
#include "train/trainer.h"

namespace skerry::train {
namespace {

json::Value finite_or_null(double value) {
  return std::isfinite(value) ? json::Value(value) : json::Value(nullptr);
}

Result<double> get_number_or_nan(const json::Object& object, std::string_view key) {
  const json::Value* value = object.if_contains(key);
  if (value != nullptr && value->is_null()) return std::numeric_limits<double>::quiet_NaN();
  return json::get_number(object, key);
}

Result<Code> parse_code(std::string_view name) {
  for (int code = static_cast<int>(Code::kCancelled);
       code <= static_cast<int>(Code::kUnauthenticated); ++code) {
    if (code_name(static_cast<Code>(code)) == name) return static_cast<Code>(code);
  }
  return invalid_argument("unknown error code");
}

Result<DatasetFile> load_dataset(sys::FileSystem& files, const WorkerOrder& order,
                                 WorkerLimits limits) {
  const std::string bytes =
      TRY(sys::read_file(files, order.dataset_path, limits.dataset_bytes_max).with("dataset"));
  if (Digest::of(bytes, order.job.dataset_digest.algorithm()) != order.job.dataset_digest) {
    return data_loss("dataset " + order.job.dataset_uri + ": its digest is not the job's");
  }
  return decode_dataset(bytes);
}

Result<WorkerLine::Done> carry_out(sys::FileSystem& files, std::string_view text,
                                   const FitFunction& fit,
                                   const std::function<bool(const std::string&)>& emit,
                                   WorkerLimits limits) {
  const WorkerOrder order = TRY(worker_order_from_json(text).with("order"));
  DatasetFile dataset = TRY(load_dataset(files, order, limits));
  const auto progress = [&emit](const RoundLoss& loss) {
    WorkerLine line;
    line.round = loss;
    return emit(format_line(line));
  };
  TrainedBooster trained;
  if (order.job.holdout_fold) {
    const Sides sides = TRY(hold_out(dataset, *order.job.holdout_fold));
    trained = TRY(fit(order.job.parameters, sides.kept, &sides.held_out, progress));
  } else {
    trained = TRY(fit(order.job.parameters, dataset.rows, nullptr, progress));
  }
  TRY(sys::write_file_atomically(files, order.booster_path, trained.booster_json));
  return WorkerLine::Done{trained.rounds, trained.library, Digest::of(trained.booster_json)};
}

}  // namespace

json::Object to_json(const WorkerOrder& order) {
  return {{"job", to_json(order.job)},
          {"dataset_path", order.dataset_path},
          {"booster_path", order.booster_path}};
}

Result<WorkerOrder> worker_order_from_json(std::string_view text) {
  const json::Value value = TRY(json::parse(text));
  const json::Object& object = *TRY(json::as_object(value, "order"));
  TRY(json::check_keys(object, {"job", "dataset_path", "booster_path"}, "order"));
  WorkerOrder order;
  order.job = TRY(train_job_from_json(*TRY(json::get_object(object, "job"))));
  order.dataset_path = TRY(json::get_string(object, "dataset_path"));
  order.booster_path = TRY(json::get_string(object, "booster_path"));
  return order;
}

std::string format_line(const WorkerLine& line) {
  if (line.round) {
    return json::dump(json::Object{{"round", line.round->round},
                                   {"train", finite_or_null(line.round->train)},
                                   {"validation", finite_or_null(line.round->validation)}});
  }
  if (line.done) {
    return json::dump(json::Object{{"rounds", line.done->rounds},
                                   {"library", line.done->library},
                                   {"booster", line.done->booster_digest.to_string()}});
  }
  SKERRY_CHECK(line.failure.has_value());
  return json::dump(json::Object{{"error", code_name(line.failure->code())},
                                 {"message", line.failure->message()}});
}

Result<WorkerLine> parse_line(std::string_view text) {
  const json::Value value = TRY(json::parse(text));
  const json::Object& object = *TRY(json::as_object(value, "line"));
  WorkerLine line;
  if (object.contains("round")) {
    line.round = RoundLoss{static_cast<int>(TRY(json::get_int(object, "round"))),
                           TRY(get_number_or_nan(object, "train")),
                           TRY(get_number_or_nan(object, "validation"))};
  } else if (object.contains("error")) {
    line.failure = Error(TRY(parse_code(TRY(json::get_string(object, "error")))),
                         TRY(json::get_string(object, "message")));
  } else {
    WorkerLine::Done done;
    done.rounds = static_cast<int>(TRY(json::get_int(object, "rounds")));
    done.library = TRY(json::get_string(object, "library"));
    done.booster_digest = TRY(Digest::parse(TRY(json::get_string(object, "booster"))));
    line.done = std::move(done);
  }
  return line;
}

Status run_worker(sys::FileSystem& files, std::string_view order, const FitFunction& fit,
                  const std::function<bool(const std::string& line)>& emit, WorkerLimits limits) {
  const auto outcome = carry_out(files, order, fit, emit, limits);
  WorkerLine last;
  if (outcome) {
    last.done = *outcome;
  } else {
    last.failure = outcome.error();
  }
  const bool heard = emit(format_line(last));
  if (!outcome) return outcome.error();
  if (!heard) return Error(Code::kCancelled, "nobody reads the outcome");
  return {};
}

}  // namespace skerry::train
