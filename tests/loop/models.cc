// SPDX-License-Identifier: Apache-2.0
#include "tests/loop/models.h"

#include <gtest/gtest.h>

#include "bundle/bundle.h"
#include "domain/oci.h"
#include "loop/registry_bytes.h"
#include "plant/csv_rows.h"
#include "plant/simulator.h"
#include "registry/remote/client.h"
#include "sys/clock.h"

namespace skerry::walk {
namespace {

constexpr std::string_view kRecipe = R"(name: small-plant
description: Remaining life of a pump set, from three sensors.
source:
  format: csv
  file: plant.csv
  columns: {asset: asset, life: life, time: time}
target:
  run_to_failure: {clock: rows, cap: 125, failure: {column: remaining, value: 0}}
features:
  - {op: age}
  - for: [bearing_temperature, vibration_x]
    features:
      - {op: last}
      - {op: mean, n: 5}
split: {by: entity, test: 0.25}
learner:
  objective: reg:squarederror
  max_depth: 3
  subsample: 0.5
  rounds: 8
  seed: 1
output: {name: rul, unit: hours}
)";

constexpr int kFeatures = 5;

}  // namespace

json::Value train_plant(const Machine& machine, int seed) {
  plant::Options options;
  options.assets = 8;
  const auto simulator = take(plant::Simulator::open(options));
  std::string text = plant::csv_header();
  while (const std::optional<plant::Reading> reading = simulator->next()) {
    text += plant::csv_row(*reading);
  }
  machine.write("plant.csv", text);
  const std::string recipe = machine.write("recipe.yaml", kRecipe);
  return machine.ask(
      {"train", "run", recipe, "--data", machine.path(""), "--seed", std::to_string(seed)});
}

const BuiltModel& built_plant() {
  static const Machine machine;  // Its folder lives as long as the archive is needed.
  static const BuiltModel model = [] {
    BuiltModel out;
    const std::string run(train_plant(machine, 1).at("run").as_string());
    out.bundle = machine.read(machine.state() + "/runs/" + run + "/bundle.tar");
    out.archive = machine.path("model.tar");
    out.built = machine.ask({"model", "build", run, "--out", out.archive});
    return out;
  }();
  return model;
}

const std::vector<std::string>& plant_bundles() {
  static const std::vector<std::string> bundles = [] {
    const Machine machine;
    std::vector<std::string> tars;
    for (const int seed : {1, 2}) {
      const json::Value run = train_plant(machine, seed);
      const std::string id(run.at("run").as_string());
      tars.push_back(machine.read(machine.state() + "/runs/" + id + "/bundle.tar"));
    }
    return tars;
  }();
  return bundles;
}

std::string broken_bundle() {
  const bundle::BundleView view = take(bundle::open(plant_bundles().front()));
  bundle::Bundle broken{.manifest = take(bundle::read_manifest(view)),
                        .model_onnx = "this is no graph",
                        .lineage = take(json::parse(view.lineage_json)),
                        .card_markdown = std::string(view.card_markdown)};
  broken.manifest.version = 9;
  return take(bundle::pack(broken));
}

std::string push_bundle(const Machine& machine, const std::string& bundle_tar,
                        const std::string& tag) {
  const Http http(machine.token());
  registry::RemoteRegistry::Options options;
  options.url = machine.url("registry");
  options.credentials.token = machine.token();
  const auto remote =
      take(registry::RemoteRegistry::create(http.client(), sys::real_clock(), options));
  const std::string repository = std::string("models/") + kPlantModel;
  oci::Manifest manifest;
  manifest.media_type = oci::kManifestType;
  manifest.artifact_type = oci::kModelArtifactType;
  manifest.config = take(loop::write_blob(*remote, repository, oci::kModelConfigType, "{}"));
  manifest.layers.push_back(
      take(loop::write_blob(*remote, repository, oci::kModelWeightTarType, bundle_tar)));
  return take(remote->put_manifest(repository, tag, oci::kManifestType,
                                   oci::format_manifest(manifest)))
      .to_string();
}

std::string blob_digest(const std::string& bundle_tar) {
  return Digest::of(bundle_tar).to_string();
}

json::Object infer_request() {
  json::Object input{{"name", "features"}, {"datatype", "FP32"}};
  input["shape"] = json::Array{1, kFeatures};
  input["data"] = json::from_numbers({40, 60, 60, 2, 2});
  return {{"inputs", json::Array{std::move(input)}}};
}

json::Object plant_observation(int minute) {
  const sys::Time time{std::chrono::sys_days{std::chrono::year(2026) / 1 / 1} +
                       std::chrono::minutes(minute)};
  return {{"source", "walk"},
          {"asset", "machine-1"},
          {"time", sys::format_time(time)},
          {"values", {{"bearing_temperature", 60.5 + minute}, {"vibration_x", 2.25}}}};
}

}  // namespace skerry::walk
