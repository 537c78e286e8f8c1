// SPDX-License-Identifier: Apache-2.0
#include "registry/remote/session.h"

#include <algorithm>
#include <chrono>

#include "base/encoding.h"
#include "data/json.h"

namespace skerry::registry {
namespace {

constexpr std::size_t kTokensMax = 256;            // Above: all are fetched anew.
constexpr std::size_t kTokenBytesMax = 64u << 10;  // Of a token service's answer.
constexpr std::int64_t kLifetimeDefault = 60;      // Seconds; distribution's token specification.
constexpr std::int64_t kLifetimeMax = 24 * 3600;

// What a server says about itself goes into logs: printable and short.
std::string quoted_text(std::string_view text) {
  std::string out(text.substr(0, 200));
  for (char& c : out) {
    if (c < ' ' || c > '~') c = '?';
  }
  return out;
}

struct ApiError {
  std::string code;
  std::string message;
};

ApiError api_error_of(std::string_view body) {
  ApiError error;
  const Result<json::Value> value = json::parse(body);
  const json::Object* top = value ? value->if_object() : nullptr;
  const json::Value* list = top != nullptr ? top->if_contains("errors") : nullptr;
  if (list == nullptr || !list->is_array() || list->get_array().empty()) return error;
  const json::Object* first = list->get_array().front().if_object();
  if (first == nullptr) return error;
  if (auto code = json::get_string_or(*first, "code", "")) error.code = *code;
  if (auto message = json::get_string_or(*first, "message", "")) error.message = *message;
  return error;
}

Code code_of(int status, std::string_view api_code) {
  if (api_code == "DIGEST_INVALID") return Code::kDataLoss;
  if (api_code == "MANIFEST_BLOB_UNKNOWN") return Code::kFailedPrecondition;
  if (api_code == "UNSUPPORTED") return Code::kUnimplemented;
  return code_from_http_status(status);
}

}  // namespace

Error answer_error(const net::ClientResponse& response, std::string_view action) {
  const ApiError api = api_error_of(response.body);
  std::string text =
      std::string(action) + ": the registry answered " + std::to_string(response.status);
  if (!api.code.empty()) text += " " + quoted_text(api.code);
  if (!api.message.empty()) text += " (" + quoted_text(api.message) + ")";
  return Error(code_of(response.status, api.code), std::move(text));
}

std::string Scope::to_string() const {
  if (repository.empty()) return "registry:catalog:*";
  return "repository:" + repository + (push ? ":pull,push" : ":pull");
}

Session::Session(net::Client& client, sys::Clock& clock, net::Url registry, Credentials credentials)
    : client_(client),
      clock_(clock),
      registry_(std::move(registry)),
      origin_(registry_.origin()),
      credentials_(std::move(credentials)) {}

std::optional<std::string> Session::basic() const {
  if (!credentials_.username.empty()) {
    return "Basic " + base64_encode(credentials_.username + ":" + credentials_.password);
  }
  if (!credentials_.token.empty()) return "Basic " + base64_encode("skerry:" + credentials_.token);
  return std::nullopt;
}

std::optional<std::string> Session::authorization(const Scope& scope) {
  MutexLock lock(mutex_);
  const auto granted = granted_.find(scope.to_string());
  if (granted != granted_.end() && clock_.now() < granted->second.until) {
    return granted->second.header;
  }
  if (use_basic_) return basic();
  if (!credentials_.token.empty()) return "Bearer " + credentials_.token;
  return std::nullopt;
}

Result<net::ClientResponse> Session::send(const std::function<net::ClientRequest()>& make,
                                          const Scope& scope) {
  for (bool first = true;; first = false) {
    net::ClientRequest request = make();
    const net::Url url = TRY(net::Url::parse(request.url));
    const bool own = url.origin() == origin_;
    std::optional<std::string> header;
    if (own) header = authorization(scope);
    if (header) request.headers.set("Authorization", *header);
    net::ClientResponse response = TRY(client_.send(request));
    if (response.status != 401 || !own || !first) return response;
    std::string challenges;
    for (const auto& [name, value] : response.headers.all()) {
      net::Headers one;
      one.add(name, value);
      if (one.find("WWW-Authenticate")) challenges += value + ", ";
    }
    TRY(log_in(challenges, scope));
    if (authorization(scope) == header) return response;  // Nothing new to try.
  }
}

Status Session::log_in(std::string_view challenges, const Scope& scope) {
  const std::vector<Challenge> offered = parse_challenges(challenges);
  for (const Challenge& challenge : offered) {
    if (challenge.scheme != "bearer" || !challenge.parameters.contains("realm")) continue;
    if (challenge.parameters.at("realm").find("://") == std::string::npos) continue;
    return fetch_token(challenge, scope).with("log in");
  }
  for (const Challenge& challenge : offered) {
    if (challenge.scheme != "basic" || !basic()) continue;
    MutexLock lock(mutex_);
    use_basic_ = true;
    break;
  }
  return {};
}

Status Session::fetch_token(const Challenge& challenge, const Scope& scope) {
  const auto parameter = [&](const char* name) {
    const auto found = challenge.parameters.find(name);
    return found == challenge.parameters.end() ? std::string() : found->second;
  };
  const std::string realm = TRY(follow(parameter("realm")));
  net::ClientRequest request;
  request.url = realm + (realm.find('?') == std::string::npos ? "?" : "&") +
                "scope=" + percent_encode(scope.to_string());
  if (const std::string service = parameter("service"); !service.empty()) {
    request.url += "&service=" + percent_encode(service);
  }
  request.response_bytes_max = kTokenBytesMax;
  if (const auto header = basic()) request.headers.set("Authorization", *header);
  const net::ClientResponse response = TRY(client_.send(request));
  if (response.status != 200) return answer_error(response, "token service");

  const json::Value body = TRY(json::parse(response.body));
  const json::Object& object = *TRY(json::as_object(body, "token answer"));
  std::string token = TRY(json::get_string_or(object, "token", ""));
  if (token.empty()) token = TRY(json::get_string_or(object, "access_token", ""));
  if (token.empty() || token.find_first_of("\r\n") != std::string::npos) {
    return unavailable("the token service gave no token");
  }
  const std::int64_t lifetime = std::clamp<std::int64_t>(
      TRY(json::get_int_or(object, "expires_in", kLifetimeDefault)), 0, kLifetimeMax);
  MutexLock lock(mutex_);
  if (granted_.size() >= kTokensMax) granted_.clear();
  // A tenth early, so that it does not run out on the way.
  granted_.insert_or_assign(
      scope.to_string(),
      Granted{"Bearer " + token, clock_.now() + std::chrono::milliseconds(lifetime * 900)});
  return {};
}

Result<std::string> Session::follow(std::string_view location) const {
  std::string url(location);
  if (location.starts_with('/') && !location.starts_with("//")) url = origin_ + url;
  const net::Url parsed = TRY(net::Url::parse(url).with("the registry points to another place"));
  if (registry_.scheme == "https" && parsed.scheme != "https") {
    return failed_precondition("the registry points from https to http");
  }
  return url;
}

}  // namespace skerry::registry
