// SPDX-License-Identifier: Apache-2.0
//
// A learner that fits in a test: a straight line over the first feature, with a trainer, a
// predictor, a converter and a runtime for it, so that a whole training run needs no library.
#pragma once

#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "data/json.h"
#include "loop/train_run.h"
#include "sys/fake/clock.h"
#include "sys/fake/files.h"
#include "train/dataset_file.h"

namespace skerry::loop::toy {

struct Line {
  double slope = 0;
  double offset = 0;
  bool logistic = false;

  std::string to_text() const {
    return json::dump(json::Object{{"slope", slope}, {"offset", offset}, {"logistic", logistic}});
  }
  static Result<Line> parse(std::string_view text) {
    const json::Value value = TRY(json::parse(text));
    const json::Object& object = *TRY(json::as_object(value, "line"));
    return Line{TRY(json::get_number(object, "slope")), TRY(json::get_number(object, "offset")),
                TRY(json::get_bool(object, "logistic"))};
  }
  float margin(float x) const {
    return static_cast<float>(offset + (std::isnan(x) ? 0 : slope * static_cast<double>(x)));
  }
  float answer(float x) const {
    return logistic ? 1.0f / (1.0f + std::exp(-margin(x))) : margin(x);
  }
};

// Least squares.
inline Line fit_line(const train::Matrix& rows, bool logistic) {
  double sx = 0, sy = 0, sxx = 0, sxy = 0;
  const auto n = static_cast<double>(rows.rows());
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const double x = rows.values[row * rows.columns];
    const double y = logistic ? 8.0 * rows.labels[row] - 4 : rows.labels[row];
    sx += x, sy += y, sxx += x * x, sxy += x * y;
  }
  const double slope = (n * sxy - sx * sy) / (n * sxx - sx * sx);
  return {slope, (sy - slope * sx) / n, logistic};
}

// Works on the runs folder "/runs" of a file system; each job is done at its second poll.
class Trainer final : public train::Trainer {
 public:
  explicit Trainer(sys::FileSystem& files) : files_(files) {}

  Result<train::JobId> submit(const train::TrainJob& job) override {
    jobs.push_back(job);
    return std::to_string(jobs.size() - 1);
  }

  Result<train::JobStatus> poll(const train::JobId& id) override {
    train::JobStatus status;
    const train::TrainJob& job = jobs.at(std::stoul(id));
    status.rounds_total = job.parameters.rounds;
    status.rounds_done = polls_[id]++ == 0 ? 1 : job.parameters.rounds;
    if (status.rounds_done == job.parameters.rounds) {
      status.state = train::JobStatus::State::kSucceeded;
    }
    return status;
  }

  Result<train::TrainedBooster> result(const train::JobId& id) override {
    const train::TrainJob& job = jobs.at(std::stoul(id));
    const std::string path = "/runs/" + job.dataset_uri.substr(4);
    const std::string bytes = TRY(sys::read_file(files_, path, 1u << 30));
    if (Digest::of(bytes) != job.dataset_digest) return data_loss("another dataset");
    const train::DatasetFile dataset = TRY(train::decode_dataset(bytes));
    train::Matrix rows = dataset.rows;
    if (job.holdout_fold) rows = TRY(train::hold_out(dataset, *job.holdout_fold)).kept;
    train::TrainedBooster trained;
    trained.booster_json = fit_line(rows, job.parameters.objective == "binary:logistic").to_text();
    trained.rounds = job.parameters.early_stopping_rounds > 0 ? 3 : job.parameters.rounds;
    for (int round = 1; round <= trained.rounds; ++round) {
      trained.curve.push_back(
          {round, 10.0 / round, job.holdout_fold ? 12.0 / round : std::nan("")});
    }
    trained.library = "toy 1.0";
    return trained;
  }

  std::vector<train::TrainJob> jobs;  // In the order of submission.

 private:
  sys::FileSystem& files_;
  std::map<train::JobId, int> polls_;
};

class Predictor final : public train::Predictor {
 public:
  explicit Predictor(Line line) : line_(line) {}
  Result<std::vector<float>> predict(const train::Matrix& rows, bool margin) override {
    std::vector<float> out;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
      const float x = rows.values[row * rows.columns];
      out.push_back(margin ? line_.margin(x) : line_.answer(x));
    }
    return out;
  }

 private:
  Line line_;
};

class Model final : public serve::Model {
 public:
  Model(Line line, float error) : line_(line), error_(error) {}
  const std::vector<TensorSpec>& inputs() const override { return inputs_; }
  const std::vector<TensorSpec>& outputs() const override { return outputs_; }
  Status infer(std::span<const serve::TensorView> in, std::vector<Tensor>& out) override {
    const auto rows = static_cast<std::size_t>(in[0].shape[0]);
    const auto columns = static_cast<std::size_t>(in[0].shape[1]);
    const auto* values = reinterpret_cast<const float*>(in[0].bytes.data());
    out.assign(2, {});
    for (std::size_t i = 0; i < 2; ++i) {
      out[i].name = outputs_[i].name;
      out[i].shape = {in[0].shape[0], 1};
      out[i].bytes.resize(rows * sizeof(float));
    }
    for (std::size_t row = 0; row < rows; ++row) {
      const float x = values[row * columns];
      out[0].view<float>()[row] = line_.answer(x) + error_;
      out[1].view<float>()[row] = line_.margin(x);
    }
    return {};
  }

 private:
  Line line_;
  float error_;
  std::vector<TensorSpec> inputs_ = {{"features", DType::kFp32, {-1, -1}}};
  std::vector<TensorSpec> outputs_ = {{"prediction", DType::kFp32, {-1, 1}},
                                      {"margin", DType::kFp32, {-1, 1}}};
};

class Runtime final : public serve::Runtime {
 public:
  Result<std::unique_ptr<serve::Model>> load(std::string_view onnx) override {
    return std::unique_ptr<serve::Model>(std::make_unique<Model>(TRY(Line::parse(onnx)), error));
  }
  std::string version() const override { return "toy runtime 1.0"; }

  float error = 0;  // Added to each prediction: a converter that is wrong.
};

inline train::ModelTools model_tools() {
  return {.open_booster = [](std::string_view text) -> Result<std::unique_ptr<train::Predictor>> {
            return std::unique_ptr<train::Predictor>(
                std::make_unique<Predictor>(TRY(Line::parse(text))));
          },
          .to_onnx = [](std::string_view text, const std::string&,
                        std::size_t) -> Result<std::string> { return std::string(text); }};
}

// Notes what it is told; stops the run at `stop_at`.
class Progress final : public TrainProgress {
 public:
  bool update(std::string_view phase, double fraction) override {
    phases.emplace_back(phase);
    fractions.push_back(fraction);
    return phase.find(stop_at) == std::string_view::npos || stop_at.empty();
  }
  std::vector<std::string> phases;
  std::vector<double> fractions;
  std::string stop_at;
};

}  // namespace skerry::loop::toy
