// SPDX-License-Identifier: Apache-2.0
#include "domain/enrolment.h"

#include "base/ids.h"

namespace skerry {

Result<Enrolment> enrolment_from_json(const json::Value& value) {
  const json::Object* object = TRY(json::as_object(value, "the enrolment"));
  TRY(json::check_keys(*object,
                       {"site", "ring", "registry", "storage", "token", "hub_key", "hmac_keys"},
                       "the enrolment"));
  Enrolment out;
  out.site = TRY(json::get_string(*object, "site"));
  TRY(check_name(out.site).with("\"site\""));
  out.ring = TRY(json::get_string(*object, "ring"));
  TRY(check_name(out.ring).with("\"ring\""));
  out.registry = TRY(json::get_string(*object, "registry"));
  out.storage = TRY(json::get_string_or(*object, "storage", ""));
  out.token = TRY(json::get_string(*object, "token"));
  out.hub_key = TRY(json::get_string_or(*object, "hub_key", ""));
  if (object->contains("hmac_keys")) {
    const json::Object* keys = TRY(json::get_object(*object, "hmac_keys"));
    for (const auto& member : *keys) {
      out.hmac_keys[std::string(member.key())] = TRY(json::get_string(*keys, member.key()));
    }
  }
  return out;
}

json::Object enrolment_to_json(const Enrolment& enrolment) {
  json::Object keys;
  for (const auto& [id, path] : enrolment.hmac_keys) keys[id] = path;
  json::Object out;
  out["site"] = enrolment.site;
  out["ring"] = enrolment.ring;
  out["registry"] = enrolment.registry;
  out["storage"] = enrolment.storage;
  out["token"] = enrolment.token;
  out["hub_key"] = enrolment.hub_key;
  out["hmac_keys"] = std::move(keys);
  return out;
}

}  // namespace skerry
