// SPDX-License-Identifier: Apache-2.0
//
// The golden boosters of tests/golden/train: models of several XGBoost versions, with rows and what
// that version predicts for them. make_boosters.py writes them.
#pragma once

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "data/json.h"

namespace skerry::test {

struct GoldenBooster {
  std::string booster_json;
  std::vector<float> rows;  // Four columns; NaN = missing.
  std::vector<float> margin;
  std::vector<float> prediction;
};

inline std::vector<float> golden_floats(const json::Object& object, const char* key) {
  std::vector<float> values;
  for (const json::Value& value : object.at(key).as_array()) {
    values.push_back(value.is_null() ? std::numeric_limits<float>::quiet_NaN()
                                     : value.to_number<float>());
  }
  return values;
}

// By file name, "booster_1.7.6_dart.json".
inline std::map<std::string, GoldenBooster> golden_boosters() {
  std::map<std::string, GoldenBooster> boosters;
  const std::filesystem::path folder = SKERRY_SOURCE_DIR "/tests/golden/train";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("booster_")) continue;
    std::ifstream file(entry.path());
    const json::Value root = *json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
    const json::Object& object = root.as_object();
    boosters[name] = {std::string(object.at("booster").as_string()), golden_floats(object, "rows"),
                      golden_floats(object, "margin"), golden_floats(object, "prediction")};
  }
  return boosters;
}

}  // namespace skerry::test
