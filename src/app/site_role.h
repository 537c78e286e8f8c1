// SPDX-License-Identifier: Apache-2.0
//
// Runs one site until it is told to stop.
#pragma once

#include <string>

#include "app/settings.h"
#include "base/result.h"

namespace skerry::app {

// With `enrolment_path` it follows its ring; without, it serves site.models. Blocks: until SIGTERM
// or SIGINT. Errors: a damaged enrolment, a port in use, another process on the site's folder.
Status run_site(const Settings& settings, const std::string& state,
                const std::string& enrolment_path);

}  // namespace skerry::app
