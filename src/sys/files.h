// SPDX-License-Identifier: Apache-2.0
//
// The disk, as the rest of Skerry sees it. RealFileSystem is the machine's; sys/fake has one that
// loses unsynced bytes at a crash and fills up on demand. Threads: a FileSystem is internally
// synchronised; a File belongs to one thread at a time, except read_at(), which any number of
// threads may call.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace skerry::sys {

class File {
 public:
  virtual ~File() = default;

  // Reads up to out.size() bytes at `offset`; fewer only at the end of the file.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) const = 0;

  // Writes all of `bytes` at `offset`. Durable only after sync().
  // Errors: kResourceExhausted on a full disk; the file may then hold a part.
  virtual Status write_at(std::uint64_t offset, std::string_view bytes) = 0;

  // Makes every write so far durable. Blocks: for the device. Errors: kDataLoss; what the file
  // holds is then unknown.
  virtual Status sync() = 0;

  virtual Result<std::uint64_t> size() const = 0;
  virtual Status truncate(std::uint64_t size) = 0;

  // The operating system's descriptor for sendfile and mmap, -1 where there is none (fakes).
  virtual int descriptor() const = 0;
};

enum class OpenMode {
  kRead,    // The file must exist.
  kWrite,   // Read and write; created if absent, content kept.
  kCreate,  // Read and write; kAlreadyExists if present.
};

struct FileInfo {
  std::uint64_t size_bytes = 0;
  bool directory = false;
  std::int64_t modified_unix_ms = 0;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // New files have mode `permissions`. Errors: kNotFound, kAlreadyExists, kPermissionDenied,
  // kResourceExhausted.
  virtual Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode,
                                             unsigned permissions = 0644) = 0;
  virtual Result<FileInfo> info(const std::string& path) = 0;
  // Names without their folder, sorted bytewise. Errors: kNotFound.
  virtual Result<std::vector<std::string>> list(const std::string& path) = 0;
  virtual Status make_directories(const std::string& path) = 0;
  // Replaces `to`. Durable after sync_directory() of the folder.
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  // Removes a file or an empty folder. Errors: kNotFound.
  virtual Status remove(const std::string& path) = 0;
  virtual Status remove_tree(const std::string& path) = 0;
  virtual Status sync_directory(const std::string& path) = 0;
};

// The machine's file system. Internally synchronised; lives as long as the process.
FileSystem& real_file_system();

// Reads a whole file. Errors: kResourceExhausted above `bytes_max`, kNotFound.
Result<std::string> read_file(FileSystem& fs, const std::string& path, std::uint64_t bytes_max);

// Writes beside `path`, syncs, renames over it and syncs the folder: after ok the new content
// survives a power cut. After an error the old content is still there, except when the last step
// failed: then a power cut decides between old and new.
Status write_file_atomically(FileSystem& fs, const std::string& path, std::string_view bytes,
                             unsigned permissions = 0644);

bool exists(FileSystem& fs, const std::string& path);

// "a/b" from "a" and "b"; `name` must be relative.
std::string join_path(std::string_view folder, std::string_view name);
// "a/b" of "a/b/c"; "." where there is no folder.
std::string parent_path(std::string_view path);
std::string base_name(std::string_view path);

// A folder under the system's temporary folder, removed with everything in it at the end of its
// life.
class TemporaryFolder {
 public:
  static Result<TemporaryFolder> create(std::string_view prefix);
  TemporaryFolder(TemporaryFolder&& other) noexcept;
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder();

  const std::string& path() const { return path_; }
  // Leaves the folder in place at the end.
  void keep() { keep_ = true; }

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
  bool keep_ = false;
};

// An exclusive lock on `<folder>/lock`, held until destroyed, released by the kernel if the process
// dies.
class FolderLock {
 public:
  // Errors: kFailedPrecondition with the holder's process id when another process has it.
  static Result<FolderLock> acquire(const std::string& folder);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace skerry::sys
