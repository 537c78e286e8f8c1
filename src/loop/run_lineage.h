// SPDX-License-Identifier: Apache-2.0
//
// Where a model comes from: lineage.json and the model card made from it. Format:
// docs/formats/run.md. Threads: functions may be called from any thread.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "data/json.h"
#include "loop/run_record.h"
#include "sys/files.h"
#include "train/dataset.h"
#include "train/recipe.h"

namespace skerry::loop {

// The program and the machine a run happened on.
struct RunSurroundings {
  std::string code_version;            // "skerry 0.1.0"
  std::vector<std::string> libraries;  // "xgboost 1.7.4"
  std::string cpu;                     // "AMD EPYC 7763"; "unknown" where the system does not say.
  int cores = 0;
  std::string parent;  // Digest of the model this one is to replace; may be empty.
};

// The processor's name from /proc/cpuinfo.
std::string cpu_name(sys::FileSystem& files);

// `parameters` are those of the final fit.
json::Object make_lineage(const RunRecord& record, const train::Recipe& recipe,
                          const train::Dataset& dataset, const train::LearnerParameters& parameters,
                          const Digest& pipeline_digest, const RunSurroundings& surroundings);

// Markdown for people: what the model is for, what it was made from, how good it is and where it is
// not. Errors: kInvalidArgument for a lineage that make_lineage() did not write.
Result<std::string> make_card(const json::Object& lineage);

}  // namespace skerry::loop
