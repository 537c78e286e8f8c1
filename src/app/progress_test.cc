// SPDX-License-Identifier: Apache-2.0
#include "app/progress.h"

#include <gtest/gtest.h>

namespace skerry::app {
namespace {

// Standard error is a file here, as in a log or a pipe.
std::string printed(bool quiet) {
  testing::internal::CaptureStderr();
  {
    ProgressLine progress(quiet);
    EXPECT_TRUE(progress.update("read", 0));
    EXPECT_TRUE(progress.update("train 1/300", 0.1));
    EXPECT_TRUE(progress.update("train 2/300", 0.2));
    EXPECT_TRUE(progress.update("write", 1.5));
  }
  return testing::internal::GetCapturedStderr();
}

TEST(ProgressLine, PrintsOnePlainLineAPhaseWhereThereIsNoTerminal) {
  EXPECT_EQ(printed(false), "  read\n  train\n  write\n");
}

TEST(ProgressLine, PrintsNothingWhenQuiet) { EXPECT_EQ(printed(true), ""); }

}  // namespace
}  // namespace skerry::app
