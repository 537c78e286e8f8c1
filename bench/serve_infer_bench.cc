// SPDX-License-Identifier: Apache-2.0
//
// What one inference costs without a network: the runtime alone, and the whole way from the bytes
// of a request to the bytes of its answer.
//
//   serve_infer_bench MODEL.onnx FEATURES [Google Benchmark's flags]
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "serve/check_rows.h"
#include "serve/oip_inference.h"
#include "serve/onnx/runtime.h"
#include "sys/clock.h"
#include "sys/files.h"

namespace {

using namespace skerry;

struct Bench {
  std::unique_ptr<serve::Runtime> runtime;
  serve::ModelRepository models;
  std::size_t features = 0;
};

std::string number(std::size_t i) {
  return std::to_string(100 + i) + "." + std::to_string(i * 37 % 1000);
}

std::string json_request(std::size_t features) {
  std::string body = R"({"id":"42","inputs":[{"name":"features","datatype":"FP32","shape":[1,)" +
                     std::to_string(features) + R"(],"data":[)";
  for (std::size_t i = 0; i < features; ++i) body += (i > 0 ? "," : "") + number(i);
  return body + "]}]}";
}

void runtime_alone(benchmark::State& state, Bench& bench) {
  const auto model = *bench.models.acquire("bench");
  const auto rows = static_cast<std::size_t>(state.range(0));
  std::vector<float> features(bench.features * rows);
  for (std::size_t i = 0; i < features.size(); ++i)
    features[i] = std::stof(number(i % bench.features));
  std::vector<Tensor> out;
  for (auto _ : state) {
    SKERRY_CHECK(serve::infer_rows(*model->model, features, rows, out).ok());
    benchmark::DoNotOptimize(out.data());
  }
}

void json_request_to_answer(benchmark::State& state, Bench& bench) {
  const std::string body = json_request(bench.features);
  serve::InferReply reply;
  for (auto _ : state) {
    const Status status =
        serve::oip_infer(bench.models, sys::real_clock(), "bench", "", {body, {}}, reply);
    SKERRY_CHECK(status.ok());
    benchmark::DoNotOptimize(reply.body.data());
  }
}

void binary_request_to_answer(benchmark::State& state, Bench& bench) {
  const std::string json =
      R"({"parameters":{"binary_data_output":true},"inputs":[{"name":"features","datatype":"FP32","shape":[1,)" +
      std::to_string(bench.features) + R"(],"parameters":{"binary_data_size":)" +
      std::to_string(bench.features * 4) + "}}]}";
  const std::string body = json + std::string(bench.features * 4, '\0');
  serve::InferReply reply;
  for (auto _ : state) {
    const Status status =
        serve::oip_infer(bench.models, sys::real_clock(), "bench", "", {body, json.size()}, reply);
    SKERRY_CHECK(status.ok());
    benchmark::DoNotOptimize(reply.body.data());
  }
}

void acquire(benchmark::State& state, Bench& bench) {
  for (auto _ : state) benchmark::DoNotOptimize(bench.models.acquire("bench"));
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (argc != 3) return std::fprintf(stderr, "serve_infer_bench MODEL.onnx FEATURES\n"), 2;
  Bench bench;
  bench.features = std::strtoul(argv[2], nullptr, 10);
  auto runtime = serve::onnx::open_onnx_runtime(
      {.library_paths = {SKERRY_SOURCE_DIR "/.deps/onnxruntime/lib/libonnxruntime.so.1"}});
  SKERRY_CHECK(runtime.ok());
  bench.runtime = *std::move(runtime);
  const std::string file = *sys::read_file(sys::real_file_system(), argv[1], 512u << 20);
  const auto refused =
      bench.models.aspire({{"bench", 1, "", true,
                            [&] { return serve::load_graph(*bench.runtime, "bench", 1, file); }}});
  SKERRY_CHECK(refused.empty());
  const auto bound = [&bench](auto function) {
    return [&bench, function](benchmark::State& state) { function(state, bench); };
  };
  benchmark::RegisterBenchmark("runtime_alone/rows", bound(runtime_alone))->Arg(1)->Arg(8)->Arg(64);
  benchmark::RegisterBenchmark("json_request_to_answer", bound(json_request_to_answer));
  benchmark::RegisterBenchmark("binary_request_to_answer", bound(binary_request_to_answer));
  benchmark::RegisterBenchmark("acquire", bound(acquire));
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
