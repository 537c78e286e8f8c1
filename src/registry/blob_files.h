// SPDX-License-Identifier: Apache-2.0
//
// Content-addressed files: <folder>/<algorithm>/<first two hex digits>/<hex>. A file is there
// completely or not at all, and never changes. Threads: internally synchronised by the file
// system's atomic renames. Durability: adopt() and remove() are durable on return. Choice: bytes
// are hashed before they are adopted, not each time they are served; manifests are hashed on every
// read (they are small and steer everything), blobs by verify() and by every client.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "sys/files.h"

namespace skerry::registry {

class BlobFiles {
 public:
  struct Entry {
    Digest digest;
    std::int64_t modified_unix_ms = 0;
    std::uint64_t size_bytes = 0;
  };

  BlobFiles(sys::FileSystem& fs, std::string folder);

  // Errors: kNotFound.
  Result<std::uint64_t> size(const Digest& digest) const;
  Result<std::shared_ptr<const sys::File>> open(const Digest& digest) const;

  // The whole content, checked against the digest. Errors: kNotFound, kResourceExhausted above
  // `bytes_max`, kDataLoss when the disk gives other bytes.
  Result<std::string> read(const Digest& digest, std::size_t bytes_max) const;

  // Hashes the file. Errors: kNotFound, kDataLoss.
  Status verify(const Digest& digest) const;

  // Takes over a synced file whose content has `digest`; replaces a file that is there, which heals
  // one with damaged bytes.
  Status adopt(const std::string& file, const Digest& digest);

  // Errors: kNotFound.
  Status remove(const Digest& digest);

  // Sorted by digest. Names that are no digests are skipped.
  Result<std::vector<Entry>> list() const;

 private:
  std::string path(const Digest& digest) const;

  sys::FileSystem& fs_;
  const std::string folder_;
};

}  // namespace skerry::registry
