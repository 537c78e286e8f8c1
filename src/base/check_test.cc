// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"

#include <gtest/gtest.h>

#include <csignal>

namespace skerry {
namespace {

TEST(CheckDeathTest, AbortsWithTheConditionAndItsPlace) {
  const int one = 1;
  SKERRY_CHECK(one == 1);
  EXPECT_EXIT(SKERRY_CHECK(one == 2), testing::KilledBySignal(SIGABRT),
              "check_test\\.cc:[0-9]+: invariant broken: one == 2");
}

}  // namespace
}  // namespace skerry
