// SPDX-License-Identifier: Apache-2.0
//
// Absolute URLs of RFC 3986, narrowed to what Skerry sends requests to: http and https, a name or
// an address, no user information and no fragment.
#include <algorithm>
#include <array>
#include <charconv>

#include <arpa/inet.h>

#include "base/encoding.h"
#include "net/http.h"

namespace skerry::net {
namespace {

constexpr std::size_t kUrlBytesMax = 8192;
constexpr std::size_t kHostBytesMax = 253;  // RFC 1035 section 2.3.4, in text form.

bool alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

bool valid_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    const std::string address(host.substr(1, host.size() - 2));
    std::array<unsigned char, 16> bytes{};
    return address.find('\0') == std::string::npos &&
           ::inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1;
  }
  return !host.empty() && host.size() <= kHostBytesMax && host.front() != '.' &&
         host.find("..") == std::string_view::npos &&
         std::all_of(host.begin(), host.end(),
                     [](char c) { return alphanumeric(c) || c == '-' || c == '.' || c == '_'; });
}

Result<std::uint16_t> parse_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0 || port > 65535) {
    return invalid_argument("URL has a port that is not a number from 1 to 65535");
  }
  return static_cast<std::uint16_t>(port);
}

Status check_target(std::string_view target) {
  constexpr std::string_view kOthers = "-._~:/?@!$&'()*+,;=%[]|";
  for (const char c : target) {
    if (!alphanumeric(c) && kOthers.find(c) == std::string_view::npos) {
      return invalid_argument(c == '#' ? "URL has a fragment"
                                       : "URL has a character to be encoded");
    }
  }
  TRY(percent_decode(target));
  return {};
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  if (text.size() > kUrlBytesMax) return invalid_argument("URL is longer than 8192 bytes");
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return invalid_argument("URL has no scheme");
  Url url;
  url.scheme = lower_case(text.substr(0, scheme_end));
  if (url.scheme != "http" && url.scheme != "https") {
    return invalid_argument("URL is neither http nor https");
  }
  std::string_view rest = text.substr(scheme_end + 3);
  const auto authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, authority_end);
  rest.remove_prefix(authority_end);
  if (authority.find('@') != std::string_view::npos) {
    return invalid_argument("URL has user information; give a token instead");
  }
  url.port = url.scheme == "https" ? 443 : 80;
  const auto bracket = authority.rfind(']');
  const auto colon = authority.rfind(':');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    url.port = TRY(parse_port(authority.substr(colon + 1)));
    authority = authority.substr(0, colon);
  }
  if (!valid_host(authority)) return invalid_argument("URL has no valid host");
  url.host = lower_case(authority);
  TRY(check_target(rest));
  url.target = rest.empty() || rest.front() == '?' ? "/" + std::string(rest) : std::string(rest);
  return url;
}

std::string Url::origin() const {
  std::string text = scheme + "://" + host;
  if (port != (scheme == "https" ? 443 : 80)) text += ":" + std::to_string(port);
  return text;
}

}  // namespace skerry::net
