// SPDX-License-Identifier: Apache-2.0
//
// report.html: one run on one page, without scripts or anything fetched from elsewhere, in light
// and dark: metrics, learning curve, predicted against actual, error by segment, lineage. Threads:
// functions may be called from any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "loop/run_record.h"
#include "loop/train_scores.h"
#include "stats/conformal.h"
#include "train/recipe.h"
#include "train/trainer.h"

namespace skerry::loop {

// What the page shows; borrowed.
struct ReportContent {
  const RunRecord& record;
  const train::Recipe& recipe;
  const json::Object& lineage;
  const std::vector<train::RoundLoss>& curve;
  const std::vector<train::RoundLoss>& held_out_curve;  // May be empty.
  const ScoredRows& scored;
  const std::optional<stats::ConformalTable>& intervals;
};

// The same content gives the same bytes.
std::string render_report(const ReportContent& content);

}  // namespace skerry::loop
