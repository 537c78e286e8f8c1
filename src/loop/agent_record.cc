// SPDX-License-Identifier: Apache-2.0
#include "loop/agent_record.h"

namespace skerry::loop {
namespace {

json::Object slot_to_json(const SlotStatus& slot) {
  json::Object out;
  out["digest"] = slot.digest.to_string();
  out["version"] = slot.version;
  return out;
}

}  // namespace

json::Object to_json(const AgentRecord& record) {
  json::Array refused;
  for (const Refusal& refusal : record.refused) {
    json::Object entry;
    entry["digest"] = refusal.digest.to_string();
    entry["reason"] = refusal.reason;
    entry["detail"] = refusal.detail;
    refused.push_back(std::move(entry));
  }
  json::Object out;
  out["generation_seen"] = record.generation_seen;
  if (record.spec) out["spec"] = site_spec_to_json(*record.spec);
  json::Object in_service;
  for (const auto& [name, digest] : record.in_service) in_service[name] = digest.to_string();
  out["in_service"] = std::move(in_service);
  out["refused"] = std::move(refused);
  return out;
}

Result<AgentRecord> agent_record_from_json(const json::Value& value) {
  const json::Object* object = TRY(json::as_object(value, "the record"));
  TRY(json::check_keys(*object, {"generation_seen", "spec", "in_service", "refused"},
                       "the record"));
  AgentRecord record;
  record.generation_seen = TRY(json::get_int(*object, "generation_seen"));
  if (const json::Value* spec = object->if_contains("spec")) {
    record.spec = TRY(site_spec_from_json(*spec));
  }
  const json::Object* in_service = TRY(json::get_object(*object, "in_service"));
  for (const auto& member : *in_service) {
    record.in_service.emplace(member.key(),
                              TRY(Digest::parse(TRY(json::get_string(*in_service, member.key())))));
  }
  for (const json::Value& entry : *TRY(json::get_array(*object, "refused"))) {
    const json::Object* refusal = TRY(json::as_object(entry, "an entry of \"refused\""));
    const Digest digest = TRY(Digest::parse(TRY(json::get_string(*refusal, "digest"))));
    std::string reason = TRY(json::get_string(*refusal, "reason"));
    std::string detail = TRY(json::get_string(*refusal, "detail"));
    record.refused.push_back({digest, std::move(reason), std::move(detail)});
  }
  return record;
}

json::Object to_json(const AgentStatus& status) {
  json::Object generation;
  generation["seen"] = status.generation_seen;
  generation["applied"] = status.generation_applied;
  json::Array models;
  for (const ModelStatus& model : status.models) {
    json::Object entry;
    entry["name"] = model.name;
    if (model.current) entry["current"] = slot_to_json(*model.current);
    if (model.previous) entry["previous"] = slot_to_json(*model.previous);
    models.push_back(std::move(entry));
  }
  json::Array refused;
  for (const Refusal& refusal : status.refused) {
    json::Object entry;
    entry["digest"] = refusal.digest.to_string();
    entry["reason"] = refusal.reason;
    refused.push_back(std::move(entry));
  }
  json::Object health;
  health["ok"] = status.problems.empty();
  health["reasons"] = json::from_strings(status.problems);
  json::Object out;
  out["generation"] = std::move(generation);
  out["models"] = std::move(models);
  out["refused"] = std::move(refused);
  out["health"] = std::move(health);
  return out;
}

}  // namespace skerry::loop
