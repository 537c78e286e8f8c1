// SPDX-License-Identifier: Apache-2.0
#include "plant/fault.h"

#include <limits>

#include "plant/draw.h"

namespace skerry::plant {

std::string_view fault_kind_name(FaultKind kind) {
  switch (kind) {
    case FaultKind::kStuck: return "stuck";
    case FaultKind::kGap: return "gap";
    case FaultKind::kSpike: return "spike";
    case FaultKind::kUnitChange: return "unit_change";
  }
  return "";
}

void FaultInjector::repair() { conditions_ = {}; }

std::vector<SensorFault> FaultInjector::apply(SensorValues& values) {
  std::vector<SensorFault> showing;
  for (std::size_t i = 0; i < values.size(); ++i) {
    Condition& condition = conditions_[i];
    const SensorType& type = sensor_types()[i];
    if (!condition.fault) begin(condition, type);
    if (!condition.fault) {
      condition.last = values[i];
      condition.has_last = true;
      continue;
    }
    values[i] = distort(condition, type, values[i]);
    showing.push_back({static_cast<SensorIndex>(i), *condition.fault});
    if (condition.rows_left > 0 && --condition.rows_left == 0) condition.fault.reset();
  }
  return showing;
}

void FaultInjector::begin(Condition& condition, const SensorType& type) {
  double left = random_.uniform();
  const auto falls_on = [&left](double rate) { return (left -= rate) < 0; };
  if (falls_on(rates_.stuck)) {
    if (!condition.has_last) return;  // Nothing to be stuck at yet.
    condition.fault = FaultKind::kStuck;
    condition.rows_left = between(random_, 10, 40);
  } else if (falls_on(rates_.gap)) {
    condition.fault = FaultKind::kGap;
    condition.rows_left = between(random_, 1, 12);
  } else if (falls_on(rates_.spike)) {
    condition.fault = FaultKind::kSpike;
    condition.rows_left = 1;
  } else if (falls_on(rates_.unit_change) && type.other_factor != 0) {
    condition.fault = FaultKind::kUnitChange;
    condition.rows_left = 0;
  }
}

double FaultInjector::distort(const Condition& condition, const SensorType& type, double value) {
  switch (*condition.fault) {
    case FaultKind::kStuck: return condition.last;
    case FaultKind::kGap: return std::numeric_limits<double>::quiet_NaN();
    case FaultKind::kUnitChange:
      return at_resolution(type, value * type.other_factor + type.other_offset);
    case FaultKind::kSpike: break;
  }
  const double sign = random_.below(2) == 0 ? 1 : -1;
  return at_resolution(type, value + sign * type.noise * between(random_, 25.0, 80.0));
}

}  // namespace skerry::plant
