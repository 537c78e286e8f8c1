// SPDX-License-Identifier: Apache-2.0
#include "sys/random.h"

#include <sys/random.h>

#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <numbers>
#include <string_view>

#include "base/check.h"
#include "base/encoding.h"
#include "base/ids.h"

namespace skerry::sys {
namespace {

class KernelRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    while (!out.empty()) {
      const ssize_t count = ::getrandom(out.data(), out.size(), 0);
      // The kernel blocks until it is seeded and then never fails for these sizes.
      SKERRY_CHECK(count > 0 || errno == EINTR);
      if (count > 0) out = out.subspan(static_cast<std::size_t>(count));
    }
  }
};

}  // namespace

Random& system_random() {
  static KernelRandom instance;
  return instance;
}

SeededRandom::SeededRandom(std::uint64_t seed) {
  for (std::uint64_t& word : state_) {
    seed += 0x9e3779b97f4a7c15;
    std::uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    word = z ^ (z >> 31);
  }
}

std::uint64_t SeededRandom::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

void SeededRandom::fill(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const std::uint64_t word = next();
    const std::size_t count = std::min(out.size(), sizeof(word));
    std::memcpy(out.data(), &word, count);
    out = out.subspan(count);
  }
}

double SeededRandom::uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

std::uint64_t SeededRandom::below(std::uint64_t bound) {
  SKERRY_CHECK(bound > 0);
  __extension__ using Wide = unsigned __int128;
  Wide product = Wide{next()} * bound;
  auto low = static_cast<std::uint64_t>(product);
  const std::uint64_t threshold = (0 - bound) % bound;
  while (low < threshold) {
    product = Wide{next()} * bound;
    low = static_cast<std::uint64_t>(product);
  }
  return static_cast<std::uint64_t>(product >> 64);
}

double SeededRandom::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_normal_;
  }
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));
  const double angle = 2 * std::numbers::pi * uniform();
  spare_normal_ = radius * std::sin(angle);
  has_spare_ = true;
  return radius * std::cos(angle);
}

std::string random_token(Random& random) {
  std::array<std::uint8_t, 32> bytes{};
  random.fill(bytes);
  return hex_encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string random_uuid(Random& random) {
  std::array<std::uint8_t, 16> bytes{};
  random.fill(bytes);
  return uuid_from_random(bytes);
}

}  // namespace skerry::sys
