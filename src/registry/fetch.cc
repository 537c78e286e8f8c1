// SPDX-License-Identifier: Apache-2.0
#include "registry/fetch.h"

#include <algorithm>
#include <memory>
#include <vector>

namespace skerry::registry {
namespace {

constexpr std::size_t kPieceBytes = 256u << 10;

// What a partial file holds of the blob, hashed again: it may be of another process.
Result<std::uint64_t> take_up(const sys::File& file, Hasher& hasher) {
  std::vector<char> piece(kPieceBytes);
  for (std::uint64_t offset = 0;;) {
    const std::size_t count = TRY(file.read_at(offset, piece));
    if (count == 0) return offset;
    hasher.update({piece.data(), count});
    offset += count;
  }
}

bool is_cut(const Error& error) {
  return error.code() == Code::kUnavailable || error.code() == Code::kDeadlineExceeded;
}

class Download {
 public:
  Download(const oci::Descriptor& descriptor, sys::File& file)
      : descriptor_(descriptor), file_(file), hasher_(descriptor.digest.algorithm()) {}

  Status begin() {
    offset_ = TRY(take_up(file_, hasher_));
    if (offset_ <= descriptor_.size_bytes) return {};
    return data_loss("the partial file is longer than the blob");
  }

  std::uint64_t offset() const { return offset_; }
  bool complete() const { return offset_ == descriptor_.size_bytes; }

  Status take(std::string_view bytes) {
    if (bytes.size() > descriptor_.size_bytes - offset_) {
      return data_loss("the registry sends more than the blob's " +
                       std::to_string(descriptor_.size_bytes) + " bytes");
    }
    TRY(file_.write_at(offset_, bytes));
    hasher_.update(bytes);
    offset_ += bytes.size();
    return {};
  }

  Status finish() {
    if (hasher_.digest() != descriptor_.digest) {
      return data_loss("the bytes that came have the digest " + hasher_.digest().to_string());
    }
    return file_.sync();
  }

 private:
  const oci::Descriptor& descriptor_;
  sys::File& file_;
  Hasher hasher_;
  std::uint64_t offset_ = 0;
};

Status fill(Registry& registry, const std::string& repository, const oci::Descriptor& descriptor,
            sys::File& file, FetchOptions options) {
  Download download(descriptor, file);
  TRY(download.begin());
  for (int attempts = 1; !download.complete(); ++attempts) {
    const std::uint64_t before = download.offset();
    Status got = registry.get_blob(repository, descriptor.digest, before,
                                   [&](std::string_view bytes) { return download.take(bytes); });
    if (download.offset() > before) attempts = 0;
    if (!got && (!is_cut(got.error()) || attempts >= options.attempts_max)) return got;
    if (got && !download.complete()) {
      return data_loss("the registry's blob ends at byte " + std::to_string(download.offset()));
    }
  }
  return download.finish();
}

}  // namespace

Status fetch_blob(Registry& registry, const std::string& repository,
                  const oci::Descriptor& descriptor, sys::FileSystem& fs, const std::string& path,
                  FetchOptions options) {
  const std::string partial = path + ".partial";
  Status filled;
  {
    const std::unique_ptr<sys::File> file = TRY(fs.open(partial, sys::OpenMode::kWrite));
    filled = fill(registry, repository, descriptor, *file, options);
  }
  if (!filled) {
    if (filled.error().code() == Code::kDataLoss) TRY(fs.remove(partial));
    return std::move(filled).with("fetch blob " + descriptor.digest.to_string());
  }
  TRY(fs.rename(partial, path));
  return fs.sync_directory(sys::parent_path(path));
}

}  // namespace skerry::registry
