// SPDX-License-Identifier: Apache-2.0
#include "net/http.h"

#include <algorithm>

#include "base/encoding.h"
#include "data/json.h"

namespace skerry::net {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// Calls visit(decoded value) for each parameter of that name until it returns false.
template <typename Visit>
void visit_query(std::string_view query, std::string_view name, Visit visit) {
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    const auto key = percent_decode(pair.substr(0, equals));
    if (!key || *key != name) continue;
    auto value = percent_decode(pair.substr(std::min(equals + 1, pair.size())));
    if (value && !visit(*std::move(value))) return;
  }
}

}  // namespace

bool equal_without_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (const auto& [field, value] : all()) {
    if (equal_without_case(field, name)) return value;
  }
  return std::nullopt;
}

void Headers::set(std::string_view name, std::string_view value) {
  const auto end = fields_.begin() + static_cast<std::ptrdiff_t>(used_);
  const auto kept = std::remove_if(fields_.begin(), end, [name](const Field& field) {
    return equal_without_case(field.first, name);
  });
  used_ = static_cast<std::size_t>(kept - fields_.begin());
  add(name, value);
}

void Headers::add(std::string_view name, std::string_view value) {
  if (used_ == fields_.size()) fields_.emplace_back();
  fields_[used_].first.assign(name);
  fields_[used_].second.assign(value);
  ++used_;
}

std::optional<std::string> Request::query_value(std::string_view name) const {
  std::optional<std::string> found;
  visit_query(query, name, [&found](std::string value) {
    found = std::move(value);
    return false;
  });
  return found;
}

std::vector<std::string> Request::query_values(std::string_view name) const {
  std::vector<std::string> found;
  visit_query(query, name, [&found](std::string value) {
    found.push_back(std::move(value));
    return true;
  });
  return found;
}

Response error_response(const Error& error) {
  return json_response(http_status(error.code()),
                       json::dump(json::Object{{"error", error.message()}}));
}

Response json_response(int status, std::string body) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

}  // namespace skerry::net
