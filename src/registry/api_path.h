// SPDX-License-Identifier: Apache-2.0
//
// Takes the path of a distribution-spec request apart. Names may hold slashes and may themselves be
// called "manifests", so the path is read from its end.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace skerry::registry {

struct ApiPath {
  enum class Kind {
    kRoot,       // /v2/
    kCatalog,    // /v2/_catalog
    kTags,       // /v2/<repository>/tags/list
    kManifest,   // /v2/<repository>/manifests/<reference>
    kBlob,       // /v2/<repository>/blobs/<reference>
    kUploads,    // /v2/<repository>/blobs/uploads/
    kUpload,     // /v2/<repository>/blobs/uploads/<reference>
    kReferrers,  // /v2/<repository>/referrers/<reference>
  };
  Kind kind = Kind::kRoot;
  std::string repository;  // A checked name.
  std::string reference;   // As sent: a tag, a digest or an upload id, not checked.
};

// `rest` is the decoded path behind "/v2/". Errors: kNotFound for no such path, kInvalidArgument
// for a repository name that is none.
Result<ApiPath> parse_api_path(std::string_view rest);

}  // namespace skerry::registry
