// SPDX-License-Identifier: Apache-2.0
//
// A small bundle for tests: the manifest is real in every part, the graph is bytes that nobody
// loads.
#pragma once

#include <array>
#include <limits>
#include <string>

#include "bundle/bundle.h"

namespace skerry::bundle {

inline CheckRows::Sequence sample_sequence(const feature::Pipeline& pipeline) {
  CheckRows::Sequence sequence;
  feature::AssetState state = pipeline.start();
  for (const double value : {641.82, 642.15, 642.35}) {
    Observation observation;
    observation.source = "check";
    observation.asset = "engine-1";
    observation.values["s2"] = value;
    std::vector<float> features(pipeline.names().size());
    pipeline.advance(state, observation, features);
    sequence.observations.push_back(observation);
    sequence.outputs.push_back(118.2 - static_cast<double>(sequence.features.size()));
    sequence.features.push_back(std::move(features));
  }
  return sequence;
}

// A regression model of two features and one sensor.
inline Manifest sample_manifest(std::string name = "turbofan-rul", std::int64_t version = 7) {
  auto declaration = json::parse(
      R"([{"op":"last","sensor":"s2"},{"op":"mean","sensor":"s2","n":3,"name":"s2_mean"}])");
  SKERRY_CHECK(declaration.ok());
  auto pipeline = feature::Pipeline::parse(*declaration);
  SKERRY_CHECK(pipeline.ok());
  const float missing = std::numeric_limits<float>::quiet_NaN();
  Manifest manifest{.name = std::move(name),
                    .version = version,
                    .signature = {.inputs = {{"features", DType::kFp32, {-1, 2}}},
                                  .outputs = {{"prediction", DType::kFp32, {-1, 1}},
                                              {"margin", DType::kFp32, {-1, 1}}},
                                  .output_name = "rul",
                                  .output_unit = "cycles"},
                    .pipeline = pipeline->to_json(),
                    .pipeline_digest = pipeline->digest(),
                    .detector = {},
                    .conformal = stats::ConformalTable{.coverage = 0.9,
                                                       .upper = {50},
                                                       .lower_quantile = {-9.5, -20},
                                                       .upper_quantile = {8.25, 31}},
                    .checks = {}};
  manifest.checks.rows = {{.inputs = {0.1f, 1e-7f}, .outputs = {118.25, 118.25}},
                          {.inputs = {missing, 16777217.0f}, .outputs = {1.5, 1.5}}};
  manifest.checks.sequences = {sample_sequence(*pipeline)};
  return manifest;
}

inline Bundle sample_bundle(std::string name = "turbofan-rul", std::int64_t version = 7) {
  json::Object lineage;
  lineage["dataset"] = "file:train_FD001.txt";
  lineage["seed"] = 1;
  return {.manifest = sample_manifest(std::move(name), version),
          .model_onnx = std::string("\x08\x08graph\0bytes", 13),
          .lineage = std::move(lineage),
          .card_markdown = "# turbofan-rul\n"};
}

}  // namespace skerry::bundle
