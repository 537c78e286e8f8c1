// SPDX-License-Identifier: Apache-2.0
#include "sys/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sys/fake/files.h"
#include "tests/conformance/file_system_conformance.h"

namespace skerry::sys {
namespace {

class RealUnderTest final : public FileSystemUnderTest {
 public:
  explicit RealUnderTest(TemporaryFolder folder) : folder_(std::move(folder)) {}
  FileSystem& fs() override { return real_file_system(); }
  std::string folder() override { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

class FakeUnderTest final : public FileSystemUnderTest {
 public:
  FileSystem& fs() override { return fs_; }
  std::string folder() override { return "/state"; }

 private:
  fake::FakeFileSystem fs_;
};

Result<std::unique_ptr<FileSystemUnderTest>> start_real() {
  return std::unique_ptr<FileSystemUnderTest>(
      std::make_unique<RealUnderTest>(TRY(TemporaryFolder::create("skerry-files"))));
}

Result<std::unique_ptr<FileSystemUnderTest>> start_fake() {
  auto under_test = std::make_unique<FakeUnderTest>();
  TRY(under_test->fs().make_directories(under_test->folder()));
  return std::unique_ptr<FileSystemUnderTest>(std::move(under_test));
}

INSTANTIATE_TEST_SUITE_P(Both, FileSystemConformance,
                         testing::Values(FileSystemCase{"real", start_real},
                                         FileSystemCase{"fake", start_fake}),
                         [](const auto& made) { return made.param.name; });

class RealFiles : public testing::Test {
 protected:
  unsigned permissions(const std::string& path) {
    struct stat info{};
    EXPECT_EQ(::stat(path.c_str(), &info), 0);
    return info.st_mode & 0777;
  }

  FileSystem& fs_ = real_file_system();
  TemporaryFolder folder_ = *TemporaryFolder::create("skerry-files");
};

TEST_F(RealFiles, HaveADescriptorAndAModificationTime) {
  const std::string path = join_path(folder_.path(), "a");
  const auto file = fs_.open(path, OpenMode::kCreate);
  ASSERT_TRUE(file.ok());
  EXPECT_GE((*file)->descriptor(), 0);
  EXPECT_GT(fs_.info(path)->modified_unix_ms, 1'600'000'000'000);
}

TEST_F(RealFiles, GiveAnAtomicWriteItsPermissionsWhateverWasThere) {
  const std::string path = join_path(folder_.path(), "secret");
  ASSERT_TRUE(write_file_atomically(fs_, path, "a", 0644).ok());
  EXPECT_EQ(permissions(path), 0644u);
  ASSERT_TRUE(write_file_atomically(fs_, path, "b", 0600).ok());
  EXPECT_EQ(permissions(path), 0600u);
}

TEST_F(RealFiles, TakeAtomicWritesOfOnePathFromManyThreads) {
  const std::string path = join_path(folder_.path(), "shared");
  std::array<int, 4> failures{};
  {
    std::vector<std::jthread> writers;
    for (int i = 0; i < 4; ++i) {
      writers.emplace_back([&, i] {
        const std::string own(10'000, static_cast<char>('a' + i));
        for (int round = 0; round < 20; ++round) {
          if (!write_file_atomically(fs_, path, own).ok()) ++failures[i];
          const auto seen = read_file(fs_, path, 1 << 20);
          const bool whole = seen.ok() && *seen == std::string(10'000, seen->front());
          if (!whole) ++failures[i];
        }
      });
    }
  }
  EXPECT_EQ(failures, (std::array<int, 4>{}));
  EXPECT_EQ(*fs_.list(folder_.path()), std::vector<std::string>{"shared"});
}

TEST(Path, JoinsAndSplits) {
  EXPECT_EQ(join_path("a", "b"), "a/b");
  EXPECT_EQ(join_path("a/", "b"), "a/b");
  EXPECT_EQ(join_path("/", "b"), "/b");
  EXPECT_EQ(join_path("", "b"), "b");
  const std::vector<std::array<std::string, 3>> cases{
      {"a/b/c", "a/b", "c"}, {"a", ".", "a"}, {"/a", "/", "a"}, {"/a/b", "/a", "b"}, {"", ".", ""}};
  for (const auto& [path, parent, base] : cases) {
    EXPECT_EQ(parent_path(path), parent) << path;
    EXPECT_EQ(base_name(path), base) << path;
  }
}

TEST(TemporaryFolder, IsRemovedWithItsContentAtTheEnd) {
  FileSystem& fs = real_file_system();
  std::string path;
  {
    auto created = TemporaryFolder::create("skerry-temporary");
    ASSERT_TRUE(created.ok());
    const TemporaryFolder folder = *std::move(created);
    path = folder.path();
    EXPECT_TRUE(base_name(path).starts_with("skerry-temporary."));
    ASSERT_TRUE(fs.make_directories(join_path(path, "x/y")).ok());
    ASSERT_TRUE(write_file_atomically(fs, join_path(path, "x/y/z"), "z").ok());
  }
  EXPECT_FALSE(exists(fs, path));
}

TEST(TemporaryFolder, StaysWhenItIsKept) {
  FileSystem& fs = real_file_system();
  std::string path;
  {
    TemporaryFolder folder = *TemporaryFolder::create("skerry-temporary");
    path = folder.path();
    folder.keep();
    const TemporaryFolder moved = std::move(folder);
  }
  EXPECT_TRUE(exists(fs, path));
  EXPECT_TRUE(fs.remove_tree(path).ok());
}

TEST(TemporaryFolder, NeedsATemporaryFolderOfTheSystem) {
  const char* const before = ::getenv("TMPDIR");
  const std::string saved = before == nullptr ? "" : before;
  ::setenv("TMPDIR", "/absent-folder", 1);
  const auto folder = TemporaryFolder::create("skerry-temporary");
  before == nullptr ? ::unsetenv("TMPDIR") : ::setenv("TMPDIR", saved.c_str(), 1);
  ASSERT_FALSE(folder.ok());
  EXPECT_EQ(folder.error().code(), Code::kNotFound);
}

class FolderLocks : public testing::Test {
 protected:
  TemporaryFolder folder_ = *TemporaryFolder::create("skerry-lock");
};

TEST_F(FolderLocks, RefuseASecondHolderInOneProcessUntilTheFirstIsGone) {
  {
    auto first = FolderLock::acquire(folder_.path());
    ASSERT_TRUE(first.ok());
    const FolderLock moved = *std::move(first);
    const auto second = FolderLock::acquire(folder_.path());
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code(), Code::kFailedPrecondition);
    EXPECT_NE(second.error().message().find("in use by process " + std::to_string(::getpid())),
              std::string::npos)
        << second.error().message();
  }
  EXPECT_TRUE(FolderLock::acquire(folder_.path()).ok());
}

TEST_F(FolderLocks, MakeTheFolder) {
  const std::string path = join_path(folder_.path(), "x/y");
  ASSERT_TRUE(FolderLock::acquire(path).ok());
  EXPECT_TRUE(exists(real_file_system(), path));
}

TEST_F(FolderLocks, AreReleasedByTheKernelWhenTheHolderDies) {
  std::array<int, 2> held{};
  ASSERT_EQ(::pipe(held.data()), 0);
  const pid_t pid = ::fork();
  ASSERT_GE(pid, 0);
  if (pid == 0) {
    auto lock = FolderLock::acquire(folder_.path());
    const char ok = lock.ok() ? 'y' : 'n';
    static_cast<void>(!::write(held[1], &ok, 1));
    while (true) ::pause();
  }
  char ok = 0;
  ASSERT_EQ(::read(held[0], &ok, 1), 1);
  EXPECT_EQ(ok, 'y');
  const auto refused = FolderLock::acquire(folder_.path());
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message().find("process " + std::to_string(pid) + ";"),
            std::string::npos)
      << refused.error().message();
  ASSERT_EQ(::kill(pid, SIGKILL), 0);
  ASSERT_EQ(::waitpid(pid, nullptr, 0), pid);
  EXPECT_TRUE(FolderLock::acquire(folder_.path()).ok());
  ::close(held[0]);
  ::close(held[1]);
}

}  // namespace
}  // namespace skerry::sys
