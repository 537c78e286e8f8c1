// SPDX-License-Identifier: Apache-2.0
//
// Reads one HTTP/1.x request (RFC 9112) from bytes as they come, with Beast's parser, into storage
// that a connection keeps from request to request. Stricter than Beast where leniency allows
// request smuggling: one Host, no Transfer-Encoding but "chunked", header size counted in total.
// Threads: single-thread.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/http.h"

namespace skerry::net {

// One request's parts. clear() keeps the storage.
struct RequestMessage {
  std::string method;
  std::string target;
  Headers headers;  // Without trailers, which are read and forgotten.
  std::string body;
  int version = 11;  // 10 or 11.

  // Indices into headers.all() of the fields the server itself looks at, -1 where absent.
  int host = -1;
  int authorization = -1;
  int origin = -1;
  int expect = -1;

  std::string_view value(int index) const {
    return index < 0 ? std::string_view() : headers.all()[static_cast<std::size_t>(index)].second;
  }
  void clear();
};

class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  struct Limits {
    std::size_t header_bytes_max = 32u << 10;
    std::size_t fields_max = 128;
  };
  enum class Event {
    kNeedMore,  // All that can be is consumed; offer what is left again with more behind it.
    kHead,      // The head is complete; choose what happens to the body, then go on.
    kDone,      // The whole request is there.
    kError,     // refused_status() and refusal() say why; nothing more can be read.
  };

  // Clears `message` and fills it.
  RequestParser(RequestMessage& message, Limits limits);

  // Consumes from the front of `bytes`. After kDone it is not called again.
  Event feed(std::string_view& bytes);

  // Where body bytes go from now on: appended to `sink`, or dropped when null. Above `bytes_max`
  // the request is refused with 413; nullopt = no limit. Called after kHead.
  void set_body(std::string* sink, std::optional<std::uint64_t> bytes_max);

  // As announced; nullopt for a chunked body, 0 for none. Only after kHead.
  std::optional<std::uint64_t> announced_body_bytes() const;

  int refused_status() const { return refused_status_; }
  const std::string& refusal() const { return refusal_; }

 private:
  using ErrorCode = boost::beast::error_code;
  using Text = boost::beast::string_view;

  Event refuse(ErrorCode error);
  void remember_index(boost::beast::http::field name, ErrorCode& error);

  void on_request_impl(boost::beast::http::verb method, Text method_text, Text target, int version,
                       ErrorCode& error) override;
  void on_response_impl(int, Text, int, ErrorCode&) override {}
  void on_field_impl(boost::beast::http::field name, Text name_text, Text value,
                     ErrorCode& error) override;
  void on_header_impl(ErrorCode& error) override;
  void on_body_init_impl(boost::optional<std::uint64_t> const&, ErrorCode&) override {}
  std::size_t on_body_impl(Text body, ErrorCode& error) override;
  void on_chunk_header_impl(std::uint64_t, Text, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, ErrorCode& error) override;
  void on_finish_impl(ErrorCode&) override {}

  const Limits limits_;
  RequestMessage& message_;
  std::size_t header_bytes_ = 0;
  bool head_done_ = false;
  bool head_reported_ = false;
  std::string* sink_ = nullptr;
  int refused_status_ = 0;
  std::string refusal_;
};

}  // namespace skerry::net
