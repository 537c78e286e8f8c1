// SPDX-License-Identifier: Apache-2.0
//
// What every FileSystem must do. A test file instantiates FileSystemConformance with its cases.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sys/files.h"

namespace skerry::sys {

// A file system and an existing, empty folder in it.
class FileSystemUnderTest {
 public:
  virtual ~FileSystemUnderTest() = default;
  virtual FileSystem& fs() = 0;
  virtual std::string folder() = 0;
};

struct FileSystemCase {
  std::string name;
  std::function<Result<std::unique_ptr<FileSystemUnderTest>>()> start;
};

inline void PrintTo(const FileSystemCase& value, std::ostream* out) { *out << value.name; }

class FileSystemConformance : public testing::TestWithParam<FileSystemCase> {
 protected:
  void SetUp() override {
    auto started = GetParam().start();
    ASSERT_TRUE(started.ok()) << started.error().to_string();
    under_test_ = std::move(*started);
  }

  FileSystem& fs() { return under_test_->fs(); }
  std::string at(std::string_view name) { return join_path(under_test_->folder(), name); }

  std::unique_ptr<File> open(std::string_view name, OpenMode mode) {
    auto file = fs().open(at(name), mode);
    EXPECT_TRUE(file.ok()) << file.error().to_string();
    return file.ok() ? std::move(*file) : nullptr;
  }
  void put(std::string_view name, std::string_view bytes) {
    const auto file = open(name, OpenMode::kWrite);
    ASSERT_NE(file, nullptr);
    ASSERT_TRUE(file->truncate(0).ok());
    ASSERT_TRUE(file->write_at(0, bytes).ok());
  }
  std::string get(std::string_view name) {
    const auto bytes = read_file(fs(), at(name), 1 << 20);
    return bytes.ok() ? *bytes : bytes.error().to_string();
  }
  // The code of the error of `result`, or nothing where it has none.
  template <typename T>
  static std::optional<Code> code_of(const Result<T>& result) {
    return result.ok() ? std::nullopt : std::optional(result.error().code());
  }

  std::unique_ptr<FileSystemUnderTest> under_test_;
};

TEST_P(FileSystemConformance, OpensForReadingOnlyWhatExists) {
  EXPECT_EQ(code_of(fs().open(at("a"), OpenMode::kRead)), Code::kNotFound);
  EXPECT_FALSE(exists(fs(), at("a")));
  put("a", "content");
  const auto file = open("a", OpenMode::kRead);
  ASSERT_NE(file, nullptr);
  EXPECT_FALSE(file->write_at(0, "x").ok());
  EXPECT_FALSE(file->truncate(0).ok());
  EXPECT_EQ(get("a"), "content");
}

TEST_P(FileSystemConformance, OpensForWritingAndKeepsTheContent) {
  put("a", "content");
  const auto file = open("a", OpenMode::kWrite);
  ASSERT_NE(file, nullptr);
  ASSERT_TRUE(file->write_at(0, "C").ok());
  EXPECT_EQ(get("a"), "Content");
}

TEST_P(FileSystemConformance, CreatesOnlyWhatDoesNotExist) {
  ASSERT_NE(open("a", OpenMode::kCreate), nullptr);
  EXPECT_EQ(get("a"), "");
  EXPECT_EQ(code_of(fs().open(at("a"), OpenMode::kCreate)), Code::kAlreadyExists);
  ASSERT_TRUE(fs().make_directories(at("folder")).ok());
  EXPECT_EQ(code_of(fs().open(at("folder"), OpenMode::kCreate)), Code::kAlreadyExists);
}

TEST_P(FileSystemConformance, NeedsTheFolderOfANewFile) {
  EXPECT_EQ(code_of(fs().open(at("absent/a"), OpenMode::kWrite)), Code::kNotFound);
  EXPECT_EQ(code_of(fs().open(at("absent/a"), OpenMode::kCreate)), Code::kNotFound);
}

TEST_P(FileSystemConformance, TakesAFolderForNoFile) {
  ASSERT_TRUE(fs().make_directories(at("folder")).ok());
  EXPECT_EQ(code_of(fs().open(at("folder"), OpenMode::kWrite)), Code::kFailedPrecondition);
  EXPECT_EQ(code_of(read_file(fs(), at("folder"), 1 << 20)), Code::kFailedPrecondition);
}

TEST_P(FileSystemConformance, ReadsUpToTheEnd) {
  put("a", "0123456789");
  const auto file = open("a", OpenMode::kRead);
  ASSERT_NE(file, nullptr);
  std::array<char, 8> out{};
  EXPECT_EQ(*file->read_at(2, out), 8u);
  EXPECT_EQ(std::string_view(out.data(), 8), "23456789");
  EXPECT_EQ(*file->read_at(7, out), 3u);
  EXPECT_EQ(std::string_view(out.data(), 3), "789");
  EXPECT_EQ(*file->read_at(10, out), 0u);
  EXPECT_EQ(*file->read_at(1000, out), 0u);
  EXPECT_EQ(*file->read_at(0, {}), 0u);
  EXPECT_EQ(*file->size(), 10u);
}

TEST_P(FileSystemConformance, WritesAnywhereAndFillsTheGapWithZeros) {
  const auto file = open("a", OpenMode::kCreate);
  ASSERT_NE(file, nullptr);
  ASSERT_TRUE(file->write_at(3, "d").ok());
  ASSERT_TRUE(file->write_at(1, "b").ok());
  EXPECT_EQ(get("a"), std::string("\0b\0d", 4));
  ASSERT_TRUE(file->write_at(9, "").ok());
  EXPECT_EQ(*file->size(), 4u) << "writing nothing changes nothing";
  ASSERT_TRUE(file->sync().ok());
}

TEST_P(FileSystemConformance, TruncatesDownAndUp) {
  put("a", "content");
  const auto file = open("a", OpenMode::kWrite);
  ASSERT_NE(file, nullptr);
  ASSERT_TRUE(file->truncate(3).ok());
  EXPECT_EQ(get("a"), "con");
  ASSERT_TRUE(file->truncate(5).ok());
  EXPECT_EQ(get("a"), std::string("con\0\0", 5));
}

TEST_P(FileSystemConformance, TellsFilesFromFolders) {
  put("a", "12345");
  const auto file = fs().info(at("a"));
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->size_bytes, 5u);
  EXPECT_FALSE(file->directory);
  const auto folder = fs().info(under_test_->folder());
  ASSERT_TRUE(folder.ok());
  EXPECT_TRUE(folder->directory);
  EXPECT_EQ(code_of(fs().info(at("absent"))), Code::kNotFound);
  EXPECT_TRUE(exists(fs(), at("a")));
}

TEST_P(FileSystemConformance, ListsOneFolderSortedBytewise) {
  for (const std::string_view name : {"b", "a10", "a9", "B", "_", ".hidden", "\xc3\xa9"}) {
    put(name, "");
  }
  ASSERT_TRUE(fs().make_directories(at("folder/below")).ok());
  put("folder/file", "");
  EXPECT_EQ(
      *fs().list(under_test_->folder()),
      (std::vector<std::string>{".hidden", "B", "_", "a10", "a9", "b", "folder", "\xc3\xa9"}));
  EXPECT_EQ(*fs().list(at("folder")), (std::vector<std::string>{"below", "file"}));
  EXPECT_EQ(*fs().list(at("folder/below")), std::vector<std::string>{});
  EXPECT_EQ(code_of(fs().list(at("absent"))), Code::kNotFound);
  EXPECT_EQ(code_of(fs().list(at("b"))), Code::kNotFound);
}

TEST_P(FileSystemConformance, MakesFoldersWithTheirParentsOnceOrTwice) {
  ASSERT_TRUE(fs().make_directories(at("x/y/z")).ok());
  ASSERT_TRUE(fs().make_directories(at("x/y/z")).ok());
  put("x/y/z/a", "deep");
  EXPECT_EQ(get("x/y/z/a"), "deep");
  EXPECT_EQ(code_of(fs().make_directories(at("x/y/z/a/b"))), Code::kNotFound);
  EXPECT_EQ(get("x/y/z/a"), "deep");
}

TEST_P(FileSystemConformance, RenamesOverAnOldFile) {
  put("new", "new");
  put("old", "old");
  ASSERT_TRUE(fs().rename(at("new"), at("old")).ok());
  EXPECT_EQ(get("old"), "new");
  EXPECT_FALSE(exists(fs(), at("new")));
  ASSERT_TRUE(fs().rename(at("old"), at("old")).ok());
  EXPECT_EQ(get("old"), "new") << "renaming a file to itself keeps it";
}

TEST_P(FileSystemConformance, RefusesToRenameWhatCannotBe) {
  put("a", "a");
  ASSERT_TRUE(fs().make_directories(at("folder")).ok());
  EXPECT_EQ(code_of(fs().rename(at("absent"), at("b"))), Code::kNotFound);
  EXPECT_EQ(code_of(fs().rename(at("a"), at("absent/a"))), Code::kNotFound);
  EXPECT_EQ(code_of(fs().rename(at("a"), at("folder"))), Code::kFailedPrecondition);
  EXPECT_EQ(get("a"), "a");
}

TEST_P(FileSystemConformance, RemovesFilesAndEmptyFolders) {
  put("a", "a");
  ASSERT_TRUE(fs().make_directories(at("folder")).ok());
  put("folder/b", "b");
  EXPECT_EQ(code_of(fs().remove(at("folder"))), Code::kFailedPrecondition);
  ASSERT_TRUE(fs().remove(at("folder/b")).ok());
  ASSERT_TRUE(fs().remove(at("folder")).ok());
  ASSERT_TRUE(fs().remove(at("a")).ok());
  EXPECT_EQ(code_of(fs().remove(at("a"))), Code::kNotFound);
  EXPECT_EQ(*fs().list(under_test_->folder()), std::vector<std::string>{});
}

TEST_P(FileSystemConformance, RemovesATreeAndNothingBesideIt) {
  ASSERT_TRUE(fs().make_directories(at("tree/below")).ok());
  put("tree/a", "");
  put("tree/below/b", "");
  put("tree2", "stays");
  ASSERT_TRUE(fs().remove_tree(at("tree")).ok());
  EXPECT_EQ(*fs().list(under_test_->folder()), std::vector<std::string>{"tree2"});
  EXPECT_TRUE(fs().remove_tree(at("tree")).ok()) << "what is absent already is removed";
}

TEST_P(FileSystemConformance, SyncsOnlyAFolderThatExists) {
  EXPECT_TRUE(fs().sync_directory(under_test_->folder()).ok());
  EXPECT_EQ(code_of(fs().sync_directory(at("absent"))), Code::kNotFound);
}

TEST_P(FileSystemConformance, KeepsAnOpenFileUsableWithoutItsName) {
  put("a", "content");
  const auto file = open("a", OpenMode::kWrite);
  ASSERT_NE(file, nullptr);
  ASSERT_TRUE(fs().remove(at("a")).ok());
  std::array<char, 7> out{};
  EXPECT_EQ(*file->read_at(0, out), 7u);
  EXPECT_TRUE(file->write_at(7, "more").ok());
  EXPECT_FALSE(exists(fs(), at("a")));
}

TEST_P(FileSystemConformance, ReadsAWholeFileUpToItsLimit) {
  put("a", "12345");
  EXPECT_EQ(*read_file(fs(), at("a"), 5), "12345");
  EXPECT_EQ(code_of(read_file(fs(), at("a"), 4)), Code::kResourceExhausted);
  EXPECT_EQ(code_of(read_file(fs(), at("absent"), 4)), Code::kNotFound);
  put("empty", "");
  EXPECT_EQ(*read_file(fs(), at("empty"), 0), "");
}

TEST_P(FileSystemConformance, WritesAtomicallyOverOldContentAndLeavesNothingBeside) {
  ASSERT_TRUE(write_file_atomically(fs(), at("a"), "first").ok());
  EXPECT_EQ(get("a"), "first");
  ASSERT_TRUE(write_file_atomically(fs(), at("a"), "2").ok());
  EXPECT_EQ(get("a"), "2");
  EXPECT_EQ(*fs().list(under_test_->folder()), std::vector<std::string>{"a"});
}

TEST_P(FileSystemConformance, LeavesNothingBesideWhenAnAtomicWriteFails) {
  ASSERT_TRUE(fs().make_directories(at("a")).ok());
  EXPECT_EQ(code_of(write_file_atomically(fs(), at("a"), "x")), Code::kFailedPrecondition);
  EXPECT_EQ(*fs().list(under_test_->folder()), std::vector<std::string>{"a"});
  EXPECT_EQ(code_of(write_file_atomically(fs(), at("absent/a"), "x")), Code::kNotFound);
}

}  // namespace skerry::sys
