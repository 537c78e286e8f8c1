// SPDX-License-Identifier: Apache-2.0
//
// What a runnable image is made of on this machine: the skerry-site beside this program and its
// ONNX Runtime, with the settings a container needs.
#pragma once

#include <string>

#include "app/settings.h"
#include "base/result.h"
#include "image/builder.h"

namespace skerry::app {

// SOURCE_DATE_EPOCH is honoured. Errors: kNotFound for a missing program or library.
Result<image::ImageOptions> image_options(const Settings& settings, const std::string& state);

}  // namespace skerry::app
