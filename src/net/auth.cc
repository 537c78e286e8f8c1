// SPDX-License-Identifier: Apache-2.0
#include "net/auth.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/ids.h"

namespace skerry::net {
namespace {

constexpr std::size_t kTokenBytesMax = 256;
constexpr std::string_view kSitePrefix = "site:";

Error bad_authorization() {
  return {Code::kUnauthenticated, "Authorization is neither Bearer TOKEN nor Basic"};
}

std::optional<std::string_view> after_scheme(std::string_view header, std::string_view scheme) {
  if (header.size() <= scheme.size() || header[scheme.size()] != ' ') return std::nullopt;
  if (!equal_without_case(header.substr(0, scheme.size()), scheme)) return std::nullopt;
  header.remove_prefix(scheme.size());
  header.remove_prefix(std::min(header.find_first_not_of(' '), header.size()));
  return header;
}

}  // namespace

Result<std::string> token_from_authorization(std::string_view header) {
  std::string token;
  if (const auto bearer = after_scheme(header, "Bearer")) {
    token = *bearer;
  } else if (const auto basic = after_scheme(header, "Basic")) {
    const auto decoded = base64_decode(*basic);
    if (!decoded) return bad_authorization();
    const auto colon = decoded->find(':');
    if (colon == std::string::npos) return bad_authorization();
    token = decoded->substr(colon + 1);
  }
  if (token.empty() || token.size() > kTokenBytesMax) return bad_authorization();
  return token;
}

Result<Principal> parse_role(std::string_view text) {
  if (text == "admin") return Principal{Role::kAdmin, {}};
  if (text == "client") return Principal{Role::kClient, {}};
  if (text.starts_with(kSitePrefix)) {
    const std::string_view site = text.substr(kSitePrefix.size());
    TRY(check_name(site).with("role site"));
    return Principal{Role::kSite, std::string(site)};
  }
  return invalid_argument("a role is admin, client or site:<id>");
}

std::string format_role(const Principal& principal) {
  switch (principal.role) {
    case Role::kAnonymous: return "anonymous";
    case Role::kClient: return "client";
    case Role::kSite: return std::string(kSitePrefix) + principal.site;
    case Role::kAdmin: return "admin";
  }
  return "anonymous";
}

}  // namespace skerry::net
