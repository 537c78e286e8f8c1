// SPDX-License-Identifier: Apache-2.0
//
// The tars of a runnable image under the model: what a site program needs and nothing else, no
// shell, in the order of how rarely they change.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "image/builder.h"
#include "sys/files.h"

namespace skerry::image {

// Numeric, because Kubernetes checks runAsNonRoot without reading /etc/passwd.
inline constexpr std::uint32_t kUserId = 65532;
inline constexpr std::string_view kStateFolder = "/var/lib/skerry";  // The one writable volume.

struct RuntimeTar {
  std::string name;
  std::string tar;
};

struct RuntimeTars {
  std::string architecture;  // Of the site executable.
  std::vector<RuntimeTar> tars;
};

// "base": loader, libraries, users, name service, certificates, /tmp and the state folder. "curl":
// what is only there for libcurl. "onnxruntime". "skerry-site". "configuration". Errors: as
// build().
Result<RuntimeTars> runtime_tars(sys::FileSystem& fs, const ImageOptions& options);

}  // namespace skerry::image
