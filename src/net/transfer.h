// SPDX-License-Identifier: Apache-2.0
//
// One request and its answer on one libcurl handle.
// Threads: single-thread.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <string>

#include "net/client.h"

namespace skerry::net {

struct FreeCurl {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlHandle = std::unique_ptr<CURL, FreeCurl>;

class Transfer {
 public:
  // The references outlive the transfer; `url` is request.url, parsed.
  Transfer(CURL* handle, const Client::Options& options, const ClientRequest& request,
           const Url& url);

  // Blocks: until the answer is complete. Errors as Client::send().
  Result<ClientResponse> run();

 private:
  Status set_headers();
  void set_options();
  void set_body();
  Error failure(CURLcode code) const;

  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_source(char* data, std::size_t size, std::size_t count, void* self);
  bool take_header(std::string_view line);
  bool take_body(std::string_view bytes);

  CURL* const handle_;
  const Client::Options& options_;
  const ClientRequest& request_;
  const Url& url_;
  std::unique_ptr<curl_slist, FreeCurl> header_list_;
  ClientResponse response_;
  std::size_t header_bytes_ = 0;
  std::optional<Error> stopped_;  // Why a callback ended the transfer.
};

}  // namespace skerry::net
