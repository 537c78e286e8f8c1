// SPDX-License-Identifier: Apache-2.0
//
// Blobs on their way in: one folder for each upload, <folder>/<uuid>/{repository,data}. An upload
// survives a restart of the server: its offset is the size of its file. The hash runs along; after
// a restart it is computed again from the file when the upload is sealed. Threads: internally
// synchronised. A later writer of one upload takes it over from an earlier one, whose connection
// may be dead without knowing it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/mutex.h"
#include "base/result.h"
#include "sys/clock.h"
#include "sys/files.h"
#include "sys/random.h"

namespace skerry::registry {

class Uploads {
  struct Session;

 public:
  struct Options {
    std::uint64_t blob_bytes_max = 0;  // Required.
    std::size_t uploads_max = 256;     // Open at once, over all repositories.
    std::chrono::hours idle_max{24};   // Untouched for longer: removed.
  };

  // Appends to one upload. Single-thread. Destroying it keeps what was written.
  class Writer {
   public:
    // Errors: kResourceExhausted on a full disk or above blob_bytes_max, after which the upload
    // stands where it stood before the call; kAborted when another writer took over.
    Status write(std::string_view bytes);

    // Bytes that the upload holds now.
    std::uint64_t offset() const;

    // Takes back what lies behind `offset`. Errors: kAborted.
    Status cut(std::uint64_t offset);

   private:
    friend class Uploads;
    Writer(std::shared_ptr<Session> session, std::unique_ptr<sys::File> file, std::uint64_t turn,
           std::uint64_t bytes_max);
    std::shared_ptr<Session> session_;
    std::unique_ptr<sys::File> file_;
    std::uint64_t turn_;
    std::uint64_t bytes_max_;
  };

  // References outlive the object.
  Uploads(sys::FileSystem& fs, sys::Clock& clock, sys::Random& random, std::string folder,
          Options options);

  // Starts an upload and returns its id, a UUID. Errors: kResourceExhausted above uploads_max.
  Result<std::string> begin(const std::string& repository);

  // Errors: kNotFound, also for an upload of another repository.
  Result<std::uint64_t> offset(const std::string& repository, const std::string& id);

  // Errors: kNotFound; kOutOfRange when the upload is not at `expected`.
  Result<std::unique_ptr<Writer>> resume(const std::string& repository, const std::string& id,
                                         std::optional<std::uint64_t> expected);

  // Syncs the bytes, compares their digest and returns the file, which the caller moves away before
  // it calls cancel(). Errors: kNotFound; kDataLoss for another digest, after which the upload is
  // gone.
  Result<std::string> seal(const std::string& repository, const std::string& id,
                           const Digest& digest);

  // Removes an upload. Errors: kNotFound.
  Status cancel(const std::string& repository, const std::string& id);

  // Removes what nobody touched for `idle_max`; returns how many.
  Result<std::size_t> remove_abandoned();

 private:
  Result<std::shared_ptr<Session>> find(const std::string& repository, const std::string& id);
  Result<std::shared_ptr<Session>> find_locked(const std::string& repository, const std::string& id)
      SKERRY_REQUIRES(mutex_);
  std::string data_path(const std::string& id) const;

  // Constant after construction.
  sys::FileSystem& fs_;
  sys::Clock& clock_;
  sys::Random& random_;
  const std::string folder_;
  const Options options_;

  // Taken before a session's own mutex, never the other way round.
  Mutex mutex_;
  std::map<std::string, std::shared_ptr<Session>> sessions_ SKERRY_GUARDED_BY(mutex_);
};

}  // namespace skerry::registry
