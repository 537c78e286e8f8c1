// SPDX-License-Identifier: Apache-2.0
#include "sys/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>

#include "sys/errno_error.h"

namespace skerry::sys {

Result<std::string> read_file(FileSystem& fs, const std::string& path, std::uint64_t bytes_max) {
  const std::unique_ptr<File> file = TRY(fs.open(path, OpenMode::kRead));
  const std::uint64_t size = TRY(file->size());
  if (size > bytes_max) {
    return Error(Code::kResourceExhausted,
                 path + " is larger than " + std::to_string(bytes_max) + " bytes");
  }
  std::string bytes(size, '\0');
  bytes.resize(TRY(file->read_at(0, bytes)));
  return bytes;
}

Status write_file_atomically(FileSystem& fs, const std::string& path, std::string_view bytes,
                             unsigned permissions) {
  // Process and number keep two writers of one path apart; the last rename wins.
  static std::atomic<std::uint64_t> next_number{0};
  const std::string temporary =
      path + ".tmp." + std::to_string(::getpid()) + "." + std::to_string(next_number++);
  const auto write = [&]() -> Status {
    // A process of the same id may have left one, with other permissions.
    static_cast<void>(fs.remove(temporary));
    const std::unique_ptr<File> file = TRY(fs.open(temporary, OpenMode::kCreate, permissions));
    TRY(file->write_at(0, bytes));
    TRY(file->sync());
    return fs.rename(temporary, path);
  };
  if (Status written = write(); !written.ok()) {
    static_cast<void>(fs.remove(temporary));  // The first error is the one to report.
    return written;
  }
  return fs.sync_directory(parent_path(path));
}

bool exists(FileSystem& fs, const std::string& path) { return fs.info(path).ok(); }

std::string join_path(std::string_view folder, std::string_view name) {
  SKERRY_CHECK(!name.starts_with('/'));
  std::string path(folder);
  if (!path.empty() && path.back() != '/') path += '/';
  return path.append(name);
}

std::string parent_path(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return std::string(slash == 0 ? "/" : path.substr(0, slash));
}

std::string base_name(std::string_view path) {
  const auto slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

Result<TemporaryFolder> TemporaryFolder::create(std::string_view prefix) {
  std::error_code code;
  const std::filesystem::path parent = std::filesystem::temp_directory_path(code);
  if (code) return errno_error("find the temporary folder", code.value());
  std::string pattern = join_path(parent.string(), prefix);
  pattern += ".XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) return errno_error("make folder " + pattern);
  return TemporaryFolder(std::move(pattern));
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})), keep_(other.keep_) {}

TemporaryFolder::~TemporaryFolder() {
  if (path_.empty() || keep_) return;
  std::error_code ignored;  // A folder left behind in the temporary folder harms nobody.
  std::filesystem::remove_all(path_, ignored);
}

Result<FolderLock> FolderLock::acquire(const std::string& folder) {
  TRY(real_file_system().make_directories(folder));
  const std::string path = join_path(folder, "lock");
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return errno_error("open " + path);
  FolderLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    std::array<char, 32> holder{};
    const ssize_t count = ::pread(descriptor, holder.data(), holder.size() - 1, 0);
    return failed_precondition(folder + " is in use by process " +
                               std::string(holder.data(), count > 0 ? count : 0) +
                               "; stop it or choose another state folder");
  }
  const std::string own = std::to_string(::getpid());
  if (::ftruncate(descriptor, 0) != 0 ||
      ::pwrite(descriptor, own.data(), own.size(), 0) != static_cast<ssize_t>(own.size())) {
    return errno_error("write " + path);
  }
  return lock;
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace skerry::sys
