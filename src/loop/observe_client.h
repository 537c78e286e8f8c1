// SPDX-License-Identifier: Apache-2.0
//
// Sends observations to a site's POST /v1/observe in batches and pairs each with its answer.
// Threads: as the HTTP client.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/json.h"
#include "net/client.h"

namespace skerry::loop {

class ObserveClient {
 public:
  struct Options {
    std::string url;    // "http://localhost:8100"
    std::string token;  // Role client or admin.
    std::string model;  // Of several; empty = the site's own choice.
    std::size_t lines_per_request = 50;
  };

  // `client` outlives it.
  ObserveClient(net::Client& client, Options options)
      : client_(client), options_(std::move(options)) {}

  // One JSON object per observation in, one answer (or {"error": …}) per observation out, in order.
  // Errors: those of the connection, and a refusal of the whole request.
  Result<std::vector<json::Value>> send(const std::vector<json::Value>& observations);

 private:
  Status send_batch(std::string body, std::size_t lines, std::vector<json::Value>& answers);

  net::Client& client_;
  const Options options_;
};

}  // namespace skerry::loop
