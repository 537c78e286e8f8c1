// SPDX-License-Identifier: Apache-2.0
//
// RemoteRegistry: lists of names, page by page.
#include <algorithm>

#include "data/json.h"
#include "registry/ranges.h"
#include "registry/remote/client.h"

namespace skerry::registry {

Result<std::vector<std::string>> RemoteRegistry::names(std::string page, const std::string& key,
                                                       const Scope& scope) {
  std::vector<std::string> names;
  while (true) {
    net::ClientRequest request;
    request.url = page;
    const net::ClientResponse response = TRY(send(request, scope));
    if (response.status != 200) return answer_error(response, "list " + key);
    const json::Value body = TRY(json::parse(response.body).with("list of " + key));
    const json::Object& object = *TRY(json::as_object(body, "list of " + key));
    const json::Value* list = object.if_contains(key);
    if (list != nullptr && !list->is_null()) {  // Go writes null for an empty list.
      const std::vector<std::string> more = TRY(json::get_strings(object, key));
      names.insert(names.end(), more.begin(), more.end());
    }
    if (names.size() > options_.list_names_max) {
      return Error(
          Code::kResourceExhausted,
          "the registry lists more than " + std::to_string(options_.list_names_max) + " " + key);
    }
    const auto next = next_link(response.headers.find("Link").value_or(""));
    if (!next) break;
    std::string following = TRY(session_.follow(*next));
    if (following == page) return unavailable("the registry's list of " + key + " does not end");
    page = std::move(following);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Result<std::vector<std::string>> RemoteRegistry::tags(const std::string& repository) {
  TRY(oci::check_repository(repository));
  return names(url(repository, "tags/list?n=" + std::to_string(options_.list_page)), "tags",
               {repository, false});
}

Result<std::vector<std::string>> RemoteRegistry::repositories() {
  return names(session_.origin() + "/v2/_catalog?n=" + std::to_string(options_.list_page),
               "repositories", {"", false});
}

}  // namespace skerry::registry
