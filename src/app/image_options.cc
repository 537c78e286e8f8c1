// SPDX-License-Identifier: Apache-2.0
#include "app/image_options.h"

#include <charconv>
#include <cstdlib>
#include <string_view>

#include "app/wiring.h"
#include "sys/files.h"
#include "sys/process.h"

namespace skerry::app {

Result<image::ImageOptions> image_options(const Settings& settings, const std::string& state) {
  image::ImageOptions options;
  const std::string folder = sys::parent_path(TRY(sys::executable_path()));
  options.site_executable = sys::join_path(folder, "skerry-site");
  options.onnxruntime_library = TRY(runtime_library(settings));
  options.cache_folder = sys::join_path(state, "cache/layers");
  options.environment = {
      "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt",
      "SKERRY_STATE=/var/lib/skerry",
      "SKERRY_ORT_LIBRARY=/usr/lib/skerry/libonnxruntime.so.1",
      "SKERRY_SITE_MODELS=/models",
      "SKERRY_SITE_LISTEN=0.0.0.0:8100",
  };
  if (const char* epoch = std::getenv("SOURCE_DATE_EPOCH"); epoch != nullptr) {
    const std::string_view text = epoch;
    const auto [end, code] =
        std::from_chars(text.data(), text.data() + text.size(), options.epoch_unix_seconds);
    if (code != std::errc() || end != text.data() + text.size()) {
      return invalid_argument("SOURCE_DATE_EPOCH is not a whole number");
    }
  }
  return options;
}

}  // namespace skerry::app
