// SPDX-License-Identifier: Apache-2.0
#include "plant/csv_rows.h"

#include <vector>

#include "data/csv.h"
#include "data/number.h"

namespace skerry::plant {

std::string csv_header() {
  std::vector<std::string> cells = {"asset", "life", "row", "time"};
  for (std::string& name : sensor_names()) cells.push_back(std::move(name));
  for (const char* name : {"grade", "remaining", "health", "mode", "faults"}) {
    cells.emplace_back(name);
  }
  return csv::format_row(cells);
}

std::string csv_row(const Reading& reading) {
  const Observation& observation = reading.observation;
  const Truth& truth = reading.truth;
  std::vector<std::string> cells = {observation.asset, std::to_string(observation.life),
                                    std::to_string(truth.row),
                                    observation.time ? sys::format_time(*observation.time) : ""};
  for (const SensorType& type : sensor_types()) {
    const auto value = observation.values.find(type.name);
    cells.push_back(value == observation.values.end() ? "" : format_number(value->second));
  }
  cells.push_back(observation.categories.at("grade"));
  cells.push_back(std::to_string(truth.rows_remaining));
  cells.push_back(format_number(truth.health));
  cells.emplace_back(failure_mode_name(truth.mode));
  std::string faults;
  for (const SensorFault& fault : truth.faults) {
    if (!faults.empty()) faults += ' ';
    faults += sensor_types()[fault.sensor].name;
    faults += ':';
    faults += fault_kind_name(fault.kind);
  }
  cells.push_back(std::move(faults));
  return csv::format_row(cells);
}

}  // namespace skerry::plant
