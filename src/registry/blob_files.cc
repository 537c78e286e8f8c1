// SPDX-License-Identifier: Apache-2.0
#include "registry/blob_files.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "registry/durable.h"

namespace skerry::registry {
namespace {

constexpr std::size_t kPieceBytes = 256u << 10;  // Read at a time while hashing.

Error unknown_blob(const Digest& digest, Error error) {
  if (error.code() != Code::kNotFound) return error;
  return not_found("blob " + digest.to_string() + " is not here");
}

Error damaged(const Digest& digest) {
  return data_loss("stored bytes of " + digest.to_string() + " have another digest");
}

}  // namespace

BlobFiles::BlobFiles(sys::FileSystem& fs, std::string folder)
    : fs_(fs), folder_(std::move(folder)) {}

std::string BlobFiles::path(const Digest& digest) const {
  std::string path = sys::join_path(folder_, digest.algorithm_name());
  path = sys::join_path(path, digest.hex().substr(0, 2));
  return sys::join_path(path, digest.hex());
}

Result<std::uint64_t> BlobFiles::size(const Digest& digest) const {
  Result<sys::FileInfo> info = fs_.info(path(digest));
  if (!info) return unknown_blob(digest, std::move(info).error());
  return info->size_bytes;
}

Result<std::shared_ptr<const sys::File>> BlobFiles::open(const Digest& digest) const {
  Result<std::unique_ptr<sys::File>> file = fs_.open(path(digest), sys::OpenMode::kRead);
  if (!file) return unknown_blob(digest, std::move(file).error());
  return std::shared_ptr<const sys::File>(std::move(*file));
}

Result<std::string> BlobFiles::read(const Digest& digest, std::size_t bytes_max) const {
  Result<std::string> bytes = sys::read_file(fs_, path(digest), bytes_max);
  if (!bytes) return unknown_blob(digest, std::move(bytes).error());
  if (Digest::of(*bytes, digest.algorithm()) != digest) return damaged(digest);
  return bytes;
}

Status BlobFiles::verify(const Digest& digest) const {
  const std::shared_ptr<const sys::File> file = TRY(open(digest));
  Hasher hasher(digest.algorithm());
  std::vector<char> piece(kPieceBytes);
  for (std::uint64_t offset = 0;;) {
    const std::size_t count = TRY(file->read_at(offset, piece));
    if (count == 0) break;
    hasher.update({piece.data(), count});
    offset += count;
  }
  if (hasher.digest() != digest) return damaged(digest);
  return {};
}

Status BlobFiles::adopt(const std::string& file, const Digest& digest) {
  return move_durably(fs_, file, path(digest));
}

Status BlobFiles::remove(const Digest& digest) {
  const std::string file = path(digest);
  TRY(fs_.remove(file));
  return fs_.sync_directory(sys::parent_path(file));
}

Result<std::vector<BlobFiles::Entry>> BlobFiles::list() const {
  std::vector<Entry> entries;
  for (const char* algorithm : {"sha256", "sha512"}) {
    const std::string top = sys::join_path(folder_, algorithm);
    if (!sys::exists(fs_, top)) continue;
    for (const std::string& prefix : TRY(fs_.list(top))) {
      const std::string folder = sys::join_path(top, prefix);
      for (const std::string& hex : TRY(fs_.list(folder))) {
        Result<Digest> digest = Digest::parse(std::string(algorithm) + ":" + hex);
        if (!digest) continue;
        Result<sys::FileInfo> info = fs_.info(sys::join_path(folder, hex));
        if (!info) continue;  // Removed in the meantime.
        entries.push_back({std::move(*digest), info->modified_unix_ms, info->size_bytes});
      }
    }
  }
  return entries;
}

}  // namespace skerry::registry
