// SPDX-License-Identifier: Apache-2.0
//
// Cost of one observation in the feature pipeline, with the 57 features of the turbofan recipe and
// with one feature of a long window; memory and bytes of one asset's state as counters.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "feature/pipeline.h"
#include "sys/random.h"

namespace skerry::feature {
namespace {

constexpr char kTurbofan[] = R"([{"op": "age", "name": "cycle"}, {
  "for": ["s2", "s3", "s4", "s7", "s8", "s9", "s11", "s12", "s13", "s14", "s15", "s17", "s20", "s21"],
  "features": [{"op": "last"}, {"op": "ewma", "alpha": 0.1},
    {"op": "difference", "of": [{"op": "mean", "n": 20}, {"op": "first_mean", "n": 20}]},
    {"op": "sd", "n": 20}]}])";
constexpr char kLongWindow[] =
    R"([{"op": "slope", "sensor": "s2", "n": 10000}, {"op": "max", "sensor": "s2", "n": 10000}])";

std::vector<Observation> observations(std::size_t count) {
  sys::SeededRandom random(1);
  std::vector<Observation> rows(count);
  for (Observation& row : rows) {
    for (int sensor = 1; sensor <= 21; ++sensor) {
      row.values["s" + std::to_string(sensor)] = 600 + random.normal();
    }
  }
  return rows;
}

void advance(benchmark::State& bench, const char* declaration) {
  const Pipeline pipeline = std::move(Pipeline::parse(*json::parse(declaration))).value();
  const std::vector<Observation> rows = observations(512);
  std::vector<float> out(pipeline.names().size());
  AssetState state = pipeline.start();
  std::size_t at = 0;
  for (auto _ : bench) {
    pipeline.advance(state, rows[at++ % rows.size()], out);
    benchmark::DoNotOptimize(out.data());
  }
  bench.counters["features"] = static_cast<double>(out.size());
  bench.counters["memory_bytes"] = static_cast<double>(state.memory_bytes());
  bench.counters["serialized_bytes"] = static_cast<double>(state.serialize().size());
}

void serialize_and_restore(benchmark::State& bench) {
  const Pipeline pipeline = std::move(Pipeline::parse(*json::parse(kTurbofan))).value();
  AssetState state = pipeline.start();
  std::vector<float> out(pipeline.names().size());
  for (const Observation& row : observations(50)) pipeline.advance(state, row, out);
  for (auto _ : bench) benchmark::DoNotOptimize(pipeline.restore(state.serialize()));
}

BENCHMARK_CAPTURE(advance, turbofan_57, kTurbofan);
BENCHMARK_CAPTURE(advance, window_10000, kLongWindow);
BENCHMARK(serialize_and_restore);

}  // namespace
}  // namespace skerry::feature

BENCHMARK_MAIN();
