// SPDX-License-Identifier: Apache-2.0
//
// Deterministic ustar (POSIX.1-1988 with PAX only for paths beyond 100/155 bytes or sizes from 8 GiB),
// written and read. The writer fixes owner, mode and time; the reader refuses what could leave its root.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace skerry::bundle {

struct TarEntry {
  enum class Kind { kFile, kDirectory, kSymlink };
  std::string path;  // Relative, '/'-separated, no "..".
  Kind kind = Kind::kFile;
  std::string_view content;    // Files.
  std::string link_target;     // Symlinks: relative, inside the root.
  unsigned mode = 0644;
};

struct TarOptions {
  std::int64_t modified_unix_seconds = 0;  // SOURCE_DATE_EPOCH.
};

// Entries are sorted bytewise and missing parents (0755) added. Errors: kInvalidArgument for a repeated
// or unsafe path.
Result<std::string> write_tar(std::vector<TarEntry> entries, TarOptions options = {});

// As write_tar, handing the bytes on piece by piece.
Status write_tar(std::vector<TarEntry> entries, TarOptions options,
                 const std::function<Status(std::string_view)>& sink);

struct TarLimits {
  std::size_t entries_max = 100'000;
  std::uint64_t bytes_max = 16ull << 30;
};

// Views into `tar`. Errors: kInvalidArgument for a bad checksum or number, a truncated member, an
// absolute path, "..", a link that leaves the root, a sparse file, device or repeated path;
// kResourceExhausted above a limit.
Result<std::vector<TarEntry>> read_tar(std::string_view tar, TarLimits limits = {});

}  // namespace skerry::bundle
