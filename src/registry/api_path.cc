// SPDX-License-Identifier: Apache-2.0
#include "registry/api_path.h"

#include <array>

#include "domain/oci.h"
#include "registry/api_error.h"

namespace skerry::registry {
namespace {

struct Form {
  std::string_view marker;  // Between the repository and the reference.
  ApiPath::Kind kind;
};

// The longer marker first: an upload is no blob called "uploads".
constexpr std::array<Form, 4> kForms{{
    {"/blobs/uploads/", ApiPath::Kind::kUpload},
    {"/blobs/", ApiPath::Kind::kBlob},
    {"/manifests/", ApiPath::Kind::kManifest},
    {"/referrers/", ApiPath::Kind::kReferrers},
}};

Result<ApiPath> with_repository(ApiPath path, std::string_view repository) {
  if (Status checked = oci::check_repository(repository); !checked) {
    return about(About::kName, std::move(checked).error());
  }
  path.repository = repository;
  return path;
}

}  // namespace

Result<ApiPath> parse_api_path(std::string_view rest) {
  using Kind = ApiPath::Kind;
  if (rest.empty()) return ApiPath{Kind::kRoot, "", ""};
  if (rest == "_catalog") return ApiPath{Kind::kCatalog, "", ""};
  constexpr std::string_view kTagsEnd = "/tags/list";
  if (rest.ends_with(kTagsEnd)) {
    return with_repository({Kind::kTags, "", ""}, rest.substr(0, rest.size() - kTagsEnd.size()));
  }
  constexpr std::string_view kUploadsEnd = "/blobs/uploads";  // Clients leave the last slash out.
  if (rest.ends_with(kUploadsEnd)) {
    return with_repository({Kind::kUploads, "", ""},
                           rest.substr(0, rest.size() - kUploadsEnd.size()));
  }
  const std::size_t slash = rest.rfind('/');
  if (slash != std::string_view::npos) {
    const std::string_view head = rest.substr(0, slash + 1);
    const std::string_view reference = rest.substr(slash + 1);
    for (const Form& form : kForms) {
      if (!head.ends_with(form.marker)) continue;
      Kind kind = form.kind;
      if (reference.empty() && kind == Kind::kUpload) kind = Kind::kUploads;
      if (reference.empty() && kind != Kind::kUploads) break;
      return with_repository({kind, "", std::string(reference)},
                             head.substr(0, head.size() - form.marker.size()));
    }
  }
  return about(About::kName, not_found("no such path in the distribution API"));
}

}  // namespace skerry::registry
