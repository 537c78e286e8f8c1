// SPDX-License-Identifier: Apache-2.0
//
// Readings as the lines of a CSV file: a training set with its truth beside it.
// Columns: asset, life, row, time, the sensors in the order of sensor_names(), grade, then the
// truth: remaining, health, mode, faults ("flow:stuck speed:gap"; empty = none). A gap is an empty
// cell. Threads: none.
#pragma once

#include <string>

#include "plant/simulator.h"

namespace skerry::plant {

// The header line.
std::string csv_header();

// One line for one reading.
std::string csv_row(const Reading& reading);

}  // namespace skerry::plant
