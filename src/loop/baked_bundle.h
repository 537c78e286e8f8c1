// SPDX-License-Identifier: Apache-2.0
//
// The bundle that an image brings along, for a site without enrolment.
// Threads: pure functions of the file system.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "sys/files.h"

namespace skerry::loop {

// A bundle's tar from a file, or packed again from a folder that holds <name>/<version>/...
// unpacked, as a container engine leaves the image's models folder. Errors: kNotFound,
// kInvalidArgument for nesting that no bundle has, kResourceExhausted above `bytes_max`.
Result<std::string> read_bundle(sys::FileSystem& files, const std::string& path,
                                std::uint64_t bytes_max);

}  // namespace skerry::loop
