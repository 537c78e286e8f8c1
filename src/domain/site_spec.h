// SPDX-License-Identifier: Apache-2.0
//
// Desired state of the sites of one ring (format: docs/formats/site-spec.md), whole and idempotent.
// Only the hub writes it; it travels as an artifact at fleet/<ring>:desired.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "data/json.h"
#include "sys/clock.h"

namespace skerry {

struct CandidateSlot {
  enum class Mode { kShadow, kCanary };
  Digest digest;
  Mode mode = Mode::kShadow;
  int request_percent = 0;  // 0 to 100; kCanary only.
};

struct ModelSlots {
  std::string name;
  Digest current;  // Of the ModelPack manifest.
  std::optional<Digest> previous;
  std::optional<CandidateSlot> candidate;
};

struct StreamLimits {
  std::string bytes_max;  // As written, for example "2GiB"; empty = the site's own bound.
  std::string ttl;        // "45d"; empty = none.
  std::string when_full;  // "backpressure" or "drop_oldest".
};

struct SiteIntervals {
  std::chrono::milliseconds flush{60'000};
  std::chrono::milliseconds status{60'000};
  std::chrono::milliseconds poll{15'000};
};

struct SiteSpec {
  std::string ring;
  std::int64_t generation =
      0;  // One hub-wide counter; a site refuses a lower one than it has seen.
  std::optional<sys::Time> not_after;
  std::vector<ModelSlots> models;
  std::optional<Digest> policy;
  std::map<std::string, StreamLimits> streams;  // By class: score, anomaly, insight, label.
  SiteIntervals intervals;
};

// Errors: kInvalidArgument naming the member; unknown members are refused.
Result<SiteSpec> site_spec_from_json(const json::Value& value);
json::Object site_spec_to_json(const SiteSpec& spec);

// "250ms", "15s", "10m", "12h", "45d"; at most 36,500 days. Errors: kInvalidArgument.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);
std::string format_duration(std::chrono::milliseconds duration);

}  // namespace skerry
