// SPDX-License-Identifier: Apache-2.0
#include "image/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "bundle/tar.h"
#include "domain/oci.h"
#include "sys/fake/files.h"

namespace skerry::image {
namespace {

using testing::HasSubstr;

std::string blob_path(const std::string& folder, const Digest& digest) {
  return folder + "/blobs/sha256/" + digest.hex();
}

// A layout at /layout with one artifact of one blob, listed as "v1".
class LayoutTest : public testing::Test {
 protected:
  void SetUp() override {
    auto layout = Layout::create(fs_, "/layout");
    ASSERT_TRUE(layout) << layout.error().to_string();
    blob_ = put(*layout, "a/blob", "content");
    oci::Manifest manifest;
    manifest.media_type = std::string(oci::kManifestType);
    manifest.config = put(*layout, oci::kEmptyType, oci::kEmptyBlob);
    manifest.layers = {*blob_};
    image_ = put(*layout, oci::kManifestType, oci::format_manifest(manifest));
    ASSERT_TRUE(layout->set_reference("v1", *image_));
    layout_ = std::make_unique<Layout>(*std::move(layout));
  }

  static oci::Descriptor put(Layout& layout, std::string_view type, std::string_view bytes) {
    auto descriptor = layout.put_blob(type, bytes);
    SKERRY_CHECK(descriptor.ok());
    return *std::move(descriptor);
  }
  std::string archive() {
    SKERRY_CHECK(export_archive(*layout_, "/image.tar").ok());
    return *sys::read_file(fs_, "/image.tar", 1u << 20);
  }
  // The error of importing `tar` into a fresh layout.
  Error import_error(std::string_view tar) {
    SKERRY_CHECK(sys::write_file_atomically(fs_, "/bad.tar", tar).ok());
    auto to = Layout::create(fs_, "/bad");
    SKERRY_CHECK(to.ok());
    const auto status = import_archive("/bad.tar", *to);
    EXPECT_FALSE(status);
    EXPECT_TRUE(to->manifests().empty());
    return status ? internal_error("imported") : status.error();
  }

  sys::fake::FakeFileSystem fs_;
  std::unique_ptr<Layout> layout_;
  std::optional<oci::Descriptor> blob_;
  std::optional<oci::Descriptor> image_;
};

TEST_F(LayoutTest, IsReadBackFromItsFolder) {
  const auto again = Layout::open(fs_, "/layout");
  ASSERT_TRUE(again) << again.error().to_string();
  const auto found = again->find("v1");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->digest, image_->digest);
  EXPECT_EQ(*again->read_blob(*blob_, 7), "content");
  EXPECT_TRUE(again->verify());
  EXPECT_EQ(again->find("v2").error().code(), Code::kNotFound);
  EXPECT_EQ(*sys::read_file(fs_, "/layout/oci-layout", 100), R"({"imageLayoutVersion":"1.0.0"})");
}

TEST_F(LayoutTest, ListsContentsBeforeWhatNamesThem) {
  const auto contents = layout_->contents(*image_);
  ASSERT_TRUE(contents);
  ASSERT_EQ(contents->size(), 3u);
  EXPECT_EQ((*contents)[0].media_type, oci::kEmptyType);
  EXPECT_EQ((*contents)[1].digest, blob_->digest);
  EXPECT_EQ((*contents)[2].digest, image_->digest);
}

TEST_F(LayoutTest, ReplacesAReferenceInPlace) {
  oci::Manifest index;
  index.media_type = std::string(oci::kIndexType);
  index.manifests = {*image_};
  const oci::Descriptor other = put(*layout_, oci::kIndexType, oci::format_manifest(index));
  ASSERT_TRUE(layout_->set_reference("v1", other));
  ASSERT_EQ(layout_->manifests().size(), 1u);
  EXPECT_EQ(layout_->find("v1")->digest, other.digest);
  EXPECT_EQ(layout_->contents(other)->size(), 4u);
  EXPECT_FALSE(layout_->set_reference("", other));
  EXPECT_FALSE(layout_->set_reference("a b", other));
}

TEST_F(LayoutTest, DetectsAFlippedBitAndHealsItOnTheNextPut) {
  ASSERT_TRUE(fs_.flip_bit(blob_path("/layout", blob_->digest), 3));
  EXPECT_EQ(layout_->verify().error().code(), Code::kDataLoss);
  EXPECT_EQ(layout_->read_blob(*blob_, 100).error().code(), Code::kDataLoss);
  EXPECT_EQ(export_archive(*layout_, "/image.tar").error().code(), Code::kDataLoss);
  EXPECT_FALSE(sys::exists(fs_, "/image.tar"));
  EXPECT_FALSE(sys::exists(fs_, "/image.tar.partial"));
  put(*layout_, "a/blob", "content");
  EXPECT_TRUE(layout_->verify());
}

TEST_F(LayoutTest, DetectsATruncatedAndAMissingBlob) {
  const std::string path = blob_path("/layout", blob_->digest);
  ASSERT_TRUE(sys::write_file_atomically(fs_, path, "cont"));
  EXPECT_EQ(layout_->verify().error().code(), Code::kDataLoss);
  ASSERT_TRUE(fs_.remove(path));
  EXPECT_EQ(layout_->verify().error().code(), Code::kNotFound);
}

TEST_F(LayoutTest, ReadsNoMoreThanAskedFor) {
  EXPECT_EQ(layout_->read_blob(*blob_, 6).error().code(), Code::kResourceExhausted);
}

TEST_F(LayoutTest, SurvivesACrashAfterEachAnsweredWrite) {
  fs_.crash();
  const auto again = Layout::open(fs_, "/layout");
  ASSERT_TRUE(again) << again.error().to_string();
  EXPECT_TRUE(again->verify());
}

TEST_F(LayoutTest, StaysAsItWasOnAFullDisk) {
  fs_.set_capacity(1);
  EXPECT_EQ(layout_->put_blob("a/b", std::string(1000, 'x')).error().code(),
            Code::kResourceExhausted);
  EXPECT_FALSE(layout_->set_reference("v2", *image_));
  EXPECT_FALSE(layout_->find("v2"));
  EXPECT_TRUE(Layout::open(fs_, "/layout")->verify());
}

TEST_F(LayoutTest, RefusesFoldersThatAreNoLayout) {
  EXPECT_EQ(Layout::open(fs_, "/nowhere").error().code(), Code::kNotFound);
  ASSERT_TRUE(
      sys::write_file_atomically(fs_, "/layout/oci-layout", R"({"imageLayoutVersion":"2.0.0"})"));
  EXPECT_EQ(Layout::open(fs_, "/layout").error().code(), Code::kInvalidArgument);
}

TEST_F(LayoutTest, CopiesAnImageWithAllItNames) {
  auto to = Layout::create(fs_, "/copy");
  ASSERT_TRUE(to);
  ASSERT_TRUE(copy_image(*layout_, *image_, "latest", *to));
  EXPECT_TRUE(to->verify());
  EXPECT_EQ(to->find("latest")->digest, image_->digest);
}

TEST_F(LayoutTest, RefusesToCopyAnImageOfDamagedParts) {
  ASSERT_TRUE(fs_.flip_bit(blob_path("/layout", blob_->digest), 3));
  auto to = Layout::create(fs_, "/copy");
  EXPECT_EQ(copy_image(*layout_, *image_, "v1", *to).error().code(), Code::kDataLoss);
  EXPECT_TRUE(to->manifests().empty());
}

TEST_F(LayoutTest, TravelsAsOneTar) {
  put(*layout_, "a/b", "reached by nothing");
  const std::string tar = archive();
  EXPECT_EQ(tar.find("reached by nothing"), std::string::npos);
  auto to = Layout::create(fs_, "/other");
  ASSERT_TRUE(to);
  const auto imported = import_archive("/image.tar", *to);
  ASSERT_TRUE(imported) << imported.error().to_string();
  EXPECT_TRUE(to->verify());
  EXPECT_EQ(to->index_json(), layout_->index_json());
  ASSERT_TRUE(export_archive(*to, "/again.tar"));
  EXPECT_EQ(*sys::read_file(fs_, "/again.tar", 1u << 20), tar);
}

TEST_F(LayoutTest, ImportKeepsTheReferencesThatWereThere) {
  archive();
  auto to = Layout::create(fs_, "/other");
  const oci::Descriptor blob = put(*to, "a/b", "mine");
  ASSERT_TRUE(to->set_reference("mine", blob));
  ASSERT_TRUE(import_archive("/image.tar", *to));
  EXPECT_TRUE(to->find("mine"));
  EXPECT_TRUE(to->find("v1"));
}

TEST_F(LayoutTest, ImportRefusesDamagedArchives) {
  const std::string tar = archive();
  auto members = bundle::read_tar(tar);
  ASSERT_TRUE(members);
  const std::string blob = "blobs/sha256/" + blob_->digest.hex();
  std::vector<bundle::TarEntry> flipped;
  std::vector<bundle::TarEntry> missing;
  std::vector<bundle::TarEntry> no_marker;
  for (const bundle::TarEntry& member : *members) {
    flipped.push_back(member);
    if (member.path == blob) flipped.back().content = "kontent";
    if (member.path != blob) missing.push_back(member);
    if (member.path != "oci-layout") no_marker.push_back(member);
  }
  EXPECT_EQ(import_error(*bundle::write_tar(flipped)).code(), Code::kDataLoss);
  EXPECT_EQ(import_error(*bundle::write_tar(missing)).code(), Code::kNotFound);
  EXPECT_EQ(import_error(*bundle::write_tar(no_marker)).code(), Code::kInvalidArgument);
  EXPECT_EQ(import_error(tar.substr(0, tar.size() / 2)).code(), Code::kInvalidArgument);
  EXPECT_EQ(import_error("no tar").code(), Code::kInvalidArgument);
}

TEST_F(LayoutTest, ImportRefusesNamesThatAreNoDigestsAndLinks) {
  for (const std::string_view path :
       {"blobs/x", "blobs/sha256/xyz", "blobs/md5/00", "blobs/sha256/a/b"}) {
    const Error error =
        import_error(*bundle::write_tar({{.path = std::string(path), .content = "x"}}));
    EXPECT_EQ(error.code(), Code::kInvalidArgument) << path;
  }
  const Error error = import_error(*bundle::write_tar(
      {{.path = "blobs", .kind = bundle::TarEntry::Kind::kSymlink, .link_target = "index.json"}}));
  EXPECT_THAT(error.message(), HasSubstr("is a link"));
}

TEST_F(LayoutTest, DoesNotFollowManifestsInCirclesOrTooDeep) {
  oci::Descriptor inner = *image_;
  for (int i = 0; i < 12; ++i) {
    oci::Manifest index;
    index.media_type = std::string(oci::kIndexType);
    index.manifests = {inner};
    index.annotations = {{"level", std::to_string(i)}};
    inner = put(*layout_, oci::kIndexType, oci::format_manifest(index));
  }
  EXPECT_EQ(layout_->contents(inner).error().code(), Code::kResourceExhausted);
}

}  // namespace
}  // namespace skerry::image
