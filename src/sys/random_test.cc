// SPDX-License-Identifier: Apache-2.0
#include "sys/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace skerry::sys {
namespace {

TEST(SeededRandom, GivesTheNumbersOfTheReferenceAlgorithm) {
  struct Case {
    std::uint64_t seed;
    std::array<std::uint64_t, 4> numbers;
  };
  // Computed by an independent program from the published algorithms.
  const std::vector<Case> cases{
      {0, {0x99ec5f36cb75f2b4, 0xbf6e1f784956452a, 0x1a5f849d4933e6e0, 0x6aa594f1262d2d2c}},
      {1, {0xb3f2af6d0fc710c5, 0x853b559647364cea, 0x92f89756082a4514, 0x642e1c7bc266a3a7}},
      {42, {0x15780b2e0c2ec716, 0x6104d9866d113a7e, 0xae17533239e499a1, 0xecb8ad4703b360a1}}};
  for (const Case& c : cases) {
    SeededRandom random(c.seed);
    for (const std::uint64_t number : c.numbers) EXPECT_EQ(random.next(), number) << c.seed;
  }
}

TEST(SeededRandom, GivesTheSameUniformAndNormalNumbersOnEveryMachine) {
  SeededRandom uniform(42);
  EXPECT_EQ(uniform.uniform(), 0.08386297105988216);
  EXPECT_EQ(uniform.uniform(), 0.3789802506626686);
  SeededRandom normal(42);
  // The last bits of a logarithm or a cosine are the C library's.
  EXPECT_NEAR(normal.normal(), -0.303263064678738, 1e-15);
  EXPECT_NEAR(normal.normal(), 0.28846173882942383, 1e-15);
}

TEST(SeededRandom, FillsBytesFromLittleEndianWords) {
  SeededRandom random(0);
  std::array<std::uint8_t, 11> bytes{};
  random.fill(bytes);
  EXPECT_EQ(bytes, (std::array<std::uint8_t, 11>{0xb4, 0xf2, 0x75, 0xcb, 0x36, 0x5f, 0xec, 0x99,
                                                 0x2a, 0x45, 0x56}));
  random.fill({});
  EXPECT_EQ(random.next(), 0x1a5f849d4933e6e0u);
}

TEST(SeededRandom, DrawsBelowABoundWithoutBias) {
  SeededRandom random(3);
  std::array<int, 7> counts{};
  constexpr int kDraws = 70'000;
  for (int i = 0; i < kDraws; ++i) ++counts.at(random.below(7));
  double chi_square = 0;
  for (const int count : counts) chi_square += (count - 1e4) * (count - 1e4) / 1e4;
  EXPECT_LT(chi_square, 22.46) << "0.999 quantile for 6 degrees of freedom";
  for (int i = 0; i < 100; ++i) EXPECT_EQ(random.below(1), 0u);
}

TEST(SeededRandom, DrawsBelowABoundOfAlmostAllNumbers) {
  // Plain scaling of 64 bits by 3/4 of the range would give every third number twice as often.
  SeededRandom random(4);
  constexpr std::uint64_t kBound = 3ull << 62;
  int lowest_third = 0;
  for (int i = 0; i < 30'000; ++i) {
    const std::uint64_t number = random.below(kBound);
    ASSERT_LT(number, kBound);
    if (number % 3 == 0) ++lowest_third;
  }
  EXPECT_NEAR(lowest_third, 10'000, 400) << "five standard deviations";
}

TEST(SeededRandom, DrawsUniformNumbersInTheHalfOpenUnitInterval) {
  SeededRandom random(5);
  double sum = 0;
  double least = 1;
  double most = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double number = random.uniform();
    sum += number;
    least = std::min(least, number);
    most = std::max(most, number);
  }
  EXPECT_GE(least, 0);
  EXPECT_LT(most, 1);
  EXPECT_LT(least, 1e-3);
  EXPECT_GT(most, 1 - 1e-3);
  EXPECT_NEAR(sum / 1e5, 0.5, 0.005);
}

TEST(SeededRandom, DrawsNormalNumbersWithTheRightMoments) {
  SeededRandom random(6);
  std::array<double, 4> moments{};
  constexpr int kDraws = 200'000;
  for (int i = 0; i < kDraws; ++i) {
    const double number = random.normal();
    ASSERT_TRUE(std::isfinite(number));
    double power = 1;
    for (double& moment : moments) moment += power *= number;
  }
  EXPECT_NEAR(moments[0] / kDraws, 0, 0.012);
  EXPECT_NEAR(moments[1] / kDraws, 1, 0.017);
  EXPECT_NEAR(moments[2] / kDraws, 0, 0.045);
  EXPECT_NEAR(moments[3] / kDraws, 3, 0.12);
}

TEST(SeededRandomDeathTest, HasNoNumberBelowZero) {
  SeededRandom random(1);
  EXPECT_DEATH(random.below(0), "bound > 0");
}

TEST(SystemRandom, FillsAnySizeAndNeverRepeats) {
  std::vector<std::uint8_t> large(1 << 20);
  system_random().fill(large);
  EXPECT_EQ(std::set<std::uint8_t>(large.begin(), large.end()).size(), 256u);
  std::set<std::string> tokens;
  for (int i = 0; i < 100; ++i) tokens.insert(random_token(system_random()));
  EXPECT_EQ(tokens.size(), 100u);
  system_random().fill({});
}

TEST(RandomToken, Is64HexDigits) {
  const std::string token = random_token(system_random());
  EXPECT_EQ(token.size(), 64u);
  EXPECT_EQ(token.find_first_not_of("0123456789abcdef"), std::string::npos);
  SeededRandom random(0);
  EXPECT_EQ(random_token(random),
            "b4f275cb365fec992a455649781f6ebfe0e633499d845f1a2c2d2d26f194a56a");
}

TEST(RandomUuid, HasVersionFour) {
  SeededRandom random(0);
  EXPECT_EQ(random_uuid(random), "b4f275cb-365f-4c99-aa45-5649781f6ebf");
  for (int i = 0; i < 100; ++i) {
    const std::string uuid = random_uuid(random);
    ASSERT_EQ(uuid.size(), 36u);
    for (const std::size_t dash : {8u, 13u, 18u, 23u}) EXPECT_EQ(uuid[dash], '-') << uuid;
    EXPECT_EQ(uuid[14], '4') << uuid;
    EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos) << uuid;
  }
}

}  // namespace
}  // namespace skerry::sys
