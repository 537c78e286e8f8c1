// SPDX-License-Identifier: Apache-2.0
//
// Content digests as OCI writes them ("sha256:<64 hex>", OCI image-spec 1.1.1 descriptor.md).
// Threads: Digest is a value; a Hasher belongs to one thread.
#pragma once

#include <compare>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace skerry {

enum class HashAlgorithm { kSha256, kSha512 };

class Digest {
 public:
  // Reads "<algorithm>:<lower-case hex>". Errors: kInvalidArgument for any other text, an algorithm
  // other than sha256 and sha512, or a wrong number of digits.
  static Result<Digest> parse(std::string_view text);

  // Hashes `bytes` in one go.
  static Digest of(std::string_view bytes, HashAlgorithm algorithm = HashAlgorithm::kSha256);

  HashAlgorithm algorithm() const { return algorithm_; }
  std::string_view algorithm_name() const;
  const std::string& hex() const { return hex_; }
  std::string to_string() const;

  auto operator<=>(const Digest&) const = default;

 private:
  friend class Hasher;
  Digest(HashAlgorithm algorithm, std::string hex) : algorithm_(algorithm), hex_(std::move(hex)) {}

  HashAlgorithm algorithm_;
  std::string hex_;
};

// Hashes a stream piece by piece.
class Hasher {
 public:
  explicit Hasher(HashAlgorithm algorithm = HashAlgorithm::kSha256);
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  void update(std::string_view bytes);

  // The digest of all bytes so far; more bytes may follow.
  Digest digest() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
  HashAlgorithm algorithm_;
};

}  // namespace skerry
