// SPDX-License-Identifier: Apache-2.0
#include "loop/blob_cache.h"

#include <algorithm>
#include <vector>

#include "registry/fetch.h"

namespace skerry::loop {
namespace {

std::string file_name(const Digest& digest) {
  return std::string(digest.algorithm_name()) + "-" + digest.hex();
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
  TRY(fs_.make_directories(folder_));
  TRY(registry::fetch_blob(registry, repository, descriptor, fs_, path(descriptor.digest)));
  return read(descriptor.digest, bytes_max);
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
