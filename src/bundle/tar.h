// SPDX-License-Identifier: Apache-2.0
//
// Deterministic ustar (POSIX.1-1988 with PAX only for paths beyond 100/155 bytes or sizes from
// 8 GiB), written and read. The writer fixes mode, time and owner names; the reader refuses what
// could leave its root. Threads: free functions may be called from any thread; a TarWriter belongs
// to one. Format: docs/formats/bundle.md.
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
  std::string_view content = {};  // Files.
  std::string link_target = {};  // Symlinks: relative, inside the root; ".." only at its beginning.
  unsigned mode = 0644;          // Permission bits, at most 07777.
  std::uint32_t owner_id = 0;    // User and group; the reader leaves it 0.
};

struct TarOptions {
  std::int64_t modified_unix_seconds = 0;  // SOURCE_DATE_EPOCH.
};

// Receives an archive's bytes in order.
using TarSink = std::function<Status(std::string_view)>;

// Entries are sorted bytewise and missing parents (0755) added. Errors: kInvalidArgument for a
// repeated or unsafe path, or a member below something that is no directory.
Result<std::string> write_tar(std::vector<TarEntry> entries, TarOptions options = {});

// As above, handing the bytes on piece by piece; an error of `sink` ends it.
Status write_tar(std::vector<TarEntry> entries, TarOptions options, const TarSink& sink);

// Writes one archive whose contents are not in memory. The caller brings entries and their parents
// in bytewise order.
class TarWriter {
 public:
  explicit TarWriter(TarSink sink, TarOptions options = {});

  // Begins a member; for a file exactly `size_bytes` follow through write(). `entry.content` is not
  // looked at. Errors: kInvalidArgument for an unsafe path or one not above the path before.
  Status begin(const TarEntry& entry, std::uint64_t size_bytes);
  // Errors: kInvalidArgument beyond the announced size.
  Status write(std::string_view bytes);
  // Ends the archive. Errors: kInvalidArgument when the last member is incomplete.
  Status finish();

 private:
  Status end_member();

  const TarSink sink_;
  const TarOptions options_;
  std::string last_path_;
  std::uint64_t missing_bytes_ = 0;  // Of the open member.
  std::size_t padding_bytes_ = 0;    // After it.
};

struct TarLimits {
  std::size_t entries_max = 100'000;  // Headers, PAX headers included.
  std::uint64_t bytes_max = 16ull << 30;
};

// Views into `tar`; paths without "./" in front and without a final '/'. Errors: kInvalidArgument
// for a bad checksum or number, a truncated member or archive, an absolute path, "..", a link that
// leaves the root, a hard link, sparse file or device, a repeated path, or a member below something
// that is no directory; kResourceExhausted above a limit.
Result<std::vector<TarEntry>> read_tar(std::string_view tar, TarLimits limits = {});

}  // namespace skerry::bundle
