// SPDX-License-Identifier: Apache-2.0
//
// gzip (RFC 1952) without anything that differs between two runs: no name, time 0, unknown system.
// Threads: free functions may be called from any thread; LayerCache belongs to one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/result.h"
#include "sys/files.h"

namespace skerry::image {

// `level` is zlib's, 1 to 9. The bytes depend on zlib's version. Errors: kInvalidArgument.
Result<std::string> gzip(std::string_view bytes, int level);

// One whole gzip member. Errors: kInvalidArgument for damaged or truncated data or bytes after it;
// kResourceExhausted above `bytes_max`.
Result<std::string> gunzip(std::string_view bytes, std::uint64_t bytes_max);

// Compresses a layer once and stores the bytes under its DiffID: since zlib's output is not fixed,
// the stored bytes are what keeps repeated builds identical.
class LayerCache {
 public:
  // `folder` is made when first written to; without one every layer is compressed anew.
  LayerCache(sys::FileSystem& fs, std::string folder, int level);

  // The compressed bytes of `tar`, whose digest is `diff_id`. A stored file that does not unpack to
  // `tar` is replaced.
  Result<std::string> compressed(std::string_view tar, const Digest& diff_id);

 private:
  sys::FileSystem& fs_;
  const std::string folder_;
  const int level_;
};

}  // namespace skerry::image
