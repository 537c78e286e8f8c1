// SPDX-License-Identifier: Apache-2.0
#include "registry/remote/client.h"

#include <utility>

namespace skerry::registry {

Result<std::unique_ptr<RemoteRegistry>> RemoteRegistry::create(net::Client& client,
                                                               sys::Clock& clock, Options options) {
  net::Url url = TRY(net::Url::parse(options.url).with("registry address"));
  if (url.target != "/") {
    return invalid_argument("registry address " + options.url + " has a path; give host and port");
  }
  return std::unique_ptr<RemoteRegistry>(
      new RemoteRegistry(client, clock, std::move(url), std::move(options)));
}

RemoteRegistry::RemoteRegistry(net::Client& client, sys::Clock& clock, net::Url url,
                               Options options)
    : options_(std::move(options)), session_(client, clock, std::move(url), options_.credentials) {}

std::string RemoteRegistry::url(const std::string& repository, std::string_view rest) const {
  return session_.origin() + "/v2/" + repository + "/" + std::string(rest);
}

Result<net::ClientResponse> RemoteRegistry::send(const net::ClientRequest& request,
                                                 const Scope& scope) {
  return session_.send([&] { return request; }, scope);
}

Result<std::string> RemoteRegistry::location_of(const net::ClientResponse& response) const {
  const auto location = response.headers.find("Location");
  if (!location) return unavailable("the registry's answer has no Location");
  return session_.follow(*location);
}

}  // namespace skerry::registry
