// SPDX-License-Identifier: Apache-2.0
//
// What HTTP messages look like to handlers and callers, on both sides of a connection (RFC 9110).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "sys/files.h"

namespace skerry::net {

// Header fields in the order of the wire; names compare without case. clear() keeps the storage, so
// that a connection reads request after request without allocating. Single-thread.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;  // Name and value.

  // The first value of `name`, or nullopt.
  std::optional<std::string_view> find(std::string_view name) const;
  // Replaces every field of that name.
  void set(std::string_view name, std::string_view value);
  void add(std::string_view name, std::string_view value);
  void clear() { used_ = 0; }
  std::span<const Field> all() const { return {fields_.data(), used_}; }

 private:
  std::vector<Field> fields_;  // Those from used_ on are kept for their storage only.
  std::size_t used_ = 0;
};

// Equal but for the case of ASCII letters, as field names and host names compare.
bool equal_without_case(std::string_view a, std::string_view b);

// A token's right, DESIGN: admin, one site, or a client that scores, labels and reads.
enum class Role { kAnonymous, kClient, kSite, kAdmin };

struct Principal {
  Role role = Role::kAnonymous;
  std::string site;  // Only with kSite.
};

// One request as a handler sees it. The views live as long as the call that received it.
struct Request {
  std::string_view method;
  std::string_view path;   // As sent, before '?'; parameters are percent-decoded.
  std::string_view query;  // As sent, after '?'.
  std::string_view body;   // Whole body; empty for streamed routes.
  const Headers* headers = nullptr;
  const Principal* principal = nullptr;
  std::string_view peer;  // Address of the client, for logs.
  // Values of the {name} and {name*} parts of the route, in order, percent-decoded.
  std::vector<std::string> parameters;

  std::optional<std::string_view> header(std::string_view name) const {
    return headers->find(name);
  }
  // The percent-decoded value of the first query parameter of that name; '+' stays '+'. The server
  // has refused a request with a broken percent-encoding before any handler sees it.
  std::optional<std::string> query_value(std::string_view name) const;
  // All values of that name, in the order of the wire.
  std::vector<std::string> query_values(std::string_view name) const;
};

// A part of a file as a response body, sent without being held in memory.
struct FileBody {
  std::shared_ptr<const sys::File> file;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

struct Response {
  int status = 200;
  // Content-Length, Connection and Date are written by the server; a handler's Content-Length
  // counts in the answer to HEAD only.
  Headers headers;
  std::string body;
  std::optional<FileBody> file;  // Instead of `body`.
};

// {"error": "<message>"} with the status of the code; the form OIP clients read.
Response error_response(const Error& error);
Response json_response(int status, std::string body);

// A parsed absolute http or https URL without user information and fragment.
struct Url {
  std::string scheme;      // Lower case.
  std::string host;        // Lower case; an IPv6 address keeps its brackets.
  std::uint16_t port = 0;  // 80 or 443 where the text names none.
  std::string target;      // Path and query as sent, at least "/".

  // Errors: kInvalidArgument.
  static Result<Url> parse(std::string_view text);
  // "http://127.0.0.1:5000", without a default port.
  std::string origin() const;
};

}  // namespace skerry::net
