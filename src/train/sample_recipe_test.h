// SPDX-License-Identifier: Apache-2.0
//
// A small recipe and a table that fits it, for tests.
#pragma once

#include <string>

#include "sys/fake/files.h"
#include "sys/files.h"

namespace skerry::train::sample {

// Two machines a and b with two lives each; every life ends in a failure but the last one of b.
inline const char* const kLives =
    "asset,life,time,temperature,grade,failed\n"
    "a,1,2026-01-01T00:00:00Z,10,L,0\n"
    "a,1,2026-01-01T01:00:00Z,11,L,0\n"
    "a,1,2026-01-01T02:00:00Z,13,M,1\n"
    "b,1,2026-01-01T00:00:00Z,20,H,0\n"
    "b,1,2026-01-01T03:00:00Z,22,H,1\n"
    "a,2,2026-01-02T00:00:00Z,10.5,L,0\n"
    "a,2,2026-01-02T01:00:00Z,12,L,1\n"
    "b,2,2026-01-02T00:00:00Z,21,M,0\n"
    "b,2,2026-01-02T01:00:00Z,23,M,0\n";

inline const char* const kRecipe = R"(
name: pump-rul
source:
  format: csv
  file: pumps.csv
  columns: {asset: asset, life: life, time: time}
target:
  run_to_failure: {clock: rows, cap: 125, failure: {column: failed, value: 1}}
features:
  - {op: age}
  - {op: last, sensor: temperature}
split: {by: entity, test: 0.5}
learner: {objective: "reg:squarederror", rounds: 5}
output: {name: rul, unit: hours}
)";

// `text` with the first `from` in it replaced by `to`.
inline std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

// Puts a file into a fake file system.
inline void put(sys::fake::FakeFileSystem& files, const std::string& path,
                const std::string& text) {
  const bool made = files.make_directories(sys::parent_path(path)).ok() &&
                    sys::write_file_atomically(files, path, text).ok();
  SKERRY_CHECK(made);
}

}  // namespace skerry::train::sample
