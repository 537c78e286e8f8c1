// SPDX-License-Identifier: Apache-2.0
#include "serve/oip_routes.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

#include "serve/oip_inference.h"
#include "serve/oip_metadata.h"
#include "serve/prometheus.h"

namespace skerry::serve {
namespace {

using net::Access;
using net::Request;
using net::Response;

constexpr std::string_view kJsonLength = "Inference-Header-Content-Length";
constexpr std::size_t kSmallBodyBytes = 4096;
// A model's name that would hide a route of the protocol.
constexpr std::string_view kAllModels = "stats";

// What the handlers share; constant after construction.
struct Context {
  const ModelRepository& models;
  sys::Clock& clock;
  OipOptions options;

  bool ready() const {
    const auto states = models.list();
    const bool any = std::ranges::any_of(states, &VersionState::answers);
    return any && (!options.accepting || options.accepting());
  }
};

using ContextPtr = std::shared_ptr<const Context>;

void reply_json(Response& response, const json::Value& value) {
  response.headers.set("Content-Type", "application/json");
  response.body = json::dump(value);
}

// The version of the path, "" where it names none.
std::string_view version_of(const Request& request) {
  return request.parameters.size() > 1 ? std::string_view(request.parameters[1])
                                       : std::string_view();
}

Result<ModelRepository::Handle> model_of(const Context& context, const Request& request) {
  const auto version = TRY(parse_version(version_of(request)));
  return context.models.acquire(request.parameters[0], version);
}

// Wraps a handler that answers with JSON or an error.
template <typename Answer>
std::function<void(const Request&, Response&)> answering(ContextPtr context, Answer answer) {
  return [context = std::move(context), answer](const Request& request, Response& response) {
    auto value = answer(*context, request);
    if (value) {
      reply_json(response, *value);
    } else {
      response = net::error_response(value.error());
    }
  };
}

Result<json::Value> server_metadata(const Context& context, const Request&) {
  return json::Value(json::Object{
      {"name", context.options.server_name},
      {"version", context.options.server_version},
      {"extensions", json::Array{"binary_tensor_data", "model_configuration", "statistics"}}});
}

Result<json::Value> metadata(const Context& context, const Request& request) {
  const auto model = TRY(model_of(context, request));
  std::vector<std::int64_t> versions;
  for (const VersionState& state : context.models.list()) {
    if (state.ready && state.name == model->name) versions.push_back(state.version);
  }
  return json::Value(model_metadata(*model, versions));
}

Result<json::Value> ready(const Context& context, const Request& request) {
  const auto model = TRY(model_of(context, request));
  return json::Value(json::Object{{"name", model->name}, {"ready", true}});
}

Result<json::Value> config(const Context& context, const Request& request) {
  return json::Value(model_config(*TRY(model_of(context, request))));
}

Result<json::Value> stats(const Context& context, const Request& request) {
  if (!request.parameters.empty()) {
    const auto model = TRY(model_of(context, request));
    return json::Value(model_statistics({&model, 1}));
  }
  return json::Value(model_statistics(context.models.acquire_all()));
}

// "GET v2/models/stats" is statistics of every model.
Result<json::Value> metadata_or_all_stats(const Context& context, const Request& request) {
  if (request.parameters[0] != kAllModels) return metadata(context, request);
  return json::Value(model_statistics(context.models.acquire_all()));
}

Result<json::Value> index(const Context& context, const Request& request) {
  bool ready_only = false;
  if (!request.body.empty()) {
    const json::Value body = TRY(json::parse(request.body));
    ready_only = TRY(json::get_bool_or(*TRY(json::as_object(body, "the request")), "ready", false));
  }
  return json::Value(repository_index(context.models.list(), ready_only));
}

Result<json::Value> load_or_unload(const Context&, const Request&) {
  return Error(Code::kUnimplemented,
               "models are not loaded by request: the desired state of the site's ring decides; "
               "use skerry rollout start");
}

Result<std::optional<std::size_t>> json_length(const Request& request) {
  const auto text = request.header(kJsonLength);
  if (!text) return std::optional<std::size_t>();
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), length);
  if (error != std::errc() || end != text->data() + text->size()) {
    return invalid_argument(std::string(kJsonLength) + " is not a number");
  }
  return std::optional(length);
}

Status infer(const Context& context, const Request& request, Response& response) {
  InferReply reply;
  reply.body = std::move(response.body);
  const auto length = TRY(json_length(request));
  TRY(oip_infer(context.models, context.clock, request.parameters[0], version_of(request),
                {request.body, length}, reply));
  response.body = std::move(reply.body);
  if (reply.json_bytes) {
    response.headers.set("Content-Type", "application/octet-stream");
    response.headers.set(kJsonLength, std::to_string(*reply.json_bytes));
  } else {
    response.headers.set("Content-Type", "application/json");
  }
  return ok_status();
}

void infer_handler(const Context& context, const Request& request, Response& response) {
  const auto encoding = request.header("Content-Encoding");
  if (encoding && *encoding != "identity") {
    response =
        net::error_response(invalid_argument("compressed requests are not taken; send it plain"));
    response.status = 415;
    return;
  }
  const Status status = infer(context, request, response);
  if (!status) response = net::error_response(status.error());
}

net::Route route(std::string method, std::string pattern, Access access,
                 std::function<void(const Request&, Response&)> handler) {
  net::Route made;
  made.method = std::move(method);
  made.pattern = std::move(pattern);
  made.access = access;
  made.body_bytes_max = kSmallBodyBytes;
  made.handler = std::move(handler);
  return made;
}

void add_health(std::vector<net::Route>& routes, const ContextPtr& context) {
  routes.push_back(
      route("GET", "/v2/health/live", Access::kOpen, [](const Request&, Response& response) {
        reply_json(response, json::Object{{"live", true}});
      }));
  routes.push_back(route("GET", "/v2/health/ready", Access::kOpen,
                         [context](const Request&, Response& response) {
                           const bool is_ready = context->ready();
                           response.status = is_ready ? 200 : 503;
                           reply_json(response, json::Object{{"live", true}, {"ready", is_ready}});
                         }));
}

}  // namespace

std::vector<net::Route> oip_routes(const ModelRepository& models, sys::Clock& clock,
                                   OipOptions options) {
  const auto context = std::make_shared<const Context>(models, clock, std::move(options));
  std::vector<net::Route> routes;
  add_health(routes, context);
  const auto get = [&](std::string pattern, auto answer) {
    routes.push_back(route("GET", std::move(pattern), Access::kAnyone, answering(context, answer)));
  };
  get("/v2", server_metadata);
  get("/v2/models/{model}", metadata_or_all_stats);
  get("/v2/models/{model}/stats", stats);
  for (const std::string base : {"/v2/models/{model}", "/v2/models/{model}/versions/{version}"}) {
    if (base.ends_with("{version}")) {
      get(base, metadata);
      get(base + "/stats", stats);
    }
    get(base + "/ready", ready);
    get(base + "/config", config);
    routes.push_back(route("POST", base + "/infer", Access::kClient,
                           [context](const Request& request, Response& response) {
                             infer_handler(*context, request, response);
                           }));
    routes.back().body_bytes_max = context->options.infer_bytes_max;
  }
  routes.push_back(
      route("POST", "/v2/repository/index", Access::kAnyone, answering(context, index)));
  for (const char* verb : {"/load", "/unload"}) {
    routes.push_back(route("POST", std::string("/v2/repository/models/{model}") + verb,
                           Access::kClient, answering(context, load_or_unload)));
    routes.back().body_bytes_max = context->options.infer_bytes_max;
  }
  return routes;
}

net::Route metrics_route(const ModelRepository& models) {
  return route("GET", "/metrics", Access::kAnyone, [&models](const Request&, Response& response) {
    response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.body = prometheus_text(models);
  });
}

}  // namespace skerry::serve
