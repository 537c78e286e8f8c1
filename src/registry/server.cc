// SPDX-License-Identifier: Apache-2.0
#include "registry/server.h"

#include <memory>
#include <utility>

#include "base/log.h"
#include "registry/api.h"
#include "registry/api_error.h"

namespace skerry::registry {
namespace {

class SettledReceiver final : public net::BodyReceiver {
 public:
  explicit SettledReceiver(net::Response response) : response_(std::move(response)) {}

  Status write(std::string_view bytes) override {
    if (bytes.empty()) return {};
    return about(About::kUpload, invalid_argument("this request takes no body"));
  }
  net::Response finish() override { return std::move(response_); }

 private:
  net::Response response_;
};

// A failure of the registry itself is for its operator as well.
net::Response failed(const net::Request& request, const Error& error) {
  net::Response response = api_error_response(error);
  if (response.status >= 500) {
    log::error("registry: {} {}: {}", request.method, request.path, error.message());
  }
  return response;
}

net::Route blocking_route(const char* method, const char* pattern) {
  net::Route route;
  route.method = method;
  route.pattern = pattern;
  route.execution = net::Execution::kBlocking;
  return route;
}

// Reads a refused body over: the server gives the status of the error's code to what a receiver
// refuses while it comes, and the API wants another one (413, 507, 405). Bounded: an endless body
// is cut.
class RefusingReceiver final : public net::BodyReceiver {
 public:
  explicit RefusingReceiver(Error error) : error_(std::move(error)) {}

  Status write(std::string_view bytes) override {
    constexpr std::uint64_t kReadOverMax = 64u << 20;
    read_over_ += bytes.size();
    if (read_over_ > kReadOverMax) return error_;
    return {};
  }
  net::Response finish() override { return api_error_response(error_); }

 private:
  const Error error_;
  std::uint64_t read_over_ = 0;
};

bool has_status_of_its_own(const Error& error) {
  return api_error_response(error).status != http_status(error.code());
}

// Hands the body on until it is refused.
class GuardedReceiver final : public net::BodyReceiver {
 public:
  explicit GuardedReceiver(std::unique_ptr<net::BodyReceiver> inner) : inner_(std::move(inner)) {}

  Status write(std::string_view bytes) override {
    Status written = inner_->write(bytes);
    if (written || !has_status_of_its_own(written.error())) return written;
    inner_ = std::make_unique<RefusingReceiver>(std::move(written).error());
    return {};
  }
  net::Response finish() override { return inner_->finish(); }

 private:
  std::unique_ptr<net::BodyReceiver> inner_;
};

Result<std::unique_ptr<net::BodyReceiver>> guarded(
    Result<std::unique_ptr<net::BodyReceiver>> receiver) {
  if (receiver) {
    return std::unique_ptr<net::BodyReceiver>(
        std::make_unique<GuardedReceiver>(std::move(*receiver)));
  }
  if (!has_status_of_its_own(receiver.error())) return receiver;
  return std::unique_ptr<net::BodyReceiver>(
      std::make_unique<RefusingReceiver>(std::move(receiver).error()));
}

std::string_view rest_of(const net::Request& request) {
  return request.parameters.empty() ? std::string_view() : request.parameters.front();
}

}  // namespace

std::unique_ptr<net::BodyReceiver> settled(net::Response response) {
  return std::make_unique<SettledReceiver>(std::move(response));
}

Result<Digest> parse_api_digest(const std::string& text) {
  return about(About::kBlob, Digest::parse(text));
}

std::string api_location(const std::string& repository, std::string_view part,
                         std::string_view reference) {
  return "/v2/" + repository + "/" + std::string(part) + "/" + std::string(reference);
}

Result<net::Response> Api::read(const net::Request& request) const {
  const ApiPath path = TRY(parse_api_path(rest_of(request)));
  if (path.kind == ApiPath::Kind::kRoot) {
    net::Response response = net::json_response(200, "{}");
    response.headers.set("Docker-Distribution-Api-Version", "registry/2.0");
    return response;
  }
  if (path.kind == ApiPath::Kind::kCatalog) return catalog(request);
  if (path.kind == ApiPath::Kind::kUpload) {
    TRY(check_push(*request.principal, path.repository));
    return upload_status(path);
  }
  TRY(check_pull(*request.principal, path.repository, options_.ring_of_site));
  switch (path.kind) {
    case ApiPath::Kind::kTags: return tags(request, path);
    case ApiPath::Kind::kManifest: return manifest(request, path);
    case ApiPath::Kind::kBlob: return blob(request, path);
    case ApiPath::Kind::kReferrers: return referrers(request, path);
    default: return coded("UNSUPPORTED", Code::kUnimplemented, "nothing can be read here");
  }
}

Result<std::unique_ptr<net::BodyReceiver>> Api::receive(const net::Request& request) const {
  const ApiPath path = TRY(parse_api_path(rest_of(request)));
  TRY(check_push(*request.principal, path.repository));
  if (path.kind == ApiPath::Kind::kManifest && request.method == "PUT") {
    return put_manifest(request, path);
  }
  if (path.kind == ApiPath::Kind::kUploads && request.method == "POST") {
    return begin_upload(request, path);
  }
  if (path.kind == ApiPath::Kind::kUpload && request.method == "PATCH") {
    return append(request, path, std::nullopt);
  }
  if (path.kind == ApiPath::Kind::kUpload && request.method == "PUT") {
    const std::optional<std::string> digest = request.query_value("digest");
    if (!digest) {
      return coded("DIGEST_INVALID", Code::kInvalidArgument, "the digest parameter is missing");
    }
    return append(request, path, TRY(parse_api_digest(*digest)));
  }
  return coded("UNSUPPORTED", Code::kUnimplemented, "nothing can be written here that way");
}

Result<net::Response> Api::remove(const net::Request& request) const {
  const ApiPath path = TRY(parse_api_path(rest_of(request)));
  TRY(check_push(*request.principal, path.repository));
  net::Response response;
  response.status = 202;
  switch (path.kind) {
    case ApiPath::Kind::kManifest:
      TRY(about(About::kManifest, store_.remove(path.repository, path.reference)));
      return response;
    case ApiPath::Kind::kBlob:
      TRY(about(About::kBlob,
                store_.remove_blob(path.repository, TRY(parse_api_digest(path.reference)))));
      return response;
    case ApiPath::Kind::kUpload:
      TRY(about(About::kUpload, store_.uploads().cancel(path.repository, path.reference)));
      response.status = 204;
      return response;
    default: return coded("UNSUPPORTED", Code::kUnimplemented, "nothing can be removed here");
  }
}

std::vector<net::Route> registry_routes(Store& store, ApiOptions options) {
  const auto api = std::make_shared<const Api>(store, std::move(options));
  const auto answer = [](auto method) {
    return [method](const net::Request& request, net::Response& response) {
      Result<net::Response> result = method(request);
      response = result ? std::move(*result) : failed(request, result.error());
    };
  };
  const auto read = answer([api](const net::Request& request) { return api->read(request); });
  const auto remove = answer([api](const net::Request& request) { return api->remove(request); });

  std::vector<net::Route> routes;
  for (const char* method : {"GET", "HEAD", "DELETE"}) {
    net::Route route = blocking_route(method, "/v2/{rest*}");
    if (route.method == "DELETE") {
      route.handler = remove;
    } else {
      route.handler = read;
    }
    routes.push_back(std::move(route));
  }
  for (const char* method : {"POST", "PATCH", "PUT"}) {
    net::Route route = blocking_route(method, "/v2/{rest*}");
    route.receiver = [api](const net::Request& request) { return guarded(api->receive(request)); };
    routes.push_back(std::move(route));
  }
  net::Route root = blocking_route("GET", "/v2");
  root.handler = read;
  routes.push_back(std::move(root));
  return routes;
}

void use_registry_errors(net::Server::Options& options) {
  options.error_body = api_error_response;
  options.authenticate_challenge = "Basic realm=\"skerry\"";
}

}  // namespace skerry::registry
