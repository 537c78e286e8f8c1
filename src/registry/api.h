// SPDX-License-Identifier: Apache-2.0
//
// The handlers behind server.h, by what they are about: manifests, blobs, uploads and lists.
// Threads: immutable; methods may be called from any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/server.h"
#include "registry/api_path.h"
#include "registry/server.h"
#include "registry/store.h"

namespace skerry::registry {

class Api {
 public:
  Api(Store& store, ApiOptions options) : store_(store), options_(std::move(options)) {}

  // GET and HEAD.
  Result<net::Response> read(const net::Request& request) const;
  // POST, PATCH and PUT.
  Result<std::unique_ptr<net::BodyReceiver>> receive(const net::Request& request) const;
  // DELETE.
  Result<net::Response> remove(const net::Request& request) const;

 private:
  // list_handlers.cc
  Result<net::Response> catalog(const net::Request& request) const;
  Result<net::Response> tags(const net::Request& request, const ApiPath& path) const;
  Result<net::Response> referrers(const net::Request& request, const ApiPath& path) const;

  // manifest_handlers.cc
  Result<net::Response> manifest(const net::Request& request, const ApiPath& path) const;
  Result<std::unique_ptr<net::BodyReceiver>> put_manifest(const net::Request& request,
                                                          const ApiPath& path) const;

  // blob_handlers.cc
  Result<net::Response> blob(const net::Request& request, const ApiPath& path) const;
  Result<net::Response> upload_status(const ApiPath& path) const;
  Result<std::unique_ptr<net::BodyReceiver>> begin_upload(const net::Request& request,
                                                          const ApiPath& path) const;
  Result<std::unique_ptr<net::BodyReceiver>> append(const net::Request& request,
                                                    const ApiPath& path,
                                                    const std::optional<Digest>& digest) const;

  Store& store_;
  const ApiOptions options_;
};

// A digest of a path or query. Errors: kInvalidArgument, DIGEST_INVALID.
Result<Digest> parse_api_digest(const std::string& text);

// "/v2/<repository>/<part>/<reference>".
std::string api_location(const std::string& repository, std::string_view part,
                         std::string_view reference);

// Answers with a response that was settled before the body came, which must be empty.
std::unique_ptr<net::BodyReceiver> settled(net::Response response);

}  // namespace skerry::registry
