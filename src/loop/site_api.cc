// SPDX-License-Identifier: Apache-2.0
#include "loop/site_api.h"

#include <utility>

#include "loop/site_api_text.h"
#include "loop/site_page.h"

namespace skerry::loop {
namespace {

constexpr std::size_t kLineDepthMax = 4;  // An observation nests two deep.

// The id of a line that is refused, so that the sender can tell which it was.
std::string id_of(const json::Value& value) {
  const auto* object = value.if_object();
  const auto* id = object == nullptr ? nullptr : object->if_contains("id");
  if (id == nullptr || !id->is_string() || id->get_string().size() > 128) return {};
  return std::string(id->get_string());
}

net::Response not_offered(std::string text) {
  return net::error_response(Error(Code::kUnimplemented, std::move(text)));
}

net::Route route(std::string method, std::string pattern,
                 std::function<void(const net::Request&, net::Response&)> handler) {
  net::Route made;
  made.method = std::move(method);
  made.pattern = std::move(pattern);
  made.access = net::Access::kAnyone;
  made.handler = std::move(handler);
  return made;
}

}  // namespace

SiteApi::SiteApi(const serve::ModelRepository& models, sys::Clock& clock, StatusProvider status,
                 Options options)
    : models_(models),
      clock_(clock),
      status_(std::move(status)),
      options_(std::move(options)),
      assets_(options_.assets) {}

SiteApi::~SiteApi() = default;

Result<serve::ModelRepository::Handle> SiteApi::choose_model(const net::Request& request) const {
  std::string name = request.query_value("model").value_or(options_.model);
  if (name.empty()) {
    for (const serve::VersionState& state : models_.list()) {
      if (!name.empty() && name != state.name) {
        return invalid_argument("more than one model is served here; name one with ?model=");
      }
      name = state.name;
    }
    if (name.empty()) return unavailable("no model is served here yet");
  }
  const auto model = TRY(models_.acquire(name));
  if (!model->pipeline) {
    return failed_precondition("model \"" + name +
                               "\" came without a feature pipeline; ask it with infer");
  }
  return model;
}

net::Response SiteApi::observe(const net::Request& request) {
  if (const auto ack = request.query_value("ack")) {
    if (*ack == "durable") return not_offered("ack=durable is not offered: answers are not stored");
    if (*ack != "none") return net::error_response(invalid_argument("ack is none or durable"));
  }
  const auto model = choose_model(request);
  if (!model) return net::error_response(model.error());
  const ScoringModel scoring{**model, answer_source(**model)};
  if (is_ndjson(request.header("Content-Type").value_or(""), request.body)) {
    return observe_lines(scoring, request.body);
  }
  return observe_one(scoring, request.body);
}

Status SiteApi::observe_line(const ScoringModel& model, std::string_view line, std::string& out) {
  const auto refuse = [&](std::string_view id, const Error& error) -> Status {
    append_line_error(out, id, error);
    return error;
  };
  const auto value =
      json::parse(line, {.bytes_max = options_.line_bytes_max, .depth_max = kLineDepthMax});
  if (!value) {
    assets_.count_rejected();
    return refuse("", value.error());
  }
  auto observation = observation_from_json(*value);
  if (!observation) {
    assets_.count_rejected();
    return refuse(id_of(*value), observation.error());
  }
  if (!observation->time) observation->time = clock_.now();
  const auto answer = assets_.observe(model, *observation);
  if (!answer) return refuse(observation->id, answer.error());
  append_answer(out, observation->id, *answer);
  return ok_status();
}

net::Response SiteApi::observe_one(const ScoringModel& model, std::string_view body) {
  std::string out;
  const Status status = observe_line(model, body, out);
  return net::json_response(status ? 200 : http_status(status.error().code()), std::move(out));
}

net::Response SiteApi::observe_lines(const ScoringModel& model, std::string_view body) {
  net::Response response;
  response.headers.set("Content-Type", "application/x-ndjson");
  std::size_t lines = 0;
  while (!body.empty()) {
    const std::size_t end = body.find('\n');
    const std::string_view line = body.substr(0, end);
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    if (++lines > options_.lines_max) {
      append_line_error(response.body, "",
                        Error(Code::kResourceExhausted,
                              "more than " + std::to_string(options_.lines_max) +
                                  " lines in a request; this line and the rest were not read"));
      response.body += '\n';
      break;
    }
    // What a line's error says stands in its answer.
    static_cast<void>(observe_line(model, line, response.body));
    response.body += '\n';
  }
  return response;
}

std::vector<net::Route> SiteApi::routes() {
  std::vector<net::Route> routes = site_page_routes();
  routes.push_back(
      route("POST", "/v1/observe", [this](const net::Request& request, net::Response& response) {
        response = observe(request);
      }));
  routes.back().access = net::Access::kClient;
  routes.back().body_bytes_max = options_.body_bytes_max;
  routes.push_back(route("GET", "/v1/status", [this](const net::Request&, net::Response& response) {
    json::Object status = status_();
    status["observe"] = to_json(assets_.counts());
    response = net::json_response(200, json::dump(status));
  }));
  routes.push_back(route("GET", "/v1/models", [this](const net::Request&, net::Response& response) {
    json::Array described;
    for (const auto& state : models_.list()) {
      if (!state.answers) continue;
      const auto model = models_.acquire(state.name, state.version);
      if (model && (*model)->pipeline) described.push_back(describe_model(**model));
    }
    response = net::json_response(200, json::dump(json::Object{{"models", std::move(described)}}));
  }));
  return routes;
}

std::string SiteApi::prometheus_text() const {
  std::string out;
  for (const auto& [name, value] : to_json(assets_.counts())) {
    const bool gauge = name == "assets";
    const std::string full = "skerry_observe_" + std::string(name) + (gauge ? "" : "_total");
    out += "# TYPE " + full + (gauge ? " gauge\n" : " counter\n") + full + " " + json::dump(value) +
           "\n";
  }
  return out;
}

}  // namespace skerry::loop
