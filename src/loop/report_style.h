// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace skerry::loop {

// The style sheet of a report: the visual language of the web app, in light and dark.
std::string_view report_style();

}  // namespace skerry::loop
