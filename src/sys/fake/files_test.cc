// SPDX-License-Identifier: Apache-2.0
#include "sys/fake/files.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace skerry::sys::fake {
namespace {

class FakeFiles : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(fs_.make_directories("/s/below").ok()); }

  std::unique_ptr<File> open(const std::string& path) {
    auto file = fs_.open(path, OpenMode::kWrite, 0644);
    EXPECT_TRUE(file.ok());
    return std::move(*file);
  }
  std::string get(const std::string& path) {
    const auto bytes = read_file(fs_, path, 1 << 20);
    return bytes.ok() ? *bytes : std::string(code_name(bytes.error().code()));
  }

  FakeFileSystem fs_;
};

TEST_F(FakeFiles, LoseUnsyncedBytesAtACrash) {
  const auto file = open("/s/a");
  ASSERT_TRUE(file->write_at(0, "synced").ok());
  ASSERT_TRUE(file->sync().ok());
  ASSERT_TRUE(fs_.sync_directory("/s").ok());
  ASSERT_TRUE(file->write_at(0, "UNSYNCED").ok());
  EXPECT_EQ(get("/s/a"), "UNSYNCED");
  fs_.crash();
  EXPECT_EQ(get("/s/a"), "synced");
}

TEST_F(FakeFiles, LoseAnUnsyncedNameAtACrash) {
  const auto file = open("/s/a");
  ASSERT_TRUE(file->write_at(0, "x").ok());
  ASSERT_TRUE(file->sync().ok());
  fs_.crash();
  EXPECT_EQ(get("/s/a"), "NOT_FOUND");
}

TEST_F(FakeFiles, KeepAnEmptyFileWhoseNameAloneWasSynced) {
  ASSERT_TRUE(open("/s/a")->write_at(0, "x").ok());
  ASSERT_TRUE(fs_.sync_directory("/s").ok());
  fs_.crash();
  EXPECT_EQ(get("/s/a"), "");
}

TEST_F(FakeFiles, BringBackWhatWasRenamedOrRemovedWithoutASync) {
  ASSERT_TRUE(write_file_atomically(fs_, "/s/a", "a").ok());
  ASSERT_TRUE(write_file_atomically(fs_, "/s/b", "b").ok());
  ASSERT_TRUE(fs_.rename("/s/a", "/s/c").ok());
  ASSERT_TRUE(fs_.remove("/s/b").ok());
  fs_.crash();
  EXPECT_EQ(get("/s/a"), "a");
  EXPECT_EQ(get("/s/b"), "b");
  EXPECT_EQ(get("/s/c"), "NOT_FOUND");
  ASSERT_TRUE(fs_.rename("/s/a", "/s/c").ok());
  ASSERT_TRUE(fs_.remove("/s/b").ok());
  ASSERT_TRUE(fs_.sync_directory("/s").ok());
  fs_.crash();
  EXPECT_EQ(*fs_.list("/s"), (std::vector<std::string>{"below", "c"}));
}

TEST_F(FakeFiles, BringBackATreeRemovedWithoutASyncOfItsParent) {
  ASSERT_TRUE(write_file_atomically(fs_, "/s/below/a", "a").ok());
  ASSERT_TRUE(fs_.remove_tree("/s/below").ok());
  fs_.crash();
  EXPECT_EQ(get("/s/below/a"), "a");
  EXPECT_EQ(*fs_.list("/s/below"), std::vector<std::string>{"a"});
  ASSERT_TRUE(fs_.remove_tree("/s/below").ok());
  ASSERT_TRUE(fs_.sync_directory("/s").ok());
  fs_.crash();
  EXPECT_EQ(get("/s/below/a"), "NOT_FOUND");
}

TEST_F(FakeFiles, CutOpenFilesOffAtACrash) {
  ASSERT_TRUE(write_file_atomically(fs_, "/s/a", "old").ok());
  const auto before = open("/s/a");
  fs_.crash();
  ASSERT_TRUE(before->write_at(0, "new").ok());
  ASSERT_TRUE(before->sync().ok());
  EXPECT_EQ(get("/s/a"), "old");
  fs_.crash();
  EXPECT_EQ(get("/s/a"), "old");
}

TEST_F(FakeFiles, HoldOldOrNewContentWhereverAnAtomicWriteIsCut) {
  ASSERT_TRUE(write_file_atomically(fs_, "/s/a", "old").ok());
  fs_.fail_sync(1);
  const Status failed = write_file_atomically(fs_, "/s/a", "new");
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code(), Code::kDataLoss);
  EXPECT_EQ(get("/s/a"), "old");
  fs_.crash();
  EXPECT_EQ(get("/s/a"), "old");
  ASSERT_TRUE(write_file_atomically(fs_, "/s/a", "new").ok());
  fs_.crash();
  EXPECT_EQ(get("/s/a"), "new");
  EXPECT_EQ(*fs_.list("/s"), (std::vector<std::string>{"a", "below"}));
}

TEST_F(FakeFiles, FillUpAndMakeRoomAgain) {
  const auto file = open("/s/a");
  fs_.set_capacity(10);
  ASSERT_TRUE(file->write_at(0, "12345678").ok());
  const auto other = open("/s/b");
  const Status full = other->write_at(0, "123");
  ASSERT_FALSE(full.ok());
  EXPECT_EQ(full.error().code(), Code::kResourceExhausted);
  EXPECT_EQ(*other->size(), 0u);
  EXPECT_TRUE(other->write_at(0, "12").ok());
  EXPECT_TRUE(file->write_at(0, "8765").ok()) << "overwriting needs no room";
  EXPECT_FALSE(file->truncate(9).ok());
  ASSERT_TRUE(file->truncate(4).ok());
  EXPECT_TRUE(other->write_at(0, "123456").ok());
  ASSERT_TRUE(fs_.remove("/s/b").ok());
  EXPECT_TRUE(file->write_at(0, "1234567890").ok());
  ASSERT_TRUE(other->truncate(0).ok());
  EXPECT_FALSE(file->write_at(10, "x").ok()) << "a removed file frees its bytes once";
}

TEST_F(FakeFiles, FailTheSyncThatIsNamedAndNoOther) {
  const auto file = open("/s/a");
  fs_.fail_sync(2);
  EXPECT_TRUE(file->sync().ok());
  const Status failed = file->sync();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code(), Code::kDataLoss);
  EXPECT_TRUE(file->sync().ok());
  fs_.fail_sync(1);
  fs_.fail_sync(0);
  EXPECT_TRUE(file->sync().ok());
}

TEST_F(FakeFiles, FlipOneBitForGood) {
  ASSERT_TRUE(write_file_atomically(fs_, "/s/a", "AB").ok());
  ASSERT_TRUE(fs_.flip_bit("/s/a", 9).ok());
  EXPECT_EQ(get("/s/a"), "A@");
  fs_.crash();
  EXPECT_EQ(get("/s/a"), "A@");
  EXPECT_EQ(fs_.flip_bit("/s/a", 16).error().code(), Code::kOutOfRange);
  EXPECT_EQ(fs_.flip_bit("/s/b", 0).error().code(), Code::kNotFound);
}

TEST_F(FakeFiles, FlipABitOfBytesThatAreNotSyncedYet) {
  ASSERT_TRUE(open("/s/a")->write_at(0, "A").ok());
  ASSERT_TRUE(fs_.flip_bit("/s/a", 1).ok());
  EXPECT_EQ(get("/s/a"), "C");
}

}  // namespace
}  // namespace skerry::sys::fake
