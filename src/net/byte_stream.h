// SPDX-License-Identifier: Apache-2.0
//
// A connected socket that never blocks, plain or under TLS, so that the code above it exists once.
// Threads: single-thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"
#include "net/server.h"

namespace skerry::net {

struct IoResult {
  enum class Kind {
    kDone,       // `bytes` were moved, at least one.
    kWantRead,   // Nothing can be done before the socket is readable,
    kWantWrite,  // or writable.
    kEnd,        // The other side has closed, or the connection is broken.
  };
  Kind kind;
  std::size_t bytes = 0;
  bool drained = false;  // After a read: the socket had no more than this.
};

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  virtual IoResult read(std::span<char> out) = 0;
  // Writes from the front of `first`, then of `second`. After a want, the next call offers the same
  // bytes.
  virtual IoResult write(std::string_view first, std::string_view second) = 0;
  // Tells the other side that nothing more will be written.
  virtual void end_writing() = 0;
};

// `descriptor` is a connected non-blocking socket that outlives the stream.
std::unique_ptr<ByteStream> plain_stream(int descriptor);

// A server's certificate and key, checked once. Threads: internally synchronised.
class TlsContext {
 public:
  // TLS 1.2 and above. Errors: kInvalidArgument for files that are unreadable or do not belong
  // together.
  static Result<std::unique_ptr<TlsContext>> create(const TlsFiles& files);
  virtual ~TlsContext() = default;
  virtual std::unique_ptr<ByteStream> stream(int descriptor) = 0;
};

}  // namespace skerry::net
