// SPDX-License-Identifier: Apache-2.0
#include "registry/uploads.h"

#include <gtest/gtest.h>

#include "sys/fake/clock.h"
#include "sys/fake/files.h"
#include "sys/random.h"

namespace skerry::registry {
namespace {

Code code_of(const Status& status) { return status ? Code{} : status.error().code(); }
template <typename T>
Code code_of(const Result<T>& result) {
  return result ? Code{} : result.error().code();
}

class UploadsTest : public testing::Test {
 protected:
  UploadsTest() {
    EXPECT_TRUE(disk_.make_directories("/uploads").ok());
    restart();
  }

  void restart() {
    uploads_ = std::make_unique<Uploads>(disk_, clock_, random_, "/uploads",
                                         Uploads::Options{.blob_bytes_max = 1'000'000});
  }

  // Writes at the end of the upload.
  void append(const std::string& id, std::string_view bytes) {
    auto writer = uploads_->resume("a", id, std::nullopt);
    ASSERT_TRUE(writer.ok()) << writer.error().to_string();
    ASSERT_TRUE((*writer)->write(bytes).ok());
  }

  sys::fake::FakeFileSystem disk_;
  sys::fake::FakeClock clock_;
  sys::SeededRandom random_{3};
  std::unique_ptr<Uploads> uploads_;
};

TEST_F(UploadsTest, GoOnAfterARestart) {
  const std::string id = *uploads_->begin("a");
  append(id, "first ");
  restart();
  EXPECT_EQ(*uploads_->offset("a", id), 6u);
  append(id, "second");
  const auto file = uploads_->seal("a", id, Digest::of("first second"));
  ASSERT_TRUE(file.ok()) << file.error().to_string();
  EXPECT_EQ(*sys::read_file(disk_, *file, 100), "first second");
}

TEST_F(UploadsTest, AreSealedUnderSha512AsWell) {
  const std::string id = *uploads_->begin("a");
  append(id, "bytes");
  EXPECT_TRUE(uploads_->seal("a", id, Digest::of("bytes", HashAlgorithm::kSha512)).ok());
}

TEST_F(UploadsTest, AreGoneAfterAnotherDigest) {
  const std::string id = *uploads_->begin("a");
  append(id, "bytes");
  EXPECT_EQ(code_of(uploads_->seal("a", id, Digest::of("other"))), Code::kDataLoss);
  EXPECT_EQ(code_of(uploads_->offset("a", id)), Code::kNotFound);
  EXPECT_TRUE(disk_.list("/uploads")->empty());
}

TEST_F(UploadsTest, BelongToOneRepository) {
  const std::string id = *uploads_->begin("a");
  EXPECT_EQ(code_of(uploads_->offset("b", id)), Code::kNotFound);
  EXPECT_EQ(code_of(uploads_->resume("b", id, 0)), Code::kNotFound);
  EXPECT_EQ(code_of(uploads_->cancel("b", id)), Code::kNotFound);
  restart();
  EXPECT_EQ(code_of(uploads_->cancel("b", id)), Code::kNotFound);
  EXPECT_TRUE(uploads_->cancel("a", id).ok());
  EXPECT_EQ(code_of(uploads_->cancel("a", id)), Code::kNotFound);
}

TEST_F(UploadsTest, AreFoundByIdsThatArePathsNowhere) {
  for (const char* id :
       {"", "..", "../uploads", "/etc", "x", "....................................",
        "../../../../../../../../../../../.."}) {
    EXPECT_EQ(code_of(uploads_->offset("a", id)), Code::kNotFound) << id;
    EXPECT_EQ(code_of(uploads_->cancel("a", id)), Code::kNotFound) << id;
  }
}

TEST_F(UploadsTest, RefuseAChunkAtAnotherOffset) {
  const std::string id = *uploads_->begin("a");
  append(id, "12345");
  EXPECT_EQ(code_of(uploads_->resume("a", id, 0)), Code::kOutOfRange);
  EXPECT_EQ(code_of(uploads_->resume("a", id, 6)), Code::kOutOfRange);
  EXPECT_TRUE(uploads_->resume("a", id, 5).ok());
}

TEST_F(UploadsTest, AreTakenOverByALaterWriter) {
  const std::string id = *uploads_->begin("a");
  auto stale = uploads_->resume("a", id, 0);
  ASSERT_TRUE((*stale)->write("kept ").ok());
  auto fresh = uploads_->resume("a", id, 5);
  EXPECT_EQ(code_of((*stale)->write("late")), Code::kAborted);
  EXPECT_EQ(code_of((*stale)->cut(0)), Code::kAborted);
  ASSERT_TRUE((*fresh)->write("bytes").ok());
  EXPECT_TRUE(uploads_->seal("a", id, Digest::of("kept bytes")).ok());
  EXPECT_EQ(code_of((*fresh)->write("more")), Code::kAborted);
}

TEST_F(UploadsTest, StandWhereTheyStoodAfterAFullDisk) {
  const std::string id = *uploads_->begin("a");
  append(id, "12345");
  disk_.set_capacity(10);
  auto writer = uploads_->resume("a", id, 5);
  EXPECT_EQ(code_of((*writer)->write("678901234567890")), Code::kResourceExhausted);
  EXPECT_EQ((*writer)->offset(), 5u);
  disk_.set_capacity(1000);
  ASSERT_TRUE((*writer)->write("67890").ok());
  EXPECT_TRUE(uploads_->seal("a", id, Digest::of("1234567890")).ok());
}

TEST_F(UploadsTest, ForgetWhatWasCutOff) {
  const std::string id = *uploads_->begin("a");
  append(id, "12345");
  {
    auto writer = uploads_->resume("a", id, 5);
    ASSERT_TRUE((*writer)->write("wrong").ok());
    ASSERT_TRUE((*writer)->cut(5).ok());
    ASSERT_TRUE((*writer)->write("67").ok());
  }
  EXPECT_TRUE(uploads_->seal("a", id, Digest::of("1234567")).ok());
}

}  // namespace
}  // namespace skerry::registry
