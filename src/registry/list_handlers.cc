// SPDX-License-Identifier: Apache-2.0
//
// Lists of the distribution API, paged: repositories, tags and referrers.
#include <algorithm>
#include <charconv>
#include <limits>

#include "base/encoding.h"
#include "data/json.h"
#include "registry/api.h"
#include "registry/api_error.h"

namespace skerry::registry {
namespace {

struct Page {
  std::size_t count = std::numeric_limits<std::size_t>::max();
  std::string after;  // Exclusive.
};

Result<Page> page_of(const net::Request& request) {
  Page page;
  page.after = request.query_value("last").value_or("");
  if (const std::optional<std::string> text = request.query_value("n")) {
    const char* end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data(), end, page.count);
    if (error != std::errc() || stop != end) {
      return invalid_argument("parameter n is no count");
    }
  }
  return page;
}

// Cuts the sorted `names` down to the page and names the next one in a Link header.
void turn_to(const Page& page, const std::string& url, std::vector<std::string>& names,
             net::Response& response) {
  names.erase(names.begin(), std::upper_bound(names.begin(), names.end(), page.after));
  if (names.size() <= page.count) return;
  names.resize(page.count);
  if (names.empty()) return;
  response.headers.set("Link", "<" + url + "?n=" + std::to_string(page.count) +
                                   "&last=" + percent_encode(names.back()) + ">; rel=\"next\"");
}

}  // namespace

Result<net::Response> Api::catalog(const net::Request& request) const {
  const Page page = TRY(page_of(request));
  std::vector<std::string> names = TRY(store_.repositories());
  std::erase_if(names, [&](const std::string& name) {
    return !may_pull(*request.principal, name, options_.ring_of_site);
  });
  net::Response response = net::json_response(200, "");
  turn_to(page, "/v2/_catalog", names, response);
  response.body = json::dump(json::Object{{"repositories", json::from_strings(names)}});
  return response;
}

Result<net::Response> Api::tags(const net::Request& request, const ApiPath& path) const {
  const Page page = TRY(page_of(request));
  std::vector<std::string> names = TRY(about(About::kName, store_.tags(path.repository)));
  net::Response response = net::json_response(200, "");
  turn_to(page, api_location(path.repository, "tags", "list"), names, response);
  response.body =
      json::dump(json::Object{{"name", path.repository}, {"tags", json::from_strings(names)}});
  return response;
}

Result<net::Response> Api::referrers(const net::Request& request, const ApiPath& path) const {
  const Digest subject = TRY(parse_api_digest(path.reference));
  const std::string type = request.query_value("artifactType").value_or("");
  const std::string after = request.query_value("last").value_or("");
  std::vector<oci::Descriptor> all = TRY(store_.referrers(path.repository, subject, type));
  std::erase_if(all, [&](const oci::Descriptor& descriptor) {
    return descriptor.digest.to_string() <= after;
  });
  net::Response response;
  if (all.size() > options_.referrers_page) {
    all.resize(options_.referrers_page, all.front());
    std::string url = api_location(path.repository, "referrers", path.reference) +
                      "?last=" + percent_encode(all.back().digest.to_string());
    if (!type.empty()) url += "&artifactType=" + percent_encode(type);
    response.headers.set("Link", "<" + url + ">; rel=\"next\"");
  }
  response.headers.set("Content-Type", oci::kIndexType);
  if (!type.empty()) response.headers.set("OCI-Filters-Applied", "artifactType");
  oci::Manifest index;
  index.media_type = oci::kIndexType;
  index.manifests = std::move(all);
  response.body = oci::format_manifest(index);
  return response;
}

}  // namespace skerry::registry
