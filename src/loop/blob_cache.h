// SPDX-License-Identifier: Apache-2.0
//
// Blobs that a site pulled, by digest. A download that was cut goes on where it stopped, also after
// a restart; a file gets its final name only when its digest was right. Threads: single-thread (the
// agent's).
#pragma once

#include <set>
#include <string>

#include "base/digest.h"
#include "base/result.h"
#include "domain/oci.h"
#include "registry/registry.h"
#include "sys/files.h"

namespace skerry::loop {

class BlobCache {
 public:
  // `folder` is made at the first fetch.
  BlobCache(sys::FileSystem& fs, std::string folder) : fs_(fs), folder_(std::move(folder)) {}

  // The blob's bytes, read from disk or pulled, with their digest checked in both cases.
  // Errors: kDataLoss for a wrong digest or size (the file is then removed, so the next call pulls
  // afresh), kUnavailable when cut off (what came is kept), kResourceExhausted on a full disk or
  // above `bytes_max`.
  Result<std::string> fetch(registry::Registry& registry, const std::string& repository,
                            const oci::Descriptor& descriptor, std::uint64_t bytes_max);

  // Of disk alone. Errors: kNotFound, kDataLoss.
  Result<std::string> read(const Digest& digest, std::uint64_t bytes_max);

  // Removes every blob and partial download that is not in `keep`.
  Status remove_except(const std::set<Digest>& keep);

 private:
  std::string path(const Digest& digest) const;

  sys::FileSystem& fs_;
  const std::string folder_;
};

}  // namespace skerry::loop
