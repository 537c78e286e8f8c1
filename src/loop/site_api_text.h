// SPDX-License-Identifier: Apache-2.0
//
// What the site's surface writes and how it tells one observation from many lines
// (docs/formats/observe.md).
// Threads: pure functions.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "data/json.h"
#include "loop/site_api_answers.h"
#include "loop/site_api_assets.h"
#include "serve/loaded_model.h"

namespace skerry::loop {

// True for NDJSON: by content type, or for a body of another type whose first line is a whole
// object and is followed by more.
bool is_ndjson(std::string_view content_type, std::string_view body);

// {"id"?, "model", "version", "outputs", "interval"?, "anomalies"}
void append_answer(std::string& out, std::string_view id, const Answer& answer);
// {"id"?, "error", "code"}
void append_line_error(std::string& out, std::string_view id, const Error& error);

std::shared_ptr<const AnswerSource> answer_source(const serve::LoadedModel& model);

// What a form for observations needs to know of a model: output, sensors, typical ranges.
json::Object describe_model(const serve::LoadedModel& model);

json::Object to_json(const AssetStates::Counts& counts);

}  // namespace skerry::loop
