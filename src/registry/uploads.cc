// SPDX-License-Identifier: Apache-2.0
#include "registry/uploads.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/log.h"
#include "registry/durable.h"

namespace skerry::registry {
namespace {

constexpr std::size_t kPieceBytes = 256u << 10;
constexpr std::size_t kRepositoryBytesMax = 256;

// The id becomes a path: only what random_uuid() can make is looked for.
bool is_uuid(std::string_view id) {
  return id.size() == 36 && id.find_first_not_of("0123456789abcdef-") == std::string_view::npos;
}

Error unknown_upload() {
  return not_found("no such upload; it was finished, cancelled or abandoned");
}

Result<Digest> digest_of_file(const sys::File& file, HashAlgorithm algorithm) {
  Hasher hasher(algorithm);
  std::vector<char> piece(kPieceBytes);
  for (std::uint64_t offset = 0;;) {
    const std::size_t count = TRY(file.read_at(offset, piece));
    if (count == 0) return hasher.digest();
    hasher.update({piece.data(), count});
    offset += count;
  }
}

}  // namespace

struct Uploads::Session {
  Mutex mutex;
  std::string repository SKERRY_GUARDED_BY(mutex);
  std::uint64_t size SKERRY_GUARDED_BY(mutex) = 0;
  // Covers the first `hashed` bytes; left behind for good once it is not at the end.
  Hasher hasher SKERRY_GUARDED_BY(mutex);
  std::uint64_t hashed SKERRY_GUARDED_BY(mutex) = 0;
  // Which writer may write.
  std::uint64_t turn SKERRY_GUARDED_BY(mutex) = 0;
  bool sealed SKERRY_GUARDED_BY(mutex) = false;
  sys::Time touched SKERRY_GUARDED_BY(mutex){};
};

Uploads::Writer::Writer(std::shared_ptr<Session> session, std::unique_ptr<sys::File> file,
                        std::uint64_t turn, std::uint64_t bytes_max)
    : session_(std::move(session)), file_(std::move(file)), turn_(turn), bytes_max_(bytes_max) {}

Status Uploads::Writer::write(std::string_view bytes) {
  MutexLock lock(session_->mutex);
  if (session_->turn != turn_) return Error(Code::kAborted, "another request took the upload over");
  if (bytes.size() > bytes_max_ - std::min(bytes_max_, session_->size)) {
    return Error(Code::kResourceExhausted,
                 "blob is larger than " + std::to_string(bytes_max_) + " bytes");
  }
  if (Status written = file_->write_at(session_->size, bytes); !written) {
    if (Status cut = file_->truncate(session_->size); !cut) {
      log::warning("registry: cut a torn upload: {}", cut.error().message());
    }
    return written;
  }
  if (session_->hashed == session_->size) {
    session_->hasher.update(bytes);
    session_->hashed += bytes.size();
  }
  session_->size += bytes.size();
  return {};
}

std::uint64_t Uploads::Writer::offset() const {
  MutexLock lock(session_->mutex);
  return session_->size;
}

Status Uploads::Writer::cut(std::uint64_t offset) {
  MutexLock lock(session_->mutex);
  if (session_->turn != turn_) return Error(Code::kAborted, "another request took the upload over");
  if (offset >= session_->size) return {};
  TRY(file_->truncate(offset));
  session_->size = offset;
  // A hash cannot go back; more than the file can hold says that it is behind for good.
  if (session_->hashed > offset) session_->hashed = UINT64_MAX;
  return {};
}

Uploads::Uploads(sys::FileSystem& fs, sys::Clock& clock, sys::Random& random, std::string folder,
                 Options options)
    : fs_(fs), clock_(clock), random_(random), folder_(std::move(folder)), options_(options) {}

std::string Uploads::data_path(const std::string& id) const {
  return sys::join_path(sys::join_path(folder_, id), "data");
}

Result<std::string> Uploads::begin(const std::string& repository) {
  MutexLock lock(mutex_);
  if (TRY(fs_.list(folder_)).size() >= options_.uploads_max) {
    return Error(Code::kResourceExhausted, "the registry holds its maximum of " +
                                               std::to_string(options_.uploads_max) +
                                               " open uploads");
  }
  std::string id = sys::random_uuid(random_);
  const std::string folder = sys::join_path(folder_, id);
  TRY(fs_.make_directories(folder));
  // Not synced: a power cut costs the client a new upload, nothing else.
  const auto owner = TRY(fs_.open(sys::join_path(folder, "repository"), sys::OpenMode::kCreate));
  TRY(owner->write_at(0, repository));
  TRY(fs_.open(data_path(id), sys::OpenMode::kCreate));
  auto session = std::make_shared<Session>();
  {
    MutexLock session_lock(session->mutex);
    session->repository = repository;
    session->touched = clock_.now();
  }
  sessions_.emplace(id, std::move(session));
  return id;
}

Result<std::shared_ptr<Uploads::Session>> Uploads::find(const std::string& repository,
                                                        const std::string& id) {
  MutexLock lock(mutex_);
  return find_locked(repository, id);
}

Result<std::shared_ptr<Uploads::Session>> Uploads::find_locked(const std::string& repository,
                                                               const std::string& id) {
  if (!is_uuid(id)) return unknown_upload();
  auto found = sessions_.find(id);
  if (found == sessions_.end()) {
    const std::string folder = sys::join_path(folder_, id);
    const Result<std::string> owner =
        sys::read_file(fs_, sys::join_path(folder, "repository"), kRepositoryBytesMax);
    const Result<sys::FileInfo> data = fs_.info(data_path(id));
    if (!owner || !data) return unknown_upload();
    auto session = std::make_shared<Session>();
    MutexLock session_lock(session->mutex);
    session->repository = *owner;
    session->size = data->size_bytes;
    found = sessions_.emplace(id, session).first;
  }
  MutexLock session_lock(found->second->mutex);
  if (found->second->repository != repository || found->second->sealed) return unknown_upload();
  found->second->touched = clock_.now();
  return found->second;
}

Result<std::uint64_t> Uploads::offset(const std::string& repository, const std::string& id) {
  const std::shared_ptr<Session> session = TRY(find(repository, id));
  MutexLock lock(session->mutex);
  return session->size;
}

Result<std::unique_ptr<Uploads::Writer>> Uploads::resume(const std::string& repository,
                                                         const std::string& id,
                                                         std::optional<std::uint64_t> expected) {
  const std::shared_ptr<Session> session = TRY(find(repository, id));
  MutexLock lock(session->mutex);
  if (expected && *expected != session->size) {
    return Error(Code::kOutOfRange, "the upload is at byte " + std::to_string(session->size) +
                                        ", the chunk begins at " + std::to_string(*expected));
  }
  std::unique_ptr<sys::File> file = TRY(fs_.open(data_path(id), sys::OpenMode::kWrite));
  const std::uint64_t turn = ++session->turn;
  return std::unique_ptr<Writer>(
      new Writer(session, std::move(file), turn, options_.blob_bytes_max));
}

Result<std::string> Uploads::seal(const std::string& repository, const std::string& id,
                                  const Digest& digest) {
  const std::shared_ptr<Session> session = TRY(find(repository, id));
  bool same = false;
  {
    MutexLock lock(session->mutex);
    ++session->turn;
    const std::unique_ptr<sys::File> file = TRY(fs_.open(data_path(id), sys::OpenMode::kWrite));
    TRY(file->sync());
    const bool ran_along =
        session->hashed == session->size && digest.algorithm() == HashAlgorithm::kSha256;
    same = (ran_along ? session->hasher.digest()
                      : TRY(digest_of_file(*file, digest.algorithm()))) == digest;
    session->sealed = same;
  }
  if (same) return data_path(id);
  TRY(cancel(repository, id));
  return data_loss("the uploaded bytes do not have the digest " + digest.to_string());
}

Status Uploads::cancel(const std::string& repository, const std::string& id) {
  MutexLock lock(mutex_);
  if (!is_uuid(id)) return unknown_upload();
  const auto found = sessions_.find(id);
  // A sealed upload is no longer found, but still has its folder.
  if (found == sessions_.end()) {
    TRY(find_locked(repository, id));
  } else {
    MutexLock session_lock(found->second->mutex);
    if (found->second->repository != repository) return unknown_upload();
    ++found->second->turn;
  }
  sessions_.erase(id);
  return fs_.remove_tree(sys::join_path(folder_, id));
}

Result<std::size_t> Uploads::remove_abandoned() {
  MutexLock lock(mutex_);
  const sys::Time oldest = clock_.now() - options_.idle_max;
  std::size_t removed = 0;
  for (const std::string& id : TRY(fs_.list(folder_))) {
    Result<sys::FileInfo> info = fs_.info(data_path(id));
    if (!info) info = fs_.info(sys::join_path(folder_, id));  // Half begun.
    if (!info) continue;
    if (sys::Time(std::chrono::milliseconds(info->modified_unix_ms)) >= oldest) continue;
    if (const auto found = sessions_.find(id); found != sessions_.end()) {
      MutexLock session_lock(found->second->mutex);
      if (found->second->touched >= oldest) continue;
      ++found->second->turn;
    }
    sessions_.erase(id);
    TRY(fs_.remove_tree(sys::join_path(folder_, id)));
    ++removed;
  }
  return removed;
}

}  // namespace skerry::registry
