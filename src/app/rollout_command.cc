// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "app/commands.h"
#include "app/state.h"
#include "domain/model_ref.h"
#include "domain/site_spec.h"

namespace skerry::app {
namespace {

std::string short_digest(const Digest& digest) { return "sha256:" + digest.hex().substr(0, 12); }

Result<Output> start(const Invocation& call) {
  const ModelRef model = TRY(ModelRef::parse(call.value("MODEL")));
  const json::Value answer =
      TRY(call_hub(call.settings(), call.value("state"), "POST", "/api/v1/rollouts",
                   json::Object{{"model", model.to_string()}, {"ring", call.value("--ring")}}));
  const SiteSpec spec = TRY(site_spec_from_json(answer));
  return Output{fmt::format("✓ ring {}: {} is desired, generation {}\n", spec.ring,
                            model.to_string(), spec.generation),
                answer, 0};
}

Result<Output> status(const Invocation& call) {
  const json::Value answer =
      TRY(call_hub(call.settings(), call.value("state"), "GET", "/api/v1/rollouts", json::Value()));
  std::string text = fmt::format("{:<12} {:>10}  {:<20} {:<20} {:<20}\n", "ring", "generation",
                                 "model", "current", "previous");
  for (const json::Value& ring :
       *TRY(json::get_array(*TRY(json::as_object(answer, "the answer")), "rings"))) {
    const SiteSpec spec = TRY(site_spec_from_json(ring));
    for (const ModelSlots& slots : spec.models) {
      text += fmt::format("{:<12} {:>10}  {:<20} {:<20} {:<20}\n", spec.ring, spec.generation,
                          slots.name, short_digest(slots.current),
                          slots.previous ? short_digest(*slots.previous) : "-");
    }
  }
  return Output{std::move(text), answer, 0};
}

}  // namespace

std::vector<Command> rollout_commands() {
  return {
      {"rollout start",
       "Make a pushed model the desired one of a ring",
       {{"MODEL", "NAME:TAG, for example turbofan-rul:v1", {}}},
       {{"--ring", "Ring of sites", "main"}},
       start},
      {"rollout status", "Print the desired state of each ring", {}, {}, status},
  };
}

}  // namespace skerry::app
