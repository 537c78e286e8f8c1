// SPDX-License-Identifier: Apache-2.0
//
// The machine's file system through POSIX calls.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>

#include "sys/errno_error.h"
#include "sys/files.h"

namespace skerry::sys {
namespace {

class RealFile final : public File {
 public:
  explicit RealFile(int descriptor, std::string path)
      : descriptor_(descriptor), path_(std::move(path)) {}
  ~RealFile() override { ::close(descriptor_); }
  RealFile(const RealFile&) = delete;
  RealFile& operator=(const RealFile&) = delete;

  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) const override {
    std::size_t done = 0;
    while (done < out.size()) {
      const ssize_t count = ::pread(descriptor_, out.data() + done, out.size() - done,
                                    static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return errno_error("read " + path_);
      if (count == 0) break;
      done += static_cast<std::size_t>(count);
    }
    return done;
  }

  Status write_at(std::uint64_t offset, std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t count =
          ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return errno_error("write " + path_);
      bytes.remove_prefix(static_cast<std::size_t>(count));
      offset += static_cast<std::uint64_t>(count);
    }
    return ok_status();
  }

  Status sync() override {
    if (::fdatasync(descriptor_) == 0) return ok_status();
    return data_loss(errno_error("sync " + path_).message());
  }

  Result<std::uint64_t> size() const override {
    struct stat info{};
    if (::fstat(descriptor_, &info) != 0) return errno_error("size of " + path_);
    return static_cast<std::uint64_t>(info.st_size);
  }

  Status truncate(std::uint64_t size) override {
    if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) {
      return errno_error("truncate " + path_);
    }
    return ok_status();
  }

  int descriptor() const override { return descriptor_; }

 private:
  const int descriptor_;
  const std::string path_;
};

int open_flags(OpenMode mode) {
  switch (mode) {
    case OpenMode::kRead: return O_RDONLY;
    case OpenMode::kWrite: return O_RDWR | O_CREAT;
    case OpenMode::kCreate: return O_RDWR | O_CREAT | O_EXCL;
  }
  return O_RDONLY;
}

class RealFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode,
                                     unsigned permissions) override {
    const int descriptor = ::open(path.c_str(), open_flags(mode) | O_CLOEXEC, permissions);
    if (descriptor < 0) return errno_error("open " + path);
    return std::unique_ptr<File>(std::make_unique<RealFile>(descriptor, path));
  }

  Result<FileInfo> info(const std::string& path) override {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return errno_error(path);
    const std::int64_t modified =
        info.st_mtim.tv_sec * std::int64_t{1000} + info.st_mtim.tv_nsec / 1'000'000;
    return FileInfo{static_cast<std::uint64_t>(info.st_size), S_ISDIR(info.st_mode), modified};
  }

  Result<std::vector<std::string>> list(const std::string& path) override {
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(path.c_str()), ::closedir);
    if (folder == nullptr) return errno_error("list " + path);
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(folder.get())) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    std::ranges::sort(names);
    return names;
  }

  Status make_directories(const std::string& path) override {
    std::error_code code;
    std::filesystem::create_directories(path, code);
    if (code) return errno_error("make folder " + path, code.value());
    return ok_status();
  }

  Status rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return errno_error("rename to " + to);
    return ok_status();
  }

  Status remove(const std::string& path) override {
    if (::remove(path.c_str()) != 0) return errno_error("remove " + path);
    return ok_status();
  }

  Status remove_tree(const std::string& path) override {
    std::error_code code;
    std::filesystem::remove_all(path, code);
    if (code) return errno_error("remove " + path, code.value());
    return ok_status();
  }

  Status sync_directory(const std::string& path) override {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return errno_error("open folder " + path);
    const bool synced = ::fsync(descriptor) == 0;
    const int code = errno;
    ::close(descriptor);
    if (!synced) return data_loss(errno_error("sync folder " + path, code).message());
    return ok_status();
  }
};

}  // namespace

FileSystem& real_file_system() {
  static RealFileSystem instance;
  return instance;
}

}  // namespace skerry::sys
