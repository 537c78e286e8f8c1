// SPDX-License-Identifier: Apache-2.0
//
// The charts of a run's report, each a whole <figure>.
// Threads: functions may be called from any thread.
#pragma once

#include <string>

#include "loop/run_report.h"

namespace skerry::loop {

// Loss of each round on the training rows and on the rows held out.
std::string learning_curve_figure(const ReportContent& content);

// Regression: a dot for each test row over the band of the prediction intervals. Classification:
// the share of positives among rows of like score.
std::string predicted_against_actual_figure(const ReportContent& content);

// "" for a run without segments.
std::string segment_figure(const ReportContent& content);

}  // namespace skerry::loop
