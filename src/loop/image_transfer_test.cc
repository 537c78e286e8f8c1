// SPDX-License-Identifier: Apache-2.0
#include "loop/image_transfer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry/store.h"
#include "sys/fake/clock.h"
#include "sys/fake/files.h"

namespace skerry::loop {
namespace {

using testing::HasSubstr;

constexpr const char* kRepository = "models/pump";
constexpr std::uint64_t kBlobBytesMax = 1u << 20;

class ImageTransferTest : public testing::Test {
 protected:
  void SetUp() override {
    auto store = registry::Store::open(registry_disk_, clock_, random_, "/registry", {});
    ASSERT_TRUE(store.ok());
    store_ = *std::move(store);
  }

  image::Layout layout(const std::string& folder) {
    auto made = image::Layout::create(disk_, folder);
    EXPECT_TRUE(made.ok());
    return *std::move(made);
  }

  static oci::Descriptor put(image::Layout& layout, std::string_view type, std::string_view bytes) {
    const Result<oci::Descriptor> descriptor = layout.put_blob(type, bytes);
    EXPECT_TRUE(descriptor.ok());
    return *descriptor;
  }
  static oci::Descriptor put(image::Layout& layout, const oci::Manifest& manifest) {
    return put(layout, manifest.media_type, oci::format_manifest(manifest));
  }

  // An index over one image of two layers, listed as "v1-image".
  static oci::Descriptor make_image(image::Layout& layout) {
    oci::Manifest image;
    image.media_type = oci::kManifestType;
    image.config = put(layout, oci::kConfigType, "{}");
    image.layers = {put(layout, oci::kLayerTarType, "base layer"),
                    put(layout, oci::kLayerTarType, "model layer")};
    oci::Manifest index;
    index.media_type = oci::kIndexType;
    index.manifests = {put(layout, image)};
    const oci::Descriptor root = put(layout, index);
    EXPECT_TRUE(layout.set_reference("v1-image", root).ok());
    return root;
  }

  Result<oci::Descriptor> pull(image::Layout& into, std::uint64_t blob_bytes_max = kBlobBytesMax) {
    return pull_image(*store_, kRepository, "v1-image", into, "pulled", blob_bytes_max);
  }
  // Path of a blob in the registry's folder.
  static std::string blob_path(const Digest& digest) {
    return "/registry/blobs/sha256/" + digest.hex().substr(0, 2) + "/" + digest.hex();
  }

  sys::fake::FakeFileSystem disk_;
  sys::fake::FakeFileSystem registry_disk_;
  sys::fake::FakeClock clock_;
  sys::SeededRandom random_{1};
  std::unique_ptr<registry::Store> store_;
};

TEST_F(ImageTransferTest, ImageComesBackAsItWas) {
  image::Layout from = layout("/from");
  const oci::Descriptor root = make_image(from);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> progress;
  const Status pushed = push_image(
      from, root, *store_, kRepository, "v1-image",
      [&](std::uint64_t done, std::uint64_t total) { progress.emplace_back(done, total); });
  ASSERT_TRUE(pushed.ok()) << pushed.error().to_string();
  ASSERT_EQ(progress.size(), 5u);  // Config, two layers, image, index.
  EXPECT_TRUE(std::ranges::is_sorted(progress));
  EXPECT_EQ(progress.back().first, progress.back().second);

  image::Layout to = layout("/to");
  const Result<oci::Descriptor> pulled = pull(to);
  ASSERT_TRUE(pulled.ok()) << pulled.error().to_string();
  EXPECT_EQ(pulled->digest, root.digest);
  EXPECT_EQ(to.find("pulled")->digest, root.digest);
  EXPECT_TRUE(to.verify().ok());
  EXPECT_EQ(to.contents(*pulled)->size(), 5u);
}

TEST_F(ImageTransferTest, PushingAgainChangesNothing) {
  image::Layout from = layout("/from");
  const oci::Descriptor root = make_image(from);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(push_image(from, root, *store_, kRepository, "v1-image", {}).ok());
  }
  EXPECT_EQ(store_->tags(kRepository)->size(), 1u);
}

TEST_F(ImageTransferTest, LayoutWithoutABlobIsNotPushed) {
  image::Layout from = layout("/from");
  const oci::Descriptor root = make_image(from);
  const Digest layer = Digest::of("base layer");
  ASSERT_TRUE(disk_.remove("/from/blobs/sha256/" + layer.hex()).ok());
  const Status pushed = push_image(from, root, *store_, kRepository, "v1-image", {});
  ASSERT_FALSE(pushed.ok());
  EXPECT_THAT(pushed.error().message(), HasSubstr("models/pump"));
  EXPECT_FALSE(store_->resolve(kRepository, "v1-image").ok());
}

TEST_F(ImageTransferTest, DamagedBlobIsNotPulled) {
  image::Layout from = layout("/from");
  const oci::Descriptor root = make_image(from);
  ASSERT_TRUE(push_image(from, root, *store_, kRepository, "v1-image", {}).ok());
  const std::string path = blob_path(Digest::of("model layer"));
  ASSERT_TRUE(registry_disk_.flip_bit(path, 3).ok());
  image::Layout to = layout("/to");
  EXPECT_EQ(pull(to).error().code(), Code::kDataLoss);
  EXPECT_FALSE(to.find("pulled").ok());
  // Repaired, the same layout takes the rest.
  ASSERT_TRUE(registry_disk_.flip_bit(path, 3).ok());
  EXPECT_TRUE(pull(to).ok());
  EXPECT_TRUE(to.verify().ok());
}

TEST_F(ImageTransferTest, BlobAboveTheLimitIsNotPulled) {
  image::Layout from = layout("/from");
  ASSERT_TRUE(push_image(from, make_image(from), *store_, kRepository, "v1-image", {}).ok());
  image::Layout to = layout("/to");
  EXPECT_EQ(pull(to, 10).error().code(), Code::kResourceExhausted);
}

TEST_F(ImageTransferTest, UnknownReferenceIsNotFound) {
  image::Layout to = layout("/to");
  EXPECT_EQ(pull(to).error().code(), Code::kNotFound);
}

TEST_F(ImageTransferTest, IndexesThatNestTooDeepAreRefused) {
  oci::Manifest leaf;
  leaf.media_type = oci::kIndexType;
  std::string bytes = oci::format_manifest(leaf);
  for (int depth = 0; depth < 6; ++depth) {
    const Result<Digest> stored =
        store_->put_manifest(kRepository, Digest::of(bytes).to_string(), oci::kIndexType, bytes);
    ASSERT_TRUE(stored.ok()) << stored.error().to_string();
    oci::Manifest outer;
    outer.media_type = oci::kIndexType;
    outer.manifests = {{std::string(oci::kIndexType), *stored, bytes.size()}};
    bytes = oci::format_manifest(outer);
  }
  ASSERT_TRUE(store_->put_manifest(kRepository, "v1-image", oci::kIndexType, bytes).ok());
  image::Layout to = layout("/to");
  const Result<oci::Descriptor> pulled = pull(to);
  ASSERT_FALSE(pulled.ok());
  EXPECT_EQ(pulled.error().code(), Code::kInvalidArgument);
  EXPECT_THAT(pulled.error().message(), HasSubstr("too deep"));
}

}  // namespace
}  // namespace skerry::loop
