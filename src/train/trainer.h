// SPDX-License-Identifier: Apache-2.0
//
// A trainer (step 1) turns a prepared dataset into an XGBoost booster, wherever it runs: a child
// process here, later Spark or Azure ML. Only train/onnx turns a booster into ONNX. Threads:
// implementations are internally synchronised.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "data/json.h"

namespace skerry::train {

// Rows for a learner, row-major; NaN = missing.
struct Matrix {
  std::size_t columns = 0;
  std::vector<float> values;
  std::vector<float> labels;
  std::size_t rows() const { return labels.size(); }
};

struct LearnerParameters {
  std::string objective = "reg:squarederror";  // Or "binary:logistic".
  double eta = 0.1;
  int max_depth = 6;
  double subsample = 1;
  double colsample_bytree = 1;
  double min_child_weight = 1;
  double lambda = 1;
  double scale_pos_weight = 1;
  int rounds = 100;               // Upper bound with early stopping.
  int early_stopping_rounds = 0;  // 0 = off: exactly `rounds`.
  std::int64_t seed = 0;
  int threads = 0;  // 0 = all cores; stored as used, since it can change the last bits.
};

// Everything a trainer needs; it holds no local path, so it can be sent anywhere.
struct TrainJob {
  std::string dataset_uri;  // Of a dataset file (docs/formats/dataset.md): "run:<run id>/<file>".
  Digest dataset_digest = Digest::of("");
  // Rows of this fold are the validation rows; without it every row is trained on.
  std::optional<int> holdout_fold;
  LearnerParameters parameters;
};

json::Object to_json(const LearnerParameters& parameters);
json::Object to_json(const TrainJob& job);
// Errors: kInvalidArgument naming the member, unknown members included.
Result<TrainJob> train_job_from_json(const json::Value& value);

struct RoundLoss {
  int round = 0;
  double train = 0;
  double validation = 0;  // NaN without validation rows.
};

struct JobStatus {
  enum class State { kRunning, kSucceeded, kFailed };
  State state = State::kRunning;
  int rounds_done = 0;
  int rounds_total = 0;
  std::string failure;  // kFailed: what and where.
};

struct TrainedBooster {
  std::string booster_json;  // XGBoost JSON model, sliced to the rounds that count.
  std::vector<RoundLoss> curve;
  int rounds = 0;       // Rounds in the booster.
  std::string library;  // "xgboost 1.7.4".
};

using JobId = std::string;

class Trainer {
 public:
  virtual ~Trainer() = default;
  // Errors: kInvalidArgument, kNotFound for the dataset. A dataset of another digest fails the job.
  virtual Result<JobId> submit(const TrainJob& job) = 0;
  // Blocks shortly. Errors: kNotFound for an unknown job.
  virtual Result<JobStatus> poll(const JobId& job) = 0;
  // Of a job that succeeded. Errors: kFailedPrecondition while it runs; of a failed job its
  // failure.
  virtual Result<TrainedBooster> result(const JobId& job) = 0;
};

}  // namespace skerry::train
