// SPDX-License-Identifier: Apache-2.0
#include "sys/fake/files.h"

#include <algorithm>
#include <cstring>

namespace skerry::sys::fake {
namespace {

bool inside(const std::string& path, const std::string& folder) {
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

// The child of `folder` that holds `path` or is it; empty where `path` is not below `folder`.
std::string entry_in(const std::string& folder, const std::string& path) {
  if (!inside(path, folder)) return "";
  return path.substr(0, path.find('/', folder.size() + 1));
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
    if (!writable_) return Error(Code::kPermissionDenied, "the file is open for reading");
    const MutexLock lock(fs_.mutex_);
    return fs_.resize(*inode_, size);
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
  if (mode == OpenMode::kCreate && has_folder(path)) {
    return Error(Code::kAlreadyExists, path + ": file exists");
  }
  if (has_folder(path)) return failed_precondition(path + ": is a folder");
  if (mode == OpenMode::kRead || !has_folder(parent_path(path))) {
    return not_found(path + ": no such file");
  }
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
    if (files_.contains(folder)) return not_found(folder + ": not a folder");
  }
  for (std::string folder = path; folder != "." && folder != "/"; folder = parent_path(folder)) {
    folders_.insert(folder);
  }
  return ok_status();
}

Status FakeFileSystem::rename(const std::string& from, const std::string& to) {
  const MutexLock lock(mutex_);
  const auto found = files_.find(from);
  if (found == files_.end() || !has_folder(parent_path(to))) {
    return not_found(from + ": no such file");
  }
  if (has_folder(to)) return failed_precondition(to + ": is a folder");
  const std::shared_ptr<Inode> inode = found->second;
  files_.erase(found);
  files_[to] = inode;
  return ok_status();
}

Status FakeFileSystem::remove(const std::string& path) {
  const MutexLock lock(mutex_);
  if (const auto found = files_.find(path); found != files_.end()) {
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
  std::erase_if(files_, [&](const auto& f) { return f.first == path || inside(f.first, path); });
  std::erase_if(folders_, [&](const auto& f) { return f == path || inside(f, path); });
  return ok_status();
}

Status FakeFileSystem::sync_directory(const std::string& path) {
  const MutexLock lock(mutex_);
  if (!has_folder(path)) return not_found(path + ": no such folder");
  // A name is gone when it is no longer listed here; a folder takes what was in it along.
  for (auto file = durable_files_.begin(); file != durable_files_.end();) {
    const std::string entry = entry_in(path, file->first);
    const bool gone = !entry.empty() && !files_.contains(entry) && !folders_.contains(entry);
    file = gone ? durable_files_.erase(file) : std::next(file);
  }
  for (const auto& [name, inode] : files_) {
    if (parent_path(name) == path) durable_files_[name] = inode;
  }
  return ok_status();
}

void FakeFileSystem::crash() {
  const MutexLock lock(mutex_);
  // New inodes, so that files opened before the crash no longer reach what is left.
  for (auto& [name, inode] : durable_files_) {
    inode = std::make_shared<Inode>(Inode{inode->durable, inode->durable});
    for (std::string up = parent_path(name); up != "." && up != "/"; up = parent_path(up)) {
      folders_.insert(up);
    }
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
  if (bit / 8 >= found->second->bytes.size()) {
    return Error(Code::kOutOfRange, "bit beyond the end of " + path);
  }
  for (std::string* bytes : {&found->second->bytes, &found->second->durable}) {
    if (bit / 8 >= bytes->size()) continue;  // Not synced yet.
    (*bytes)[bit / 8] = static_cast<char>((*bytes)[bit / 8] ^ (1 << bit % 8));
  }
  return ok_status();
}

Status FakeFileSystem::write(Inode& inode, std::uint64_t offset, std::string_view bytes) {
  const MutexLock lock(mutex_);
  if (bytes.empty()) return ok_status();
  const std::uint64_t end = offset + bytes.size();
  if (end > inode.bytes.size()) TRY(resize(inode, end));
  std::memcpy(inode.bytes.data() + offset, bytes.data(), bytes.size());
  return ok_status();
}

Status FakeFileSystem::resize(Inode& inode, std::uint64_t size) {
  if (size > inode.bytes.size() && capacity_bytes_ != kUnlimited) {
    std::uint64_t used = size - inode.bytes.size();
    for (const auto& [name, other] : files_) used += other->bytes.size();
    if (used > capacity_bytes_) {
      return Error(Code::kResourceExhausted, "no space left on device");
    }
  }
  inode.bytes.resize(size);
  return ok_status();
}

bool FakeFileSystem::has_folder(const std::string& path) const {
  return path == "." || path == "/" || folders_.contains(path);
}

Status FakeFileSystem::sync(Inode& inode) {
  const MutexLock lock(mutex_);
  if (fail_sync_in_ > 0 && --fail_sync_in_ == 0) return data_loss("input/output error");
  inode.durable = inode.bytes;
  return ok_status();
}

}  // namespace skerry::sys::fake
