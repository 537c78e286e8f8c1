// SPDX-License-Identifier: Apache-2.0
#include "domain/model_ref.h"

#include "base/ids.h"
#include "domain/oci.h"

namespace skerry {

Result<ModelRef> ModelRef::parse(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) {
    return invalid_argument("a model reference is NAME:TAG, for example turbofan-rul:v1");
  }
  ModelRef ref{std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
  TRY(check_name(ref.name).with("model name"));
  TRY(oci::check_tag(ref.tag).with("model tag"));
  return ref;
}

std::string version_tag(std::int64_t version) { return "v" + std::to_string(version); }

}  // namespace skerry
