// SPDX-License-Identifier: Apache-2.0
//
// Paths of the distribution API. A path that is taken has a checked repository and is found again
// when it is put together.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "domain/oci.h"
#include "registry/api_path.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using skerry::registry::ApiPath;
  const std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto path = skerry::registry::parse_api_path(rest);
  if (!path || path->kind == ApiPath::Kind::kRoot || path->kind == ApiPath::Kind::kCatalog)
    return 0;
  SKERRY_CHECK(skerry::oci::check_repository(path->repository).ok());
  SKERRY_CHECK(rest.starts_with(path->repository + "/"));
  SKERRY_CHECK(rest.ends_with(path->reference));
  SKERRY_CHECK(path->reference.find('/') == std::string::npos);
  return 0;
}
