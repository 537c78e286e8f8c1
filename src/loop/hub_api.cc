// SPDX-License-Identifier: Apache-2.0
#include "loop/hub_api.h"

#include <functional>
#include <string>

#include "data/json.h"
#include "domain/model_ref.h"

namespace skerry::loop {
namespace {

constexpr std::string_view kModelsPrefix = "models/";

using Answer = std::function<Result<json::Value>(const net::Request&)>;

net::Route json_route(std::string method, std::string pattern, net::Access access, Answer answer) {
  net::Route route;
  route.method = std::move(method);
  route.pattern = std::move(pattern);
  route.access = access;
  route.execution = net::Execution::kBlocking;
  route.handler = [answer = std::move(answer)](const net::Request& request,
                                               net::Response& response) {
    const Result<json::Value> value = answer(request);
    response = value.ok() ? net::json_response(200, json::dump(*value))
                          : net::error_response(value.error());
  };
  return route;
}

Result<json::Value> list_models(registry::Registry& registry) {
  json::Array models;
  for (const std::string& repository : TRY(registry.repositories())) {
    if (!repository.starts_with(kModelsPrefix)) continue;
    json::Array tags;
    for (const std::string& tag : TRY(registry.tags(repository))) {
      const oci::Descriptor descriptor = TRY(registry.resolve(repository, tag));
      json::Object entry;
      entry["tag"] = tag;
      entry["digest"] = descriptor.digest.to_string();
      tags.push_back(std::move(entry));
    }
    json::Object model;
    model["name"] = repository.substr(kModelsPrefix.size());
    model["tags"] = std::move(tags);
    models.push_back(std::move(model));
  }
  json::Object out;
  out["models"] = std::move(models);
  return json::Value(std::move(out));
}

Result<json::Value> list_rollouts(RolloutController& rollouts) {
  json::Array rings;
  for (const auto& [ring, spec] : TRY(rollouts.rings())) {
    rings.push_back(site_spec_to_json(spec));
  }
  json::Object out;
  out["rings"] = std::move(rings);
  return json::Value(std::move(out));
}

Result<json::Value> start_rollout(RolloutController& rollouts, const net::Request& request) {
  const json::Value body = TRY(json::parse(request.body));
  const json::Object* object = TRY(json::as_object(body, "the body"));
  TRY(json::check_keys(*object, {"model", "ring"}, "the body"));
  const ModelRef model = TRY(ModelRef::parse(TRY(json::get_string(*object, "model"))));
  const SiteSpec spec = TRY(rollouts.start(model, TRY(json::get_string(*object, "ring"))));
  return json::Value(site_spec_to_json(spec));
}

}  // namespace

std::vector<net::Route> hub_routes(registry::Registry& registry, RolloutController& rollouts) {
  std::vector<net::Route> routes;
  routes.push_back(json_route("GET", "/api/v1/health", net::Access::kOpen,
                              [](const net::Request&) -> Result<json::Value> {
                                return json::Value(json::Object{{"ok", true}});
                              }));
  routes.push_back(json_route("GET", "/api/v1/models", net::Access::kClient,
                              [&registry](const net::Request&) { return list_models(registry); }));
  routes.push_back(
      json_route("GET", "/api/v1/rollouts", net::Access::kClient,
                 [&rollouts](const net::Request&) { return list_rollouts(rollouts); }));
  routes.push_back(json_route(
      "POST", "/api/v1/rollouts", net::Access::kAdmin,
      [&rollouts](const net::Request& request) { return start_rollout(rollouts, request); }));
  return routes;
}

}  // namespace skerry::loop
