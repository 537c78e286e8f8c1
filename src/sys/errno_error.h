// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cerrno>
#include <string>

#include "base/result.h"

namespace skerry::sys {

// The Error for an errno value: the code a caller can act on, and the system's own text.
Error errno_error(const std::string& what, int code = errno);

}  // namespace skerry::sys
