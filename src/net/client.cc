// SPDX-License-Identifier: Apache-2.0
//
// The client over libcurl. A handle keeps the connections it made, so a request takes the idle
// handle that last spoke to its origin. Redirects are followed here and not by libcurl, so that one
// rule holds: another origin gets no credentials, and https is never left.
#include "net/client.h"

#include <curl/curl.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "net/transfer.h"

namespace skerry::net {
namespace {

constexpr std::size_t kIdleHandlesMax = 16;

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool credential(std::string_view name) {
  return equal_without_case(name, "Authorization") || equal_without_case(name, "Cookie") ||
         equal_without_case(name, "Proxy-Authorization");
}

Headers without_credentials(const Headers& headers) {
  Headers kept;
  for (const auto& [name, value] : headers.all()) {
    if (!credential(name)) kept.add(name, value);
  }
  return kept;
}

// The absolute form of a Location, which may be relative (RFC 9110 section 10.2.2).
Result<std::string> resolve_location(const std::string& base, std::string_view location) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> url(curl_url(), curl_url_cleanup);
  if (!url) return internal_error("no memory for a URL");
  char* text = nullptr;
  const bool ok =
      curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0) == CURLUE_OK &&
      curl_url_set(url.get(), CURLUPART_URL, std::string(location).c_str(), 0) == CURLUE_OK &&
      curl_url_set(url.get(), CURLUPART_FRAGMENT, nullptr, 0) == CURLUE_OK &&
      curl_url_get(url.get(), CURLUPART_URL, &text, 0) == CURLUE_OK;
  if (!ok) return invalid_argument("redirect to a malformed Location");
  std::string resolved = text;
  curl_free(text);
  return resolved;
}

// What becomes of a request at a redirect (RFC 9110 section 15.4).
Result<ClientRequest> redirected(ClientRequest request, int status, std::string_view location) {
  const Url from = TRY(Url::parse(request.url));
  request.url = TRY(resolve_location(request.url, location));
  const Url to = TRY(Url::parse(request.url).with("redirect"));
  if (from.scheme == "https" && to.scheme == "http") {
    return failed_precondition("redirect from https to http is not followed");
  }
  if (from.origin() != to.origin()) request.headers = without_credentials(request.headers);
  const bool becomes_get = (status == 303 && request.method != "HEAD") ||
                           ((status == 301 || status == 302) && request.method == "POST");
  if (becomes_get) {
    request.method = "GET";
    request.body.clear();
    request.body_source = nullptr;
    request.body_bytes = 0;
  } else if (request.body_source) {
    return failed_precondition("redirect of a streamed body, which cannot be sent again");
  }
  return request;
}

class CurlClient final : public Client {
 public:
  explicit CurlClient(Options options) : options_(std::move(options)) {}

  Result<ClientResponse> send(const ClientRequest& request) override {
    ClientResponse response = TRY(send_once(request));
    if (!is_redirect(response.status) || request.redirects_max <= 0) return response;
    ClientRequest next = request;
    for (int i = 0; i < request.redirects_max && is_redirect(response.status); ++i) {
      const auto location = response.headers.find("Location");
      if (!location) return response;
      next = TRY(redirected(std::move(next), response.status, *location));
      response = TRY(send_once(next));
    }
    if (is_redirect(response.status) && response.headers.find("Location")) {
      return failed_precondition("more redirects than allowed");
    }
    return response;
  }

 private:
  struct Idle {
    std::string origin;
    CurlHandle handle;
  };

  Result<ClientResponse> send_once(const ClientRequest& request) {
    const Url url = TRY(Url::parse(request.url));
    CurlHandle handle = take(url.origin());
    if (!handle) return internal_error("libcurl makes no handle");
    Transfer transfer(handle.get(), options_, request, url);
    auto response = transfer.run();
    give_back(url.origin(), std::move(handle));
    return response;
  }

  CurlHandle take(const std::string& origin) {
    {
      const MutexLock lock(mutex_);
      // The last one given back has the best chance of a live connection.
      auto found = std::find_if(idle_.rbegin(), idle_.rend(),
                                [&origin](const Idle& idle) { return idle.origin == origin; });
      if (found != idle_.rend()) {
        CurlHandle handle = std::move(found->handle);
        idle_.erase(std::next(found).base());
        return handle;
      }
    }
    return CurlHandle(curl_easy_init());
  }

  void give_back(std::string origin, CurlHandle handle) {
    CurlHandle oldest;  // Closes its connections outside the lock.
    const MutexLock lock(mutex_);
    if (idle_.size() >= kIdleHandlesMax) {
      oldest = std::move(idle_.front().handle);
      idle_.erase(idle_.begin());
    }
    idle_.push_back({std::move(origin), std::move(handle)});
  }

  const Options options_;
  Mutex mutex_;
  std::vector<Idle> idle_ SKERRY_GUARDED_BY(mutex_);
};

}  // namespace

Result<std::unique_ptr<Client>> Client::create(Options options) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK) return internal_error("libcurl cannot be initialised");
  return std::unique_ptr<Client>(std::make_unique<CurlClient>(std::move(options)));
}

}  // namespace skerry::net
