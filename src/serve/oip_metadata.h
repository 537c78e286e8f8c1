// SPDX-License-Identifier: Apache-2.0
//
// What Open Inference Protocol V2 and Triton's extensions tell about models: metadata,
// configuration, index and statistics as JSON. Threads: pure functions.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "data/json.h"
#include "serve/loaded_model.h"
#include "serve/repository.h"

namespace skerry::serve {

json::Object model_metadata(const LoadedModel& model, const std::vector<std::int64_t>& versions);
// As Triton's config.pbtxt would say it, in JSON; batches are a dimension of the tensors.
json::Object model_config(const LoadedModel& model);
json::Array repository_index(const std::vector<VersionState>& states, bool ready_only);
// {"model_stats": [...]} of the models handed in.
json::Object model_statistics(std::span<const ModelRepository::Handle> models);

}  // namespace skerry::serve
