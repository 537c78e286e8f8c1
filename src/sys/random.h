// SPDX-License-Identifier: Apache-2.0
//
// Randomness as a parameter. SystemRandom is for secrets and ids, SeededRandom for simulation and
// data: the same seed gives the same numbers on every machine.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace skerry::sys {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
};

// The kernel's random numbers. Internally synchronised.
Random& system_random();

// xoshiro256** (Blackman and Vigna 2018), seeded by splitmix64. Single-thread.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed);

  void fill(std::span<std::uint8_t> out) override;
  std::uint64_t next();
  // Uniform in [0, 1) with 53 bits.
  double uniform();
  // Uniform in [0, bound); bound > 0. Unbiased (Lemire 2019).
  std::uint64_t below(std::uint64_t bound);
  // Standard normal by Box-Muller, so that the bytes do not depend on the C++ library.
  double normal();

 private:
  std::array<std::uint64_t, 4> state_{};
  double spare_normal_ = 0;
  bool has_spare_ = false;
};

// 32 random bytes as hex: a bearer token.
std::string random_token(Random& random);
// A version 4 UUID.
std::string random_uuid(Random& random);

}  // namespace skerry::sys
