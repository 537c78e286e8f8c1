// SPDX-License-Identifier: Apache-2.0
#include "plant/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/ids.h"

namespace skerry::plant {
namespace {

const std::vector<std::string>& mode_names() {
  static const std::vector<std::string> names = {"bearing", "fouling", "seal_leak", "winding"};
  return names;
}

// Written so that NaN fails.
template <typename T>
Status check_range(std::string_view option, T value, T low, T high) {
  if (value >= low && value <= high) return ok_status();
  return invalid_argument(
      fmt::format("plant option {} is {}, outside {} to {}", option, value, low, high));
}

}  // namespace

std::string_view failure_mode_name(FailureMode mode) {
  return mode_names()[static_cast<std::size_t>(mode)];
}

Result<FailureMode> failure_mode_from_name(std::string_view name) {
  const auto at = std::ranges::find(mode_names(), name);
  if (at != mode_names().end()) return static_cast<FailureMode>(at - mode_names().begin());
  const std::string near = nearest_word(name, mode_names());
  return invalid_argument(fmt::format("unknown failure mode \"{}\"{}", name,
                                      near.empty() ? "" : "; did you mean \"" + near + "\"?"));
}

Status check(const Options& options) {
  TRY(check_range("assets", options.assets, 1, 10'000));
  TRY(check_range("lives", options.lives, 0, 1'000'000));
  TRY(check_range("life_rows_min", options.life_rows_min, 20, 10'000));
  TRY(check_range("life_rows_max", options.life_rows_max, options.life_rows_min, 10'000));
  TRY(check_range("noise", options.noise, 0.0, 100.0));
  TRY(check_range<std::int64_t>("interval (ms)", options.interval.count(), 1,
                                std::int64_t{30} * 24 * 3'600'000));
  const auto years =
      std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(options.start));
  TRY(check_range("start (year)", static_cast<int>(years.year()), 1970, 2199));
  TRY(check_external_id(options.source).with("plant option source"));
  const FaultRates& faults = options.faults;
  TRY(check_range("faults.stuck", faults.stuck, 0.0, 1.0));
  TRY(check_range("faults.gap", faults.gap, 0.0, 1.0));
  TRY(check_range("faults.spike", faults.spike, 0.0, 1.0));
  TRY(check_range("faults.unit_change", faults.unit_change, 0.0, 1.0));
  TRY(check_range("faults (sum)", faults.stuck + faults.gap + faults.spike + faults.unit_change,
                  0.0, 1.0));
  const std::set<FailureMode> distinct(options.modes_enabled.begin(), options.modes_enabled.end());
  if (distinct.empty()) return invalid_argument("plant option modes_enabled is empty");
  if (distinct.size() != options.modes_enabled.size()) {
    return invalid_argument("plant option modes_enabled names a mode twice");
  }
  return ok_status();
}

}  // namespace skerry::plant
