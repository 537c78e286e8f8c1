// SPDX-License-Identifier: Apache-2.0
//
// Draws that use only +, -, * and the generator: the mathematics library may round differently from
// one processor to the next, and a seed must give the same bytes everywhere. Threads: as the
// generator.
#pragma once

#include <cstdint>

#include "sys/random.h"

namespace skerry::plant {

inline double between(sys::SeededRandom& random, double low, double high) {
  return low + (high - low) * random.uniform();
}

// A whole number in low..high, both included.
inline int between(sys::SeededRandom& random, int low, int high) {
  return low + static_cast<int>(random.below(static_cast<std::uint64_t>(high - low) + 1));
}

// Mean 0, variance 1, nearly normal: the sum of twelve uniform numbers (Irwin and Hall 1927).
inline double bell(sys::SeededRandom& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += random.uniform();
  return sum;
}

}  // namespace skerry::plant
