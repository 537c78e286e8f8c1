// SPDX-License-Identifier: Apache-2.0
#include "loop/baked_bundle.h"

#include <gtest/gtest.h>

#include "bundle/tar.h"
#include "loop/sample_model.h"
#include "sys/fake/files.h"

namespace skerry::loop {
namespace {

constexpr std::uint64_t kBytesMax = 1u << 20;

class ReadBundleTest : public testing::Test {
 protected:
  void SetUp() override {
    const Result<std::string> tar = bundle::pack(sum_bundle("pump", 3));
    ASSERT_TRUE(tar.ok()) << tar.error().to_string();
    tar_ = *tar;
  }
  void write(const std::string& path, std::string_view content) {
    ASSERT_TRUE(disk_.make_directories(sys::parent_path(path)).ok());
    ASSERT_TRUE(sys::write_file_atomically(disk_, path, content).ok());
  }
  // As a container engine leaves the image's folder "models" behind, at `root`.
  void unpack(const std::string& root) {
    const auto entries = bundle::read_tar(tar_);
    ASSERT_TRUE(entries.ok());
    for (const bundle::TarEntry& entry : *entries) {
      if (entry.kind != bundle::TarEntry::Kind::kFile) continue;
      write(root + entry.path.substr(std::string_view("models").size()), entry.content);
    }
  }
  Code code_of(const std::string& path, std::uint64_t bytes_max = kBytesMax) {
    const Result<std::string> bytes = read_bundle(disk_, path, bytes_max);
    return bytes.ok() ? Code::kUnknown : bytes.error().code();
  }

  sys::fake::FakeFileSystem disk_;
  std::string tar_;
};

TEST_F(ReadBundleTest, UnpackedFolderGivesTheBytesOfTheTar) {
  unpack("/image/models");
  const Result<std::string> bytes = read_bundle(disk_, "/image/models", kBytesMax);
  ASSERT_TRUE(bytes.ok()) << bytes.error().to_string();
  EXPECT_EQ(*bytes, tar_);
}

TEST_F(ReadBundleTest, FileIsTakenAsItIs) {
  write("/bundle.tar", tar_);
  EXPECT_EQ(*read_bundle(disk_, "/bundle.tar", kBytesMax), tar_);
}

TEST_F(ReadBundleTest, RefusesWhatIsNoBundlesFolder) {
  EXPECT_EQ(code_of("/absent"), Code::kNotFound);
  unpack("/deep");
  write("/deep/pump/3/more/file", "x");
  EXPECT_EQ(code_of("/deep"), Code::kInvalidArgument);
  for (int i = 0; i < 65; ++i) write("/wide/pump/" + std::to_string(i), "x");
  EXPECT_EQ(code_of("/wide"), Code::kInvalidArgument);
}

TEST_F(ReadBundleTest, LimitCountsAllFiles) {
  unpack("/models");
  EXPECT_EQ(code_of("/models", 100), Code::kResourceExhausted);
  write("/bundle.tar", tar_);
  EXPECT_EQ(code_of("/bundle.tar", 100), Code::kResourceExhausted);
}

}  // namespace
}  // namespace skerry::loop
