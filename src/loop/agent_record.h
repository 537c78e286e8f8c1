// SPDX-License-Identifier: Apache-2.0
//
// What an agent keeps on disk in agent.json (docs/formats/agent-record.md).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/json.h"
#include "domain/site_spec.h"
#include "loop/agent.h"

namespace skerry::loop {

struct AgentRecord {
  std::int64_t generation_seen = 0;  // The highest ever; a lower one is refused.
  std::optional<SiteSpec> spec;
  // What answered last, by model: it serves again where the desired one is refused.
  std::map<std::string, Digest> in_service;
  std::vector<Refusal> refused;
};

json::Object to_json(const AgentRecord& record);
Result<AgentRecord> agent_record_from_json(const json::Value& value);

}  // namespace skerry::loop
