// SPDX-License-Identifier: Apache-2.0
#include "domain/observation.h"

#include <cmath>
#include <limits>

#include "base/ids.h"

namespace skerry {
namespace {

constexpr std::size_t kSensorsMax = 4096;
constexpr std::size_t kCategoryBytesMax = 256;

Status read_values(const json::Object& values, Observation& out) {
  if (values.size() > kSensorsMax) {
    return invalid_argument("\"values\" has more than " + std::to_string(kSensorsMax) + " members");
  }
  for (const auto& member : values) {
    const std::string name(member.key());
    TRY(check_external_id(name).with("sensor name"));
    const json::Value& value = member.value();
    if (value.is_null()) {
      out.values[name] = std::numeric_limits<double>::quiet_NaN();
    } else if (value.is_number()) {
      out.values[name] = value.to_number<double>();
    } else if (value.is_string()) {
      if (value.get_string().size() > kCategoryBytesMax) {
        return invalid_argument("sensor \"" + name + "\" has a text above " +
                                std::to_string(kCategoryBytesMax) + " bytes");
      }
      out.categories[name] = std::string(value.get_string());
    } else {
      return invalid_argument("sensor \"" + name + "\" is neither a number, a string nor null");
    }
  }
  return ok_status();
}

}  // namespace

Result<Observation> observation_from_json(const json::Value& value) {
  const json::Object* object = TRY(json::as_object(value, "the observation"));
  TRY(json::check_keys(*object, {"source", "asset", "life", "time", "id", "values"},
                       "the observation"));
  Observation out;
  out.source = TRY(json::get_string(*object, "source"));
  TRY(check_external_id(out.source).with("\"source\""));
  out.asset = TRY(json::get_string(*object, "asset"));
  TRY(check_external_id(out.asset).with("\"asset\""));
  out.life = TRY(json::get_int_or(*object, "life", 1));
  if (out.life < 1) return invalid_argument("\"life\" is less than 1");
  if (object->contains("time")) {
    out.time = TRY(sys::parse_time(TRY(json::get_string(*object, "time"))).with("\"time\""));
  }
  if (object->contains("id")) {
    out.id = TRY(json::get_string(*object, "id"));
    TRY(check_external_id(out.id).with("\"id\""));
  }
  TRY(read_values(*TRY(json::get_object(*object, "values")), out));
  return out;
}

json::Object observation_to_json(const Observation& observation) {
  json::Object values;
  for (const auto& [name, number] : observation.values) {
    values[name] = std::isfinite(number) ? json::Value(number) : json::Value(nullptr);
  }
  for (const auto& [name, text] : observation.categories) values[name] = text;
  json::Object out;
  out["source"] = observation.source;
  out["asset"] = observation.asset;
  out["life"] = observation.life;
  if (observation.time) out["time"] = sys::format_time(*observation.time);
  if (!observation.id.empty()) out["id"] = observation.id;
  out["values"] = std::move(values);
  return out;
}

}  // namespace skerry
