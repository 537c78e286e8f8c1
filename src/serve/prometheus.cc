// SPDX-License-Identifier: Apache-2.0
#include "serve/prometheus.h"

#include <chrono>
#include <functional>
#include <vector>

#include "data/number.h"

namespace skerry::serve {
namespace {

struct Sample {
  std::string labels;
  Totals totals;
};

struct Family {
  const char* name;
  const char* help;
  std::function<std::uint64_t(const Totals&)> value;
};

std::uint64_t microseconds(std::chrono::nanoseconds time) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(time).count());
}

void append_head(std::string& out, const std::string& name, const std::string& help,
                 const char* type) {
  out += "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
}

void append_sample(std::string& out, const std::string& name, const std::string& labels,
                   std::uint64_t value) {
  out += name + "{" + labels + "} " + std::to_string(value) + "\n";
}

std::vector<Family> families() {
  return {
      {"nv_inference_request_success", "Requests answered.",
       [](const Totals& t) { return t.requests; }},
      {"nv_inference_count", "Rows scored.", [](const Totals& t) { return t.rows; }},
      {"nv_inference_exec_count", "Runs of the model.", [](const Totals& t) { return t.requests; }},
      {"nv_inference_request_duration_us", "Time of answered requests.",
       [](const Totals& t) { return microseconds(t.times.request); }},
      {"nv_inference_queue_duration_us", "Time in a queue; there is none.",
       [](const Totals&) { return std::uint64_t{0}; }},
      {"nv_inference_compute_input_duration_us", "Time to decode inputs.",
       [](const Totals& t) { return microseconds(t.times.input); }},
      {"nv_inference_compute_infer_duration_us", "Time in the model.",
       [](const Totals& t) { return microseconds(t.times.infer); }},
      {"nv_inference_compute_output_duration_us", "Time to encode outputs.",
       [](const Totals& t) { return microseconds(t.times.output); }},
  };
}

void append_histogram(std::string& out, const std::vector<Sample>& samples) {
  const std::string name = "skerry_request_duration_seconds";
  append_head(out, name, "Time of answered inference requests inside the server.", "histogram");
  for (const Sample& sample : samples) {
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < kLatencyBuckets; ++i) {
      below += sample.totals.latency[i];
      std::string bound = "+Inf";
      if (i + 1 < kLatencyBuckets) {
        bound = format_number(std::chrono::duration<double>(latency_bound(i)).count());
      }
      append_sample(out, name + "_bucket", sample.labels + ",le=\"" + bound + "\"", below);
    }
    out += name + "_sum{" + sample.labels + "} " +
           format_number(std::chrono::duration<double>(sample.totals.times.request).count()) + "\n";
    append_sample(out, name + "_count", sample.labels, below);
  }
}

}  // namespace

std::string prometheus_text(const ModelRepository& models) {
  std::vector<Sample> samples;
  for (const auto& model : models.acquire_all()) {
    samples.push_back(
        {"model=\"" + model->name + "\",version=\"" + std::to_string(model->version) + "\"",
         model->counters->totals()});
  }
  std::string out;
  for (const Family& family : families()) {
    append_head(out, family.name, family.help, "counter");
    for (const Sample& sample : samples) {
      append_sample(out, family.name, sample.labels, family.value(sample.totals));
    }
  }
  const std::string failures = "nv_inference_request_failure";
  append_head(out, failures, "Requests that failed.", "counter");
  for (const Sample& sample : samples) {
    append_sample(out, failures, sample.labels + ",reason=\"REJECTED\"", sample.totals.rejected);
    append_sample(out, failures, sample.labels + ",reason=\"BACKEND\"",
                  sample.totals.backend_failures);
  }
  append_histogram(out, samples);
  append_head(out, "skerry_model_ready", "Versions that answer.", "gauge");
  for (const Sample& sample : samples) append_sample(out, "skerry_model_ready", sample.labels, 1);
  return out;
}

}  // namespace skerry::serve
