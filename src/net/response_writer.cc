// SPDX-License-Identifier: Apache-2.0
#include "net/response_writer.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace skerry::net {
namespace {

std::string_view reason(int status) {
  switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 409: return "Conflict";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Status";
  }
}

void append_number(std::uint64_t number, std::string& out) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_field(std::string_view name, std::string_view value, std::string& out) {
  out.append(name);
  out.append(": ");
  const std::size_t start = out.size();
  out.append(value);
  for (std::size_t i = start; i < out.size(); ++i) {
    if (static_cast<unsigned char>(out[i]) < 0x20 && out[i] != '\t') out[i] = ' ';
  }
  out.append("\r\n");
}

bool server_writes(std::string_view name) {
  switch (name.size()) {
    case 4: return equal_without_case(name, "Date");
    case 10: return equal_without_case(name, "Connection");
    case 14: return equal_without_case(name, "Content-Length");
    case 17: return equal_without_case(name, "Transfer-Encoding");
    default: return false;
  }
}

void append_length(const Response& response, bool head, std::string& out) {
  if (head) {
    if (const auto stated = response.headers.find("Content-Length")) {
      append_field("Content-Length", *stated, out);
      return;
    }
  }
  out.append("Content-Length: ");
  append_number(response.file ? response.file->length : response.body.size(), out);
  out.append("\r\n");
}

}  // namespace

bool without_body(int status) { return status < 200 || status == 204 || status == 304; }

void append_head(const Response& response, const WriteOptions& options, std::string& out) {
  if (response.status == 200) {
    out.append("HTTP/1.1 200 OK\r\n");
  } else {
    out.append("HTTP/1.1 ");
    append_number(static_cast<std::uint64_t>(response.status), out);
    out.append(" ").append(reason(response.status)).append("\r\n");
  }
  for (const auto& [name, value] : response.headers.all()) {
    if (!server_writes(name)) append_field(name, value, out);
  }
  if (!without_body(response.status)) append_length(response, options.head, out);
  if (!options.keep_alive) {
    out.append("Connection: close\r\n");
  } else if (options.announce_keep_alive) {
    out.append("Connection: keep-alive\r\n");
  }
  out.append("Date: ").append(options.date).append("\r\n\r\n");
}

std::string http_date(sys::Time time) {
  constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  std::array<char, 64> text{};
  const int size = std::snprintf(
      text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
      kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
      kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return std::string(text.data(), static_cast<std::size_t>(size));
}

}  // namespace skerry::net
