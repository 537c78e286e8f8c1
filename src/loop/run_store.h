// SPDX-License-Identifier: Apache-2.0
//
// The folder of training runs, one folder a run: <runs>/<model>-v<version>/. Several processes may
// train at once; a version is taken by creating its run.json exclusively, so no lock is needed.
// Threads: functions of one store may be called from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "loop/run_record.h"
#include "sys/files.h"

namespace skerry::loop {

// Names of the files in the folder of a run.
inline constexpr std::string_view kRunFile = "run.json";
inline constexpr std::string_view kRecipeFile = "recipe.yaml";
inline constexpr std::string_view kDatasetFile = "dataset.bin";
inline constexpr std::string_view kBoosterFile = "booster.json";
inline constexpr std::string_view kBundleFile = "bundle.tar";
inline constexpr std::string_view kLineageFile = "lineage.json";
inline constexpr std::string_view kCardFile = "card.md";
inline constexpr std::string_view kReportFile = "report.html";
inline constexpr std::string_view kPredictionsFile = "predictions.csv";

class RunStore {
 public:
  // `files` outlives the store. The folder need not exist.
  RunStore(sys::FileSystem& files, std::string folder)
      : files_(files), folder_(std::move(folder)) {}

  struct Claim {
    std::string id;
    std::int64_t version = 0;
  };
  // Takes the version after the highest one of `model` and makes its folder.
  Result<Claim> claim(const std::string& model);

  Status save(const RunRecord& record);
  Status write(const std::string& id, std::string_view file, std::string_view bytes);

  // Errors: kNotFound with the nearest run, kInvalidArgument for a text that cannot be a run's id,
  // kDataLoss for a damaged run.json.
  Result<RunRecord> load(const std::string& id);

  struct Listing {
    std::vector<RunRecord> runs;          // Newest first.
    std::vector<std::string> unreadable;  // Ids of runs without a readable run.json.
  };
  Result<Listing> list();

  std::string path_of(std::string_view id, std::string_view file) const;

 private:
  sys::FileSystem& files_;
  const std::string folder_;
};

}  // namespace skerry::loop
