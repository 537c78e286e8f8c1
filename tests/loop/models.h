// SPDX-License-Identifier: Apache-2.0
//
// Small models for walks in which quality does not matter: trained by the program on a few
// simulated machines, once for the whole test program, and put into a registry without building
// images.
#pragma once

#include <string>
#include <vector>

#include "data/json.h"
#include "tests/loop/machine.h"

namespace skerry::walk {

inline constexpr const char* kPlantModel = "small-plant";

// Writes plant data and a recipe of a few rounds into `machine`, and trains.
// Returns what `train run --json` printed.
json::Value train_plant(const Machine& machine, int seed);

// What another machine trained and built, once for the whole test program.
struct BuiltModel {
  std::string bundle;   // The run's bundle.tar.
  std::string archive;  // Path of the images in a .tar file.
  json::Value built;    // What `model build --json` printed.
};
const BuiltModel& built_plant();

// bundle.tar of versions 1 and 2, of different seeds.
const std::vector<std::string>& plant_bundles();

// The same bundle with a graph that no runtime loads, as version 9.
std::string broken_bundle();

// Pushes a bundle as a model artifact under `tag` and returns the digest of its manifest.
std::string push_bundle(const Machine& machine, const std::string& bundle_tar,
                        const std::string& tag);

// Digest of the blob that holds this bundle.
std::string blob_digest(const std::string& bundle_tar);

// An OIP request with one row for the small model.
json::Object infer_request();
// An observation of machine-1 at `minute`.
json::Object plant_observation(int minute);

}  // namespace skerry::walk
