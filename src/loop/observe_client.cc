// SPDX-License-Identifier: Apache-2.0
#include "loop/observe_client.h"

#include <algorithm>

#include "base/encoding.h"

namespace skerry::loop {
namespace {

// The text of a refusal, {"error": "..."}; the status where there is none.
std::string refusal(const net::ClientResponse& response) {
  const Result<json::Value> body = json::parse(response.body);
  if (body.ok() && body->is_object()) {
    const Result<std::string> text = json::get_string(body->get_object(), "error");
    if (text.ok()) return *text;
  }
  return "the site answered " + std::to_string(response.status);
}

}  // namespace

Result<std::vector<json::Value>> ObserveClient::send(const std::vector<json::Value>& observations) {
  std::vector<json::Value> answers;
  answers.reserve(observations.size());
  for (std::size_t first = 0; first < observations.size(); first += options_.lines_per_request) {
    const std::size_t count = std::min(options_.lines_per_request, observations.size() - first);
    std::string body;
    for (std::size_t i = first; i < first + count; ++i) body += json::dump(observations[i]) + "\n";
    TRY(send_batch(std::move(body), count, answers));
  }
  return answers;
}

Status ObserveClient::send_batch(std::string body, std::size_t lines,
                                 std::vector<json::Value>& answers) {
  net::ClientRequest request;
  request.method = "POST";
  request.url = options_.url + "/v1/observe";
  if (!options_.model.empty()) request.url += "?model=" + percent_encode(options_.model);
  request.headers.set("Authorization", "Bearer " + options_.token);
  request.headers.set("Content-Type", "application/x-ndjson");
  request.body = std::move(body);
  const net::ClientResponse response = TRY(client_.send(request));
  if (response.status / 100 != 2) {
    return Error(code_from_http_status(response.status), refusal(response));
  }
  const std::size_t before = answers.size();
  std::string_view rest = response.body;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    if (end > 0) answers.push_back(TRY(json::parse(rest.substr(0, end)).with("answer")));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (answers.size() - before != lines) {
    return internal_error("the site answered " + std::to_string(answers.size() - before) + " of " +
                          std::to_string(lines) + " lines");
  }
  return ok_status();
}

}  // namespace skerry::loop
