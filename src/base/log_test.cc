// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace skerry::log {
namespace {

// The log belongs to the whole process; after these cases it goes to a file that is gone.
class Log : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directory(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static std::string content(const std::string& path) {
    std::ifstream stream(path);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  const std::string folder_ =
      testing::TempDir() + testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(Log, WritesOneLinePerEventFromItsLevelOn) {
  ASSERT_TRUE(open(Level::kInfo, folder_ + "/log").ok());
  EXPECT_FALSE(enabled(Level::kDebug));
  EXPECT_TRUE(enabled(Level::kInfo));
  debug("not {}", "written");
  info("site {} has {} records", "site-1", 3);
  warning("{}", "w");
  error("e");
  const std::string text = content(folder_ + "/log");
  EXPECT_EQ(text.find("written"), std::string::npos) << text;
  EXPECT_NE(text.find("Z info site site-1 has 3 records\n"), std::string::npos) << text;
  EXPECT_NE(text.find("Z warning w\n"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("Z error e\n")) << text;
}

TEST_F(Log, StaysWhereItWasWhenAFileCannotBeOpened) {
  ASSERT_TRUE(open(Level::kWarning, folder_ + "/log").ok());
  const Status status = open(Level::kInfo, folder_ + "/log/below-a-file");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), Code::kUnavailable);
  warning("still here");
  EXPECT_TRUE(content(folder_ + "/log").ends_with("warning still here\n"));
}

TEST_F(Log, TakesAnotherLevelLater) {
  ASSERT_TRUE(open(Level::kError, folder_ + "/log").ok());
  EXPECT_FALSE(enabled(Level::kWarning));
  ASSERT_TRUE(open(Level::kDebug, "").ok());
  EXPECT_TRUE(enabled(Level::kDebug));
}

}  // namespace
}  // namespace skerry::log
