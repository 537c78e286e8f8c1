// SPDX-License-Identifier: Apache-2.0
//
// How the registry puts small files and folders on the disk so that they survive a power cut.
// Threads: Scratch is internally synchronised.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sys/files.h"

namespace skerry::registry {

// Makes `path` and its missing parents; every new entry is synced into its parent.
Status make_durable_folder(sys::FileSystem& fs, const std::string& path);

// Moves a synced file to `to`, replacing it, and syncs the folder, which is made if absent.
Status move_durably(sys::FileSystem& fs, const std::string& from, const std::string& to);

// Temporary files in one folder of their own, on the same file system as their targets: a tag may
// have any name, so a temporary file beside it could be taken for a tag after a crash.
class Scratch {
 public:
  // Empties `folder`, which nothing else may use.
  static Status prepare(sys::FileSystem& fs, const std::string& folder);

  Scratch(sys::FileSystem& fs, std::string folder);

  // Writes a new temporary file, synced, and returns its path.
  // Errors: kResourceExhausted on a full disk; nothing is left then.
  Result<std::string> write(std::string_view bytes);

  // Replaces `target` by `bytes`. Durable on return; after an error the old content is still there.
  Status place(std::string_view bytes, const std::string& target);

 private:
  sys::FileSystem& fs_;
  const std::string folder_;
  std::atomic<std::uint64_t> next_{0};
};

}  // namespace skerry::registry
