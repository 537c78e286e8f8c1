// SPDX-License-Identifier: Apache-2.0
//
// What a model ships for detection at the edge, fitted on its training data: the T2/Q monitor of
// the raw sensors and the bins of inputs and outputs for drift. Format:
// docs/formats/detector-reference.md. Source: Jackson and Mudholkar 1979 (Q), Hotelling 1947 (T2);
// parameters as reference design. Threads: values and pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/json.h"

namespace skerry::stats {

// Equal-frequency bins of one series: `edges` (ascending) has one number less than `shares`. A
// value below the first edge is in bin 0, from edge i on in bin i + 1.
struct Bins {
  std::string name;
  std::vector<double> edges;
  std::vector<double> shares;  // Of the training rows with a value, sums to 1.
  double missing = 0;          // Share of all training rows without a value.
  double minimum = 0;          // Range of the training rows; beyond it is out of range.
  double maximum = 0;
};

// z = (x - median) / scale clipped at `clip`; e = lambda z + (1 - lambda) e', e = 0 before the
// first row of a life. T2 = e' inverse e; Q = |z - P P' z|^2 with the columns of `components` as P.
struct T2Q {
  std::vector<std::string> channels;
  std::vector<double> median;
  std::vector<double> scale;       // 1.4826 MAD; channels with zero MAD are left out.
  std::vector<double> inverse;     // channels x channels, row-major: inverse of cov(z) + 0.05 I.
  std::vector<double> components;  // channels x component_count, row-major.
  std::size_t component_count = 0;
  double lambda = 0.3;
  double clip = 20;
  double t2_limit = 0;  // Conformal order statistic x 1.5.
  double q_limit = 0;
  int exceedances = 3;  // Alarm at `exceedances` in the last `window` rows.
  int window = 5;
};

inline constexpr std::size_t kT2QChannelsMax = 64;  // Costs about d^2 operations a row.

struct DetectorReference {
  std::vector<Bins> inputs;
  std::vector<Bins> outputs;
  std::optional<T2Q> t2q;  // Absent where it cannot be fitted (stats/t2q_fit.h).
};

json::Object to_json(const DetectorReference& reference);

// Errors: kInvalidArgument naming the member: unknown, missing, of a wrong length or out of range.
Result<DetectorReference> detector_reference_from_json(const json::Value& value);

}  // namespace skerry::stats
