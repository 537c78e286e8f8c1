// SPDX-License-Identifier: Apache-2.0
//
// What the tar writer and the tar reader agree on: the ustar header's fields (POSIX.1-1988) and
// which paths are safe.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "bundle/tar.h"

namespace skerry::bundle::tar_format {

inline constexpr std::size_t kBlockBytes = 512;
inline constexpr std::size_t kPathBytesMax = 4096;
inline constexpr std::uint64_t kUstarSizeMax = 077777777777;  // 11 octal digits.

struct Field {
  std::size_t offset;
  std::size_t size;
};
inline constexpr Field kName{0, 100};
inline constexpr Field kMode{100, 8};
inline constexpr Field kUserId{108, 8};
inline constexpr Field kGroupId{116, 8};
inline constexpr Field kSize{124, 12};
inline constexpr Field kModified{136, 12};
inline constexpr Field kChecksum{148, 8};
inline constexpr Field kType{156, 1};
inline constexpr Field kLinkName{157, 100};
inline constexpr Field kMagic{257, 8};  // Magic and version.
inline constexpr Field kDeviceMajor{329, 8};
inline constexpr Field kDeviceMinor{337, 8};
inline constexpr Field kPrefix{345, 155};

inline constexpr std::string_view kUstarMagic{"ustar\00000", 8};
inline constexpr std::string_view kGnuMagic{"ustar  \0", 8};

// Sum of a header's bytes with the checksum field taken as spaces.
unsigned checksum(std::string_view block);

// Bytes that fill the last block of a member.
constexpr std::size_t padding(std::uint64_t size_bytes) {
  return static_cast<std::size_t>((kBlockBytes - size_bytes % kBlockBytes) % kBlockBytes);
}

// Relative, without empty, "." or ".." components and control characters. Errors: kInvalidArgument.
Status check_path(std::string_view path);

// A symlink at `path` cannot lead out of the root, whatever other checked links it passes: its
// target is relative and climbs only at its beginning, no higher than the root. Errors:
// kInvalidArgument.
Status check_link(std::string_view path, std::string_view target);

// Paths seen so far, with the directories that they imply.
class PathSet {
 public:
  // Errors: kInvalidArgument for a repeated path or one below something that is no directory.
  Status add(const std::string& path, TarEntry::Kind kind);

 private:
  struct Seen {
    bool directory;
    bool implied;  // Only as a parent; its own entry may still come.
  };
  std::map<std::string, Seen> kinds_;
};

}  // namespace skerry::bundle::tar_format
