// SPDX-License-Identifier: Apache-2.0
//
// A file system in memory that behaves as badly as a real one may: bytes written but not synced
// vanish at crash(), so do names not synced with their folder, and the disk can be full. Threads:
// internally synchronised.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "base/mutex.h"
#include "sys/files.h"

namespace skerry::sys::fake {

class FakeFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode,
                                     unsigned permissions) override;
  Result<FileInfo> info(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& path) override;
  Status make_directories(const std::string& path) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;
  Status remove_tree(const std::string& path) override;
  Status sync_directory(const std::string& path) override;

  // Power cut: only what was synced is left. Files still open keep writing to bytes nobody sees.
  void crash();
  // Writes that would bring the sum of all named files above this fail with kResourceExhausted.
  void set_capacity(std::uint64_t bytes);
  // The n-th sync of a file from now on fails with kDataLoss, once; 0 = never.
  void fail_sync(int nth);
  // Flips one bit of a file's current and, where they reach it, durable bytes.
  // Errors: kNotFound; kOutOfRange beyond the current end.
  Status flip_bit(const std::string& path, std::uint64_t bit);

 private:
  friend class FakeFile;
  struct Inode {
    std::string bytes;
    std::string durable;
  };
  using Names = std::map<std::string, std::shared_ptr<Inode>>;
  static constexpr auto kUnlimited = std::numeric_limits<std::uint64_t>::max();

  Status write(Inode& inode, std::uint64_t offset, std::string_view bytes);
  Status sync(Inode& inode);
  Status resize(Inode& inode, std::uint64_t size) SKERRY_REQUIRES(mutex_);
  bool has_folder(const std::string& path) const SKERRY_REQUIRES(mutex_);

  mutable Mutex mutex_;
  Names files_ SKERRY_GUARDED_BY(mutex_);
  Names durable_files_ SKERRY_GUARDED_BY(mutex_);
  // Folders survive a crash as soon as they are made: no code of ours depends on losing an empty
  // one. Only files are renamed.
  std::set<std::string> folders_ SKERRY_GUARDED_BY(mutex_);
  std::uint64_t capacity_bytes_ SKERRY_GUARDED_BY(mutex_) = kUnlimited;
  int fail_sync_in_ SKERRY_GUARDED_BY(mutex_) = 0;
};

}  // namespace skerry::sys::fake
