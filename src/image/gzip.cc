// SPDX-License-Identifier: Apache-2.0
#include "image/gzip.h"

#include <fmt/core.h>
#include <zlib.h>

#include <algorithm>
#include <array>

#include "base/digest.h"
#include "base/limits.h"

namespace skerry::image {
namespace {

constexpr int kGzipWindowBits = 15 + 16;  // The largest window, with a gzip header.
constexpr int kMemoryLevel = 9;
constexpr int kUnknownSystem = 255;
constexpr std::size_t kPieceBytes = 256u << 10;

class Deflater {
 public:
  Deflater() = default;
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  ~Deflater() { deflateEnd(&stream); }
  z_stream stream{};
};

class Inflater {
 public:
  Inflater() = default;
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream); }
  z_stream stream{};
};

// Hands zlib the next piece of `rest`; its counters have 32 bits.
void feed(z_stream& stream, std::string_view& rest) {
  const std::size_t size = std::min<std::size_t>(rest.size(), 1u << 30);
  stream.next_in = reinterpret_cast<unsigned char*>(const_cast<char*>(rest.data()));
  stream.avail_in = static_cast<unsigned>(size);
  rest.remove_prefix(size);
}

}  // namespace

Result<std::string> gzip(std::string_view bytes, int level) {
  if (level < 1 || level > 9) {
    return invalid_argument(fmt::format("compression level {} is not 1 to 9", level));
  }
  Deflater deflater;
  z_stream& stream = deflater.stream;
  gz_header header{};
  header.os = kUnknownSystem;
  if (deflateInit2(&stream, level, Z_DEFLATED, kGzipWindowBits, kMemoryLevel, Z_DEFAULT_STRATEGY) !=
          Z_OK ||
      deflateSetHeader(&stream, &header) != Z_OK) {
    return internal_error("zlib does not start");
  }
  std::string out;
  std::string piece(kPieceBytes, '\0');
  int code = Z_OK;
  while (code != Z_STREAM_END) {
    if (stream.avail_in == 0) feed(stream, bytes);
    stream.next_out = reinterpret_cast<unsigned char*>(piece.data());
    stream.avail_out = static_cast<unsigned>(piece.size());
    code = deflate(&stream, bytes.empty() ? Z_FINISH : Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
      return internal_error(fmt::format("zlib fails with {}", code));
    }
    out.append(piece, 0, piece.size() - stream.avail_out);
  }
  return out;
}

Result<std::string> gunzip(std::string_view bytes, std::uint64_t bytes_max) {
  Inflater inflater;
  z_stream& stream = inflater.stream;
  if (inflateInit2(&stream, kGzipWindowBits) != Z_OK) return internal_error("zlib does not start");
  std::string out;
  std::string piece(kPieceBytes, '\0');
  int code = Z_OK;
  while (code != Z_STREAM_END) {
    if (stream.avail_in == 0) feed(stream, bytes);
    stream.next_out = reinterpret_cast<unsigned char*>(piece.data());
    stream.avail_out = static_cast<unsigned>(piece.size());
    code = inflate(&stream, Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END) {
      return invalid_argument("gzip data is damaged or truncated");
    }
    const std::size_t size = piece.size() - stream.avail_out;
    if (size > bytes_max - out.size()) {
      return Error(Code::kResourceExhausted,
                   fmt::format("gzip data unpacks to more than {} bytes", bytes_max));
    }
    out.append(piece, 0, size);
  }
  if (stream.avail_in > 0 || !bytes.empty()) return invalid_argument("bytes after the gzip data");
  return out;
}

LayerCache::LayerCache(sys::FileSystem& fs, std::string folder, int level)
    : fs_(fs), folder_(std::move(folder)), level_(level) {}

Result<std::string> LayerCache::compressed(std::string_view tar, const Digest& diff_id) {
  if (folder_.empty()) return gzip(tar, level_);
  const std::string path =
      sys::join_path(folder_, fmt::format("{}.level{}.gz", diff_id.hex(), level_));
  if (auto stored = sys::read_file(fs_, path, limits::kBlobBytesMax)) {
    const auto unpacked = gunzip(*stored, tar.size());
    if (unpacked && *unpacked == tar) return stored;
  }
  std::string bytes = TRY(gzip(tar, level_));
  TRY(fs_.make_directories(folder_));
  TRY(sys::write_file_atomically(fs_, path, bytes));
  return bytes;
}

}  // namespace skerry::image
