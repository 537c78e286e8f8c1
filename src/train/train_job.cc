// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "data/json.h"
#include "train/trainer.h"

namespace skerry::train {
namespace {

Result<int> get_small_int(const json::Object& object, std::string_view key) {
  const std::int64_t value = TRY(json::get_int(object, key));
  if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max()) {
    return invalid_argument("field \"" + std::string(key) + "\" is out of range");
  }
  return static_cast<int>(value);
}

Result<LearnerParameters> parameters_from_json(const json::Object& object) {
  TRY(json::check_keys(
      object,
      {"objective", "eta", "max_depth", "subsample", "colsample_bytree", "min_child_weight",
       "lambda", "scale_pos_weight", "rounds", "early_stopping_rounds", "seed", "threads"},
      "parameters"));
  LearnerParameters out;
  out.objective = TRY(json::get_string(object, "objective"));
  out.eta = TRY(json::get_number(object, "eta"));
  out.max_depth = TRY(get_small_int(object, "max_depth"));
  out.subsample = TRY(json::get_number(object, "subsample"));
  out.colsample_bytree = TRY(json::get_number(object, "colsample_bytree"));
  out.min_child_weight = TRY(json::get_number(object, "min_child_weight"));
  out.lambda = TRY(json::get_number(object, "lambda"));
  out.scale_pos_weight = TRY(json::get_number(object, "scale_pos_weight"));
  out.rounds = TRY(get_small_int(object, "rounds"));
  out.early_stopping_rounds = TRY(get_small_int(object, "early_stopping_rounds"));
  out.seed = TRY(json::get_int(object, "seed"));
  out.threads = TRY(get_small_int(object, "threads"));
  return out;
}

}  // namespace

json::Object to_json(const LearnerParameters& parameters) {
  return {{"objective", parameters.objective},
          {"eta", parameters.eta},
          {"max_depth", parameters.max_depth},
          {"subsample", parameters.subsample},
          {"colsample_bytree", parameters.colsample_bytree},
          {"min_child_weight", parameters.min_child_weight},
          {"lambda", parameters.lambda},
          {"scale_pos_weight", parameters.scale_pos_weight},
          {"rounds", parameters.rounds},
          {"early_stopping_rounds", parameters.early_stopping_rounds},
          {"seed", parameters.seed},
          {"threads", parameters.threads}};
}

json::Object to_json(const TrainJob& job) {
  json::Object out = {{"dataset_uri", job.dataset_uri},
                      {"dataset_digest", job.dataset_digest.to_string()}};
  if (job.holdout_fold) out["holdout_fold"] = *job.holdout_fold;
  out["parameters"] = to_json(job.parameters);
  return out;
}

Result<TrainJob> train_job_from_json(const json::Value& value) {
  const json::Object& object = *TRY(json::as_object(value, "job"));
  TRY(json::check_keys(object, {"dataset_uri", "dataset_digest", "holdout_fold", "parameters"},
                       "job"));
  TrainJob job;
  job.dataset_uri = TRY(json::get_string(object, "dataset_uri"));
  job.dataset_digest = TRY(Digest::parse(TRY(json::get_string(object, "dataset_digest"))));
  if (object.contains("holdout_fold"))
    job.holdout_fold = TRY(get_small_int(object, "holdout_fold"));
  job.parameters = TRY(parameters_from_json(*TRY(json::get_object(object, "parameters"))));
  return job;
}

}  // namespace skerry::train
