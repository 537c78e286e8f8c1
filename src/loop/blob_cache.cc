// SPDX-License-Identifier: Apache-2.0
#include "loop/blob_cache.h"

#include <algorithm>
#include <array>
#include <vector>

namespace skerry::loop {
namespace {

constexpr std::string_view kPartialSuffix = ".partial";
constexpr std::size_t kChunkBytes = 256u << 10;

std::string file_name(const Digest& digest) {
  return std::string(digest.algorithm_name()) + "-" + digest.hex();
}

// Hashes what an earlier, cut download left behind.
Result<Hasher> hash_prefix(const sys::File& file, std::uint64_t size, HashAlgorithm algorithm) {
  Hasher hasher(algorithm);
  std::vector<char> chunk(kChunkBytes);
  for (std::uint64_t offset = 0; offset < size;) {
    const std::size_t count = TRY(file.read_at(offset, chunk));
    if (count == 0) return data_loss("a partial download became shorter while it was read");
    hasher.update({chunk.data(), count});
    offset += count;
  }
  return hasher;
}

}  // namespace

std::string BlobCache::path(const Digest& digest) const {
  return sys::join_path(folder_, file_name(digest));
}

Result<std::string> BlobCache::read(const Digest& digest, std::uint64_t bytes_max) {
  std::string bytes = TRY(sys::read_file(fs_, path(digest), bytes_max));
  if (Digest::of(bytes, digest.algorithm()) == digest) return bytes;
  TRY(fs_.remove(path(digest)));
  return data_loss("blob " + digest.to_string() + " is damaged on disk and was removed");
}

Result<std::string> BlobCache::fetch(registry::Registry& registry, const std::string& repository,
                                     const oci::Descriptor& descriptor, std::uint64_t bytes_max) {
  if (descriptor.size_bytes > bytes_max) {
    return Error(Code::kResourceExhausted, "blob " + descriptor.digest.to_string() + " has " +
                                               std::to_string(descriptor.size_bytes) +
                                               " bytes, the limit is " + std::to_string(bytes_max));
  }
  if (sys::exists(fs_, path(descriptor.digest))) {
    Result<std::string> bytes = read(descriptor.digest, bytes_max);
    if (bytes.ok() || bytes.error().code() != Code::kDataLoss) return bytes;
  }
  TRY(pull(registry, repository, descriptor));
  return read(descriptor.digest, bytes_max);
}

Status BlobCache::pull(registry::Registry& registry, const std::string& repository,
                       const oci::Descriptor& descriptor) {
  TRY(fs_.make_directories(folder_));
  const std::string partial = path(descriptor.digest) + std::string(kPartialSuffix);
  const std::unique_ptr<sys::File> file = TRY(fs_.open(partial, sys::OpenMode::kWrite));
  std::uint64_t offset = TRY(file->size());
  if (offset > descriptor.size_bytes) {
    TRY(file->truncate(0));
    offset = 0;
  }
  Hasher hasher = TRY(hash_prefix(*file, offset, descriptor.digest.algorithm()));
  if (offset < descriptor.size_bytes) {
    TRY(registry.get_blob(repository, descriptor.digest, offset,
                          [&](std::string_view bytes) -> Status {
                            if (bytes.size() > descriptor.size_bytes - offset) {
                              return data_loss("the registry sends more than the blob's size");
                            }
                            TRY(file->write_at(offset, bytes));
                            hasher.update(bytes);
                            offset += bytes.size();
                            return ok_status();
                          }));
  }
  if (offset < descriptor.size_bytes) {
    return unavailable("blob " + descriptor.digest.to_string() + " was cut off at byte " +
                       std::to_string(offset));
  }
  if (hasher.digest() != descriptor.digest) {
    TRY(fs_.remove(partial));
    return data_loss("blob " + descriptor.digest.to_string() + " arrived with another digest");
  }
  TRY(file->sync());
  TRY(fs_.rename(partial, path(descriptor.digest)));
  return fs_.sync_directory(folder_);
}

Status BlobCache::remove_except(const std::set<Digest>& keep) {
  const Result<std::vector<std::string>> names = fs_.list(folder_);
  if (!names.ok()) return ok_status();  // Nothing was ever pulled.
  for (const std::string& name : *names) {
    const bool kept = std::ranges::any_of(
        keep, [&](const Digest& digest) { return name.starts_with(file_name(digest)); });
    if (!kept) TRY(fs_.remove(sys::join_path(folder_, name)));
  }
  return ok_status();
}

}  // namespace skerry::loop
