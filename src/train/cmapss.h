// SPDX-License-Identifier: Apache-2.0
//
// The text files of NASA C-MAPSS, a simulation of turbofan engines run to failure: 26 numbers a
// line (engine, cycle, 3 settings, 21 sensors) in train_<subset>.txt and test_<subset>.txt, and the
// life left after the last cycle of each test engine in RUL_<subset>.txt. Source: Saxena, Goebel,
// Simon, Eklund 2008, and the readme.txt of the data. Threads: functions may be called from any
// thread.
#pragma once

#include <string>

#include "base/result.h"
#include "sys/files.h"
#include "train/raw_rows.h"

namespace skerry::train {

// Columns setting1..setting3 and s1..s21; assets "engine-<n>", life 1. Errors: as
// read_training_rows().
Result<RawRows> read_cmapss_training(sys::FileSystem& files, const std::string& subset,
                                     const std::string& data_folder, ReadLimits limits);

// As above, with `remaining` filled. Errors: also when the two files disagree about the engines.
Result<RawRows> read_cmapss_test(sys::FileSystem& files, const std::string& subset,
                                 const std::string& data_folder, ReadLimits limits);

}  // namespace skerry::train
