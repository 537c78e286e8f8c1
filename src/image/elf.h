// SPDX-License-Identifier: Apache-2.0
//
// What an ELF file says about what it needs (System V ABI, ELF-64 little-endian). Nothing is run to
// find out, as ldd would. Threads: free functions may be called from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace skerry::image {

struct ElfFile {
  std::string architecture;         // Go's name: "amd64" or "arm64".
  std::string interpreter;          // PT_INTERP, the dynamic loader; empty for a library.
  std::vector<std::string> needed;  // DT_NEEDED, in order; plain file names.
};

// Errors: kInvalidArgument for anything that is no ELF-64 little-endian file, is damaged, or names
// a library by path; kUnimplemented for another machine than x86-64 and AArch64.
Result<ElfFile> read_elf(std::string_view bytes);

}  // namespace skerry::image
