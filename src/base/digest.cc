// SPDX-License-Identifier: Apache-2.0
#include "base/digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "base/encoding.h"

namespace skerry {
namespace {

constexpr std::size_t hex_length(HashAlgorithm algorithm) {
  return algorithm == HashAlgorithm::kSha256 ? 64 : 128;
}

}  // namespace

Result<Digest> Digest::parse(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return invalid_argument("digest has no algorithm");
  const std::string_view name = text.substr(0, colon);
  const std::string_view hex = text.substr(colon + 1);
  HashAlgorithm algorithm;
  if (name == "sha256") {
    algorithm = HashAlgorithm::kSha256;
  } else if (name == "sha512") {
    algorithm = HashAlgorithm::kSha512;
  } else {
    return invalid_argument("digest algorithm is neither sha256 nor sha512");
  }
  const bool digits = std::ranges::all_of(
      hex, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (!digits || hex.size() != hex_length(algorithm)) {
    return invalid_argument("digest is not " + std::to_string(hex_length(algorithm)) +
                            " lower-case hex digits");
  }
  return Digest(algorithm, std::string(hex));
}

Digest Digest::of(std::string_view bytes, HashAlgorithm algorithm) {
  Hasher hasher(algorithm);
  hasher.update(bytes);
  return hasher.digest();
}

std::string_view Digest::algorithm_name() const {
  return algorithm_ == HashAlgorithm::kSha256 ? "sha256" : "sha512";
}

std::string Digest::to_string() const { return std::string(algorithm_name()) + ":" + hex_; }

struct Hasher::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
};

Hasher::Hasher(HashAlgorithm algorithm) : state_(std::make_unique<State>()), algorithm_(algorithm) {
  const EVP_MD* method = algorithm == HashAlgorithm::kSha256 ? EVP_sha256() : EVP_sha512();
  SKERRY_CHECK(EVP_DigestInit_ex(state_->context, method, nullptr) == 1);
}

Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::update(std::string_view bytes) {
  SKERRY_CHECK(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

Digest Hasher::digest() const {
  State copy;
  SKERRY_CHECK(EVP_MD_CTX_copy_ex(copy.context, state_->context) == 1);
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned int size = 0;
  SKERRY_CHECK(EVP_DigestFinal_ex(copy.context, bytes.data(), &size) == 1);
  return {algorithm_, hex_encode({reinterpret_cast<const char*>(bytes.data()), size})};
}

}  // namespace skerry
