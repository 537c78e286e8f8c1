// SPDX-License-Identifier: Apache-2.0
//
// The shared libraries that programs need, found as the dynamic loader would find them in its
// built-in folders. Libraries opened at run time by name (OpenSSL's legacy provider, gconv modules,
// name services beyond files and dns) are not seen; an image does not need them. Threads: free
// functions may be called from any thread. Blocks: on disk.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "image/elf.h"
#include "sys/files.h"

namespace skerry::image {

struct Library {
  std::string path;  // Where it was found and where the same loader will look for it: absolute.
  std::string content;
  ElfFile elf;
};
// By DT_NEEDED name.
using Libraries = std::map<std::string, Library>;

// The loader's built-in folders on Debian and on lib64 systems, in order.
std::vector<std::string> usual_library_folders(const std::string& architecture);

struct ClosureOptions {
  std::string architecture;
  std::string interpreter;  // The loader itself, which libraries may name; not in the result.
  std::vector<std::string>
      folders;  // Searched in order; a file of another architecture is passed over.
  std::size_t libraries_max = 512;
  std::uint64_t library_bytes_max = 512u << 20;
};

// All of `names` and what they need in turn. Errors: kNotFound naming a library that is in no
// folder, kResourceExhausted above a limit.
Result<Libraries> find_closure(sys::FileSystem& fs, const std::vector<std::string>& names,
                               const ClosureOptions& options);

// Those of `libraries` that `names` reach without passing through `without`.
std::set<std::string> reachable(const Libraries& libraries, const std::vector<std::string>& names,
                                const std::string& without);

}  // namespace skerry::image
