// SPDX-License-Identifier: Apache-2.0
//
// What a model ships for detection at the edge, fitted on its training data: the T2/Q monitor of the raw
// sensors and the bins of inputs and outputs for drift.
// Source: Jackson and Mudholkar 1979 (Q), Hotelling 1947 (T2); parameters as reference design.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/json.h"

namespace skerry::stats {

// Equal-frequency bins of one series: `edges` has one number less than `shares`.
struct Bins {
  std::string name;
  std::vector<double> edges;
  std::vector<double> shares;  // Of the training rows, sums to 1.
};

// z = (x - median) / scale clipped at `clip`; e = lambda z + (1 - lambda) e'. T2 = e' inverse e;
// Q = |z - P P' z|^2 with the columns of `components` as P.
struct T2Q {
  std::vector<std::string> channels;
  std::vector<double> median;
  std::vector<double> scale;  // 1.4826 MAD; channels with zero MAD are left out.
  std::vector<double> inverse;     // channels x channels, row-major: inverse of cov(z) + 0.05 I.
  std::vector<double> components;  // channels x count, row-major.
  std::size_t component_count = 0;
  double lambda = 0.3;
  double clip = 20;
  double t2_limit = 0;  // Conformal order statistic x 1.5.
  double q_limit = 0;
  int exceedances = 3;  // Alarm at `exceedances` in the last `window` rows.
  int window = 5;
};

struct DetectorReference {
  std::vector<Bins> inputs;
  std::vector<Bins> outputs;
  std::optional<T2Q> t2q;  // Absent where fewer than two channels vary.
};

json::Object to_json(const DetectorReference& reference);
Result<DetectorReference> detector_reference_from_json(const json::Value& value);

}  // namespace skerry::stats
