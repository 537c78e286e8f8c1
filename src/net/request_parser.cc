// SPDX-License-Identifier: Apache-2.0
#include "net/request_parser.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

namespace skerry::net {

namespace http = boost::beast::http;

void RequestMessage::clear() {
  method.clear();
  target.clear();
  headers.clear();
  body.clear();
  version = 11;
  host = authorization = origin = expect = -1;
}

RequestParser::RequestParser(RequestMessage& message, Limits limits)
    : limits_(limits), message_(message) {
  message_.clear();
  header_limit(static_cast<std::uint32_t>(limits.header_bytes_max));
  body_limit(boost::none);  // set_body() puts the route's limit in place.
}

RequestParser::Event RequestParser::feed(std::string_view& bytes) {
  ErrorCode error;
  while (!is_done() && (head_reported_ || !is_header_done())) {
    // Beast asserts that it gets a last chunk's five bytes ("0", two line ends) at once; whatever
    // else is due in a chunked body is followed by them.
    if (head_reported_ && chunked() && bytes.size() < 5) return Event::kNeedMore;
    const std::size_t used = put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    bytes.remove_prefix(used);
    if (error == http::error::need_more) {
      // A chunk header or trailer that never ends would otherwise be collected without bound.
      if (bytes.size() > limits_.header_bytes_max) return refuse(http::error::header_limit);
      return Event::kNeedMore;
    }
    if (error) return refuse(error);
    if (bytes.empty() && !is_done() && is_header_done() && head_reported_) return Event::kNeedMore;
  }
  if (!head_reported_) {
    head_reported_ = true;
    eager(true);
    return Event::kHead;
  }
  return Event::kDone;
}

void RequestParser::set_body(std::string* sink, std::optional<std::uint64_t> bytes_max) {
  sink_ = sink;
  if (bytes_max) body_limit(*bytes_max);
}

std::optional<std::uint64_t> RequestParser::announced_body_bytes() const {
  if (chunked()) return std::nullopt;
  const auto length = content_length();
  return length ? *length : 0;
}

RequestParser::Event RequestParser::refuse(ErrorCode error) {
  if (error == http::error::header_limit) {
    refused_status_ = 431;
    refusal_ = "request header is larger than " + std::to_string(limits_.header_bytes_max) +
               " bytes or has too many fields";
  } else if (error == http::error::body_limit) {
    refused_status_ = 413;
    refusal_ = "request body is larger than this path takes";
  } else {
    refused_status_ = 400;
    refusal_ = "malformed request: " + error.message();
  }
  return Event::kError;
}

void RequestParser::on_request_impl(http::verb, Text method_text, Text target, int version,
                                    ErrorCode&) {
  message_.method.assign(method_text.data(), method_text.size());
  message_.target.assign(target.data(), target.size());
  message_.version = version;
  header_bytes_ = method_text.size() + target.size() + 12;
}

void RequestParser::remember_index(http::field name, ErrorCode& error) {
  const int index = static_cast<int>(message_.headers.all().size());
  switch (name) {
    case http::field::host:
      if (message_.host >= 0) error = http::error::bad_field;  // RFC 9112 section 3.2.
      message_.host = index;
      break;
    case http::field::authorization:
      if (message_.authorization >= 0) error = http::error::bad_field;
      message_.authorization = index;
      break;
    case http::field::origin:
      if (message_.origin >= 0) error = http::error::bad_field;
      message_.origin = index;
      break;
    case http::field::expect: message_.expect = index; break;
    default: break;
  }
}

void RequestParser::on_field_impl(http::field name, Text name_text, Text value, ErrorCode& error) {
  header_bytes_ += name_text.size() + value.size() + 4;
  if (header_bytes_ > limits_.header_bytes_max ||
      message_.headers.all().size() >= limits_.fields_max) {
    error = http::error::header_limit;
    return;
  }
  if (head_done_) return;
  if (name == http::field::transfer_encoding &&
      (!boost::beast::iequals(value, "chunked") || message_.version < 11)) {
    error = http::error::bad_transfer_encoding;
    return;
  }
  remember_index(name, error);
  message_.headers.add({name_text.data(), name_text.size()}, {value.data(), value.size()});
}

void RequestParser::on_header_impl(ErrorCode& error) {
  head_done_ = true;
  if (message_.version >= 11 && message_.host < 0) error = http::error::bad_field;
}

std::size_t RequestParser::on_body_impl(Text body, ErrorCode&) {
  if (sink_ != nullptr) sink_->append(body.data(), body.size());
  return body.size();
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, Text body, ErrorCode& error) {
  return on_body_impl(body, error);
}

}  // namespace skerry::net
