// SPDX-License-Identifier: Apache-2.0
#include "domain/site_spec.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ids.h"

namespace skerry {
namespace {

constexpr std::string_view kApiVersion = "skerry/v1";
constexpr std::string_view kKind = "SiteSpec";
constexpr std::size_t kModelsMax = 64;

struct Unit {
  std::string_view suffix;
  std::int64_t milliseconds;
};

constexpr std::array<Unit, 5> kUnits{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

Result<Digest> get_digest(const json::Object& object, std::string_view key) {
  return Digest::parse(TRY(json::get_string(object, key))).with("\"" + std::string(key) + "\"");
}

// A whole number of B, KiB, MiB, GiB or TiB.
Status check_size(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view unit = text.substr(digits);
  const bool known =
      unit == "B" || unit == "KiB" || unit == "MiB" || unit == "GiB" || unit == "TiB";
  if (digits == 0 || digits > 6 || !known) {
    return invalid_argument("\"bytes_max\" is not a size such as 64MiB or 2GiB");
  }
  return ok_status();
}

Result<CandidateSlot> candidate_from_json(const json::Object& object) {
  TRY(json::check_keys(object, {"digest", "mode", "request_percent"}, "\"candidate\""));
  CandidateSlot slot{TRY(get_digest(object, "digest"))};
  const std::string mode = TRY(json::get_string(object, "mode"));
  if (mode != "shadow" && mode != "canary") {
    return invalid_argument("\"mode\" is neither shadow nor canary");
  }
  slot.mode = mode == "shadow" ? CandidateSlot::Mode::kShadow : CandidateSlot::Mode::kCanary;
  const std::int64_t percent = TRY(json::get_int_or(object, "request_percent", 0));
  if (percent < 0 || percent > 100) return invalid_argument("\"request_percent\" is not 0 to 100");
  if (percent != 0 && slot.mode == CandidateSlot::Mode::kShadow) {
    return invalid_argument("\"request_percent\" is for a canary; a shadow answers no request");
  }
  slot.request_percent = static_cast<int>(percent);
  return slot;
}

Result<ModelSlots> model_from_json(const json::Value& value) {
  const json::Object* object = TRY(json::as_object(value, "an entry of \"models\""));
  TRY(json::check_keys(*object, {"name", "current", "previous", "candidate"},
                       "an entry of \"models\""));
  const std::string name = TRY(json::get_string(*object, "name"));
  TRY(check_name(name).with("model name"));
  const Digest current = TRY(get_digest(*object, "current"));
  ModelSlots slots{name, current, {}, {}};
  if (object->contains("previous")) {
    slots.previous = TRY(get_digest(*object, "previous"));
  }
  if (object->contains("candidate")) {
    slots.candidate = TRY(candidate_from_json(*TRY(json::get_object(*object, "candidate"))));
  }
  return slots;
}

Result<StreamLimits> stream_from_json(const json::Value& value) {
  const json::Object* object = TRY(json::as_object(value, "an entry of \"streams\""));
  TRY(json::check_keys(*object, {"bytes_max", "ttl", "when_full"}, "an entry of \"streams\""));
  StreamLimits limits;
  if (object->contains("bytes_max")) {
    limits.bytes_max = TRY(json::get_string(*object, "bytes_max"));
    TRY(check_size(limits.bytes_max));
  }
  limits.ttl = TRY(json::get_string_or(*object, "ttl", ""));
  if (!limits.ttl.empty()) TRY(parse_duration(limits.ttl).with("\"ttl\""));
  limits.when_full = TRY(json::get_string_or(*object, "when_full", "backpressure"));
  if (limits.when_full != "backpressure" && limits.when_full != "drop_oldest") {
    return invalid_argument("\"when_full\" is neither backpressure nor drop_oldest");
  }
  return limits;
}

Result<SiteIntervals> intervals_from_json(const json::Object& object) {
  TRY(json::check_keys(object, {"flush", "status", "poll"}, "\"intervals\""));
  SiteIntervals intervals;
  const auto read = [&](std::string_view key, std::chrono::milliseconds& out) -> Status {
    if (!object.contains(key)) return ok_status();
    out = TRY(
        parse_duration(TRY(json::get_string(object, key))).with("\"" + std::string(key) + "\""));
    if (out.count() < 1) return invalid_argument("\"" + std::string(key) + "\" is zero");
    return ok_status();
  };
  TRY(read("flush", intervals.flush));
  TRY(read("status", intervals.status));
  TRY(read("poll", intervals.poll));
  return intervals;
}

Status read_members(const json::Object& object, SiteSpec& spec) {
  const json::Array* models = TRY(json::get_array(object, "models"));
  if (models->size() > kModelsMax) return invalid_argument("\"models\" has too many entries");
  for (const json::Value& model : *models) {
    spec.models.push_back(TRY(model_from_json(model)));
    for (std::size_t i = 0; i + 1 < spec.models.size(); ++i) {
      if (spec.models[i].name == spec.models.back().name) {
        return invalid_argument("model \"" + spec.models[i].name + "\" is listed twice");
      }
    }
  }
  if (object.contains("policy")) {
    spec.policy = TRY(get_digest(object, "policy"));
  }
  if (object.contains("streams")) {
    const json::Object* streams = TRY(json::get_object(object, "streams"));
    TRY(json::check_keys(*streams, {"score", "anomaly", "insight", "label"}, "\"streams\""));
    for (const auto& member : *streams) {
      spec.streams[std::string(member.key())] = TRY(stream_from_json(member.value()));
    }
  }
  if (object.contains("intervals")) {
    spec.intervals = TRY(intervals_from_json(*TRY(json::get_object(object, "intervals"))));
  }
  return ok_status();
}

json::Object model_to_json(const ModelSlots& slots) {
  json::Object out;
  out["name"] = slots.name;
  out["current"] = slots.current.to_string();
  if (slots.previous) out["previous"] = slots.previous->to_string();
  if (slots.candidate) {
    const bool canary = slots.candidate->mode == CandidateSlot::Mode::kCanary;
    json::Object candidate;
    candidate["digest"] = slots.candidate->digest.to_string();
    candidate["mode"] = canary ? "canary" : "shadow";
    if (canary) candidate["request_percent"] = slots.candidate->request_percent;
    out["candidate"] = std::move(candidate);
  }
  return out;
}

}  // namespace

Result<SiteSpec> site_spec_from_json(const json::Value& value) {
  const json::Object* object = TRY(json::as_object(value, "the SiteSpec"));
  TRY(json::check_keys(*object,
                       {"apiVersion", "kind", "ring", "generation", "not_after", "models", "policy",
                        "streams", "intervals"},
                       "the SiteSpec"));
  if (TRY(json::get_string(*object, "apiVersion")) != kApiVersion ||
      TRY(json::get_string(*object, "kind")) != kKind) {
    return invalid_argument("not a SiteSpec of skerry/v1");
  }
  SiteSpec spec;
  spec.ring = TRY(json::get_string(*object, "ring"));
  TRY(check_name(spec.ring).with("\"ring\""));
  spec.generation = TRY(json::get_int(*object, "generation"));
  if (spec.generation < 1) return invalid_argument("\"generation\" is less than 1");
  if (object->contains("not_after")) {
    spec.not_after =
        TRY(sys::parse_time(TRY(json::get_string(*object, "not_after"))).with("\"not_after\""));
  }
  TRY(read_members(*object, spec));
  return spec;
}

json::Object site_spec_to_json(const SiteSpec& spec) {
  json::Object out;
  out["apiVersion"] = kApiVersion;
  out["kind"] = kKind;
  out["ring"] = spec.ring;
  out["generation"] = spec.generation;
  if (spec.not_after) out["not_after"] = sys::format_time(*spec.not_after);
  json::Array models;
  for (const ModelSlots& slots : spec.models) models.push_back(model_to_json(slots));
  out["models"] = std::move(models);
  if (spec.policy) out["policy"] = spec.policy->to_string();
  if (!spec.streams.empty()) {
    json::Object streams;
    for (const auto& [name, limits] : spec.streams) {
      json::Object stream;
      if (!limits.bytes_max.empty()) stream["bytes_max"] = limits.bytes_max;
      if (!limits.ttl.empty()) stream["ttl"] = limits.ttl;
      stream["when_full"] = limits.when_full;
      streams[name] = std::move(stream);
    }
    out["streams"] = std::move(streams);
  }
  json::Object intervals;
  intervals["flush"] = format_duration(spec.intervals.flush);
  intervals["status"] = format_duration(spec.intervals.status);
  intervals["poll"] = format_duration(spec.intervals.poll);
  out["intervals"] = std::move(intervals);
  return out;
}

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view suffix = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Unit& unit : kUnits) {
    if (code != std::errc() || suffix != unit.suffix) continue;
    constexpr std::int64_t kDaysMax = 36'500;
    if (count < 0 || count > kDaysMax * kUnits.front().milliseconds / unit.milliseconds) break;
    return std::chrono::milliseconds(count * unit.milliseconds);
  }
  return invalid_argument("not a duration such as 250ms, 15s, 10m, 12h or 45d");
}

std::string format_duration(std::chrono::milliseconds duration) {
  for (const Unit& unit : kUnits) {
    if (duration.count() != 0 && duration.count() % unit.milliseconds == 0) {
      return std::to_string(duration.count() / unit.milliseconds) + std::string(unit.suffix);
    }
  }
  return "0s";
}

}  // namespace skerry
