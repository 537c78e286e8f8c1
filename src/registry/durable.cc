// SPDX-License-Identifier: Apache-2.0
#include "registry/durable.h"

#include <memory>
#include <utility>

#include "base/log.h"

namespace skerry::registry {
namespace {

Status write_synced(sys::FileSystem& fs, const std::string& path, std::string_view bytes) {
  std::unique_ptr<sys::File> file = TRY(fs.open(path, sys::OpenMode::kWrite));
  TRY(file->truncate(0));
  TRY(file->write_at(0, bytes));
  return file->sync();
}

}  // namespace

Status make_durable_folder(sys::FileSystem& fs, const std::string& path) {
  if (sys::exists(fs, path)) return {};
  const std::string parent = sys::parent_path(path);
  if (parent != path && parent != ".") TRY(make_durable_folder(fs, parent));
  TRY(fs.make_directories(path));
  return fs.sync_directory(parent);
}

Status move_durably(sys::FileSystem& fs, const std::string& from, const std::string& to) {
  const std::string folder = sys::parent_path(to);
  TRY(make_durable_folder(fs, folder));
  TRY(fs.rename(from, to));
  return fs.sync_directory(folder);
}

Status Scratch::prepare(sys::FileSystem& fs, const std::string& folder) {
  TRY(make_durable_folder(fs, folder));
  for (const std::string& name : TRY(fs.list(folder))) {
    TRY(fs.remove_tree(sys::join_path(folder, name)));
  }
  return {};
}

Scratch::Scratch(sys::FileSystem& fs, std::string folder) : fs_(fs), folder_(std::move(folder)) {}

Result<std::string> Scratch::write(std::string_view bytes) {
  std::string path = sys::join_path(folder_, std::to_string(next_.fetch_add(1)));
  if (Status written = write_synced(fs_, path, bytes); !written) {
    if (Status removed = fs_.remove(path); !removed) {
      log::debug("registry: temporary file stays: {}", removed.error().message());
    }
    return std::move(written).error();
  }
  return path;
}

Status Scratch::place(std::string_view bytes, const std::string& target) {
  const std::string temporary = TRY(write(bytes));
  return move_durably(fs_, temporary, target);
}

}  // namespace skerry::registry
