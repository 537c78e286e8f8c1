// SPDX-License-Identifier: Apache-2.0
#include "sys/fake/files.h"

#include <algorithm>
#include <cstring>

namespace skerry::sys::fake {
namespace {

bool inside(const std::string& path, const std::string& folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

}  // namespace

class FakeFile final : public File {
 public:
  FakeFile(FakeFileSystem& fs, std::shared_ptr<FakeFileSystem::Inode> inode, bool writable)
      : fs_(fs), inode_(std::move(inode)), writable_(writable) {}

  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> out) const override {
    const MutexLock lock(fs_.mutex_);
    if (offset >= inode_->bytes.size()) return std::size_t{0};
    const std::size_t count = std::min<std::size_t>(out.size(), inode_->bytes.size() - offset);
    std::memcpy(out.data(), inode_->bytes.data() + offset, count);
    return count;
  }
  Status write_at(std::uint64_t offset, std::string_view bytes) override {
    if (!writable_) return Error(Code::kPermissionDenied, "the file is open for reading");
    return fs_.write(*inode_, offset, bytes);
  }
  Status sync() override { return fs_.sync(*inode_); }
  Result<std::uint64_t> size() const override {
    const MutexLock lock(fs_.mutex_);
    return static_cast<std::uint64_t>(inode_->bytes.size());
  }
  Status truncate(std::uint64_t size) override {
    const MutexLock lock(fs_.mutex_);
    if (size > inode_->bytes.size() &&
        fs_.used_bytes_ + (size - inode_->bytes.size()) > fs_.capacity_bytes_) {
      return Error(Code::kResourceExhausted, "no space left on device");
    }
    fs_.used_bytes_ += size - inode_->bytes.size();
    inode_->bytes.resize(size);
    return ok_status();
  }
  int descriptor() const override { return -1; }

 private:
  FakeFileSystem& fs_;
  std::shared_ptr<FakeFileSystem::Inode> inode_;
  bool writable_;
};

Result<std::unique_ptr<File>> FakeFileSystem::open(const std::string& path, OpenMode mode,
                                                   unsigned) {
  const MutexLock lock(mutex_);
  const auto found = files_.find(path);
  if (found != files_.end()) {
    if (mode == OpenMode::kCreate) return Error(Code::kAlreadyExists, path + ": file exists");
    return std::unique_ptr<File>(
        std::make_unique<FakeFile>(*this, found->second, mode != OpenMode::kRead));
  }
  const std::string folder = parent_path(path);
  const bool has_folder = folder == "." || folder == "/" || folders_.contains(folder);
  if (mode == OpenMode::kRead || !has_folder) return not_found(path + ": no such file");
  const auto inode = std::make_shared<Inode>();
  files_[path] = inode;
  return std::unique_ptr<File>(std::make_unique<FakeFile>(*this, inode, true));
}

Result<FileInfo> FakeFileSystem::info(const std::string& path) {
  const MutexLock lock(mutex_);
  if (folders_.contains(path)) return FileInfo{0, true, 0};
  const auto found = files_.find(path);
  if (found == files_.end()) return not_found(path + ": no such file");
  return FileInfo{found->second->bytes.size(), false, 0};
}

Result<std::vector<std::string>> FakeFileSystem::list(const std::string& path) {
  const MutexLock lock(mutex_);
  if (!folders_.contains(path)) return not_found(path + ": no such folder");
  std::set<std::string> names;
  const auto add = [&](const std::string& entry) {
    if (!inside(entry, path)) return;
    const std::string rest = entry.substr(path.size() + 1);
    names.insert(rest.substr(0, rest.find('/')));
  };
  for (const auto& [name, inode] : files_) add(name);
  for (const std::string& folder : folders_) add(folder);
  return std::vector<std::string>(names.begin(), names.end());
}

Status FakeFileSystem::make_directories(const std::string& path) {
  const MutexLock lock(mutex_);
  for (std::string folder = path; folder != "." && folder != "/"; folder = parent_path(folder)) {
    if (files_.contains(folder)) return failed_precondition(folder + ": not a folder");
    folders_.insert(folder);
  }
  return ok_status();
}

Status FakeFileSystem::rename(const std::string& from, const std::string& to) {
  const MutexLock lock(mutex_);
  const auto found = files_.find(from);
  if (found == files_.end()) return not_found(from + ": no such file");
  if (const auto old = files_.find(to); old != files_.end()) {
    used_bytes_ -= old->second->bytes.size();
  }
  files_[to] = found->second;
  files_.erase(from);
  return ok_status();
}

Status FakeFileSystem::remove(const std::string& path) {
  const MutexLock lock(mutex_);
  if (const auto found = files_.find(path); found != files_.end()) {
    used_bytes_ -= found->second->bytes.size();
    files_.erase(found);
    return ok_status();
  }
  if (!folders_.contains(path)) return not_found(path + ": no such file");
  const auto holds = [&](const std::string& entry) { return inside(entry, path); };
  if (std::ranges::any_of(files_, [&](const auto& f) { return holds(f.first); }) ||
      std::ranges::any_of(folders_, holds)) {
    return failed_precondition(path + ": folder not empty");
  }
  folders_.erase(path);
  return ok_status();
}

Status FakeFileSystem::remove_tree(const std::string& path) {
  const MutexLock lock(mutex_);
  std::erase_if(files_, [&](const auto& file) {
    const bool gone = file.first == path || inside(file.first, path);
    if (gone) used_bytes_ -= file.second->bytes.size();
    return gone;
  });
  std::erase_if(folders_, [&](const auto& f) { return f == path || inside(f, path); });
  return ok_status();
}

Status FakeFileSystem::sync_directory(const std::string& path) {
  const MutexLock lock(mutex_);
  std::erase_if(durable_files_, [&](const auto& file) {
    return parent_path(file.first) == path && !files_.contains(file.first);
  });
  for (const auto& [name, inode] : files_) {
    if (parent_path(name) == path) durable_files_[name] = inode;
  }
  return ok_status();
}

void FakeFileSystem::crash() {
  const MutexLock lock(mutex_);
  files_.clear();
  used_bytes_ = 0;
  // New inodes, so that files opened before the crash no longer reach what is left.
  for (auto& [name, inode] : durable_files_) {
    inode = std::make_shared<Inode>(Inode{inode->durable, inode->durable});
    used_bytes_ += inode->bytes.size();
  }
  files_ = durable_files_;
}

void FakeFileSystem::set_capacity(std::uint64_t bytes) {
  const MutexLock lock(mutex_);
  capacity_bytes_ = bytes;
}

void FakeFileSystem::fail_sync(int nth) {
  const MutexLock lock(mutex_);
  fail_sync_in_ = nth;
}

Status FakeFileSystem::flip_bit(const std::string& path, std::uint64_t bit) {
  const MutexLock lock(mutex_);
  const auto found = files_.find(path);
  if (found == files_.end()) return not_found(path + ": no such file");
  for (std::string* bytes : {&found->second->bytes, &found->second->durable}) {
    if (bit / 8 >= bytes->size()) return Error(Code::kOutOfRange, "bit beyond the end of " + path);
    (*bytes)[bit / 8] = static_cast<char>((*bytes)[bit / 8] ^ (1 << bit % 8));
  }
  return ok_status();
}

Status FakeFileSystem::write(Inode& inode, std::uint64_t offset, std::string_view bytes) {
  const MutexLock lock(mutex_);
  const std::uint64_t end = offset + bytes.size();
  const std::uint64_t growth = end > inode.bytes.size() ? end - inode.bytes.size() : 0;
  if (used_bytes_ + growth > capacity_bytes_) {
    return Error(Code::kResourceExhausted, "no space left on device");
  }
  used_bytes_ += growth;
  if (growth > 0) inode.bytes.resize(end);
  std::memcpy(inode.bytes.data() + offset, bytes.data(), bytes.size());
  return ok_status();
}

Status FakeFileSystem::sync(Inode& inode) {
  const MutexLock lock(mutex_);
  if (fail_sync_in_ > 0 && --fail_sync_in_ == 0) return data_loss("input/output error");
  inode.durable = inode.bytes;
  return ok_status();
}

}  // namespace skerry::sys::fake
