// SPDX-License-Identifier: Apache-2.0
#include "net/transfer.h"

#include <algorithm>
#include <charconv>

#include "net/host_policy.h"

namespace skerry::net {
namespace {

constexpr std::size_t kHeaderBytesMax = 256u << 10;

bool printable_field(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\t') return false;
  }
  return true;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size()));
  return text.substr(0, text.find_last_not_of(kSpace) + 1);
}

Code code_of(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return Code::kDeadlineExceeded;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR: return Code::kUnauthenticated;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return Code::kInvalidArgument;
    case CURLE_OUT_OF_MEMORY: return Code::kResourceExhausted;
    default: return Code::kUnavailable;
  }
}

}  // namespace

Transfer::Transfer(CURL* handle, const Client::Options& options, const ClientRequest& request,
                   const Url& url)
    : handle_(handle), options_(options), request_(request), url_(url) {}

Result<ClientResponse> Transfer::run() {
  curl_easy_reset(handle_);  // Keeps the connections.
  TRY(set_headers());
  set_options();
  set_body();
  const CURLcode code = curl_easy_perform(handle_);
  if (stopped_) return *std::move(stopped_);
  if (code != CURLE_OK) return failure(code);
  return std::move(response_);
}

Status Transfer::set_headers() {
  const auto append = [this](const std::string& line) {
    curl_slist* list = curl_slist_append(header_list_.get(), line.c_str());
    if (list == nullptr) return false;
    static_cast<void>(header_list_.release());
    header_list_.reset(list);
    return true;
  };
  for (const auto& [name, value] : request_.headers.all()) {
    if (name.empty() || name.find(':') != std::string::npos || !printable_field(name) ||
        !printable_field(value)) {
      return invalid_argument("header field \"" + name + "\" has a forbidden character");
    }
    // libcurl's form of a field without a value ends with a semicolon.
    if (!append(value.empty() ? name + ";" : name + ": " + value))
      return internal_error("no memory");
  }
  // libcurl would announce a web form.
  if (!request_.headers.find("Content-Type") && !append("Content-Type:")) {
    return internal_error("no memory");
  }
  return {};
}

void Transfer::set_options() {
  curl_easy_setopt(handle_, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, header_list_.get());
  curl_easy_setopt(handle_, CURLOPT_USERAGENT, options_.user_agent.c_str());
  curl_easy_setopt(handle_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options_.ca_file.empty()) {
    curl_easy_setopt(handle_, CURLOPT_CAINFO, options_.ca_file.c_str());
    curl_easy_setopt(handle_, CURLOPT_CAPATH, nullptr);
  }
  // A proxy for the outside world cannot reach this machine's loopback.
  if (is_loopback_host(url_.host)) curl_easy_setopt(handle_, CURLOPT_PROXY, "");
  curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(request_.connect_timeout.count()));
  curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, static_cast<long>(request_.total_timeout.count()));
  curl_easy_setopt(handle_, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(handle_, CURLOPT_LOW_SPEED_TIME,
                   static_cast<long>(request_.stall_timeout.count()));
  curl_easy_setopt(handle_, CURLOPT_BUFFERSIZE, 256L << 10);
  curl_easy_setopt(handle_, CURLOPT_UPLOAD_BUFFERSIZE, 256L << 10);
  curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  curl_easy_setopt(handle_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
}

void Transfer::set_body() {
  const std::string& method = request_.method;
  if (request_.body_source) {
    curl_easy_setopt(handle_, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle_, CURLOPT_READFUNCTION, &Transfer::on_source);
    curl_easy_setopt(handle_, CURLOPT_READDATA, this);
    curl_easy_setopt(handle_, CURLOPT_INFILESIZE_LARGE,
                     static_cast<curl_off_t>(request_.body_bytes));
  } else if (!request_.body.empty() || method == "POST" || method == "PUT" || method == "PATCH") {
    curl_easy_setopt(handle_, CURLOPT_POST, 1L);
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request_.body.size()));
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, request_.body.c_str());
  } else if (method == "HEAD") {
    curl_easy_setopt(handle_, CURLOPT_NOBODY, 1L);
  } else {
    curl_easy_setopt(handle_, CURLOPT_HTTPGET, 1L);
  }
  curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, method.c_str());
}

Error Transfer::failure(CURLcode code) const {
  return {code_of(code), request_.method + " " + url_.origin() + ": " + curl_easy_strerror(code)};
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  return static_cast<Transfer*>(self)->take_header({data, size * count}) ? size * count : 0;
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  return static_cast<Transfer*>(self)->take_body({data, size * count}) ? size * count : 0;
}

std::size_t Transfer::on_source(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  auto filled = transfer.request_.body_source({data, size * count});
  if (filled) return *filled;
  transfer.stopped_ = std::move(filled).error();
  return CURL_READFUNC_ABORT;
}

bool Transfer::take_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kHeaderBytesMax) {
    stopped_ = Error(Code::kResourceExhausted, "the answer's header is larger than 256 KiB");
    return false;
  }
  if (line.starts_with("HTTP/")) {  // A new answer; interim ones (1xx) and a proxy's are forgotten.
    response_.headers.clear();
    const auto space = line.find(' ');
    if (space != std::string_view::npos) {
      std::from_chars(line.data() + space + 1, line.data() + line.size(), response_.status);
    }
    return true;
  }
  const auto colon = line.find(':');
  if (colon != std::string_view::npos) {
    response_.headers.add(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
  }
  return true;
}

bool Transfer::take_body(std::string_view bytes) {
  if (request_.body_sink && response_.status / 100 == 2) {
    auto taken = request_.body_sink(bytes);
    if (!taken) stopped_ = std::move(taken).error();
    return !stopped_;
  }
  if (bytes.size() > request_.response_bytes_max - response_.body.size()) {
    stopped_ =
        Error(Code::kResourceExhausted, "the answer of " + url_.origin() + " is larger than " +
                                            std::to_string(request_.response_bytes_max) + " bytes");
    return false;
  }
  response_.body.append(bytes);
  return true;
}

}  // namespace skerry::net
