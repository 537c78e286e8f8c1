// SPDX-License-Identifier: Apache-2.0
//
// What the conformance suite cannot see from outside: power cuts, a full disk, damaged files, the
// derived index, limits and garbage collection.
#include "registry/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sys/fake/clock.h"
#include "sys/fake/files.h"
#include "sys/random.h"

namespace skerry::registry {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

Code code_of(const Status& status) { return status ? Code{} : status.error().code(); }
template <typename T>
Code code_of(const Result<T>& result) {
  return result ? Code{} : result.error().code();
}

class StoreTest : public testing::Test {
 protected:
  StoreTest() { open(); }

  void open() {
    store_.reset();
    auto opened = Store::open(disk_, clock_, random_, "/registry", options_);
    ASSERT_TRUE(opened.ok()) << opened.error().to_string();
    store_ = std::move(*opened);
  }

  void cut_power() {
    store_.reset();
    disk_.crash();
    open();
  }

  static oci::Descriptor descriptor(std::string_view bytes, std::string_view type) {
    return {std::string(type), Digest::of(bytes), bytes.size(), "", {}, std::nullopt};
  }

  Status push(std::string_view bytes) {
    return store_->put_blob("models/a", descriptor(bytes, "application/octet-stream"),
                            [&](std::uint64_t offset, std::span<char> out) -> Result<std::size_t> {
                              return bytes.substr(offset).copy(out.data(), out.size());
                            });
  }

  Result<Digest> push_artifact(const std::string& reference, std::string_view text,
                               std::optional<oci::Descriptor> subject = std::nullopt) {
    TRY(push(text));
    TRY(push(oci::kEmptyBlob));
    oci::Manifest manifest;
    manifest.media_type = oci::kManifestType;
    manifest.artifact_type = "application/vnd.example.thing";
    manifest.config = oci::empty_descriptor();
    manifest.layers = {descriptor(text, "application/octet-stream")};
    manifest.subject = std::move(subject);
    const std::string bytes = oci::format_manifest(manifest);
    return store_->put_manifest("models/a",
                                reference.empty() ? Digest::of(bytes).to_string() : reference,
                                oci::kManifestType, bytes);
  }

  oci::Descriptor as_subject(const Digest& digest) {
    return {std::string(oci::kManifestType), digest, 1, "", {}, std::nullopt};
  }

  bool has(const std::string& reference) { return store_->resolve("models/a", reference).ok(); }
  bool has_blob(std::string_view text) { return *store_->has_blob("models/a", Digest::of(text)); }
  std::size_t referrers(const Digest& subject) {
    return store_->referrers("models/a", subject, "")->size();
  }
  static std::string blob_path(std::string_view text) {
    const std::string hex = Digest::of(text).hex();
    return "/registry/blobs/sha256/" + hex.substr(0, 2) + "/" + hex;
  }

  Store::Options options_;
  sys::fake::FakeFileSystem disk_;
  sys::fake::FakeClock clock_;
  sys::SeededRandom random_{7};
  std::unique_ptr<Store> store_;
};

TEST_F(StoreTest, KeepsWhatItAcknowledgedThroughAPowerCut) {
  const auto subject = push_artifact("v1", "model");
  ASSERT_TRUE(subject.ok()) << subject.error().to_string();
  const auto referrer = push_artifact("", "signature", as_subject(*subject));
  ASSERT_TRUE(referrer.ok());
  cut_power();
  EXPECT_TRUE(has("v1"));
  EXPECT_TRUE(has(referrer->to_string()));
  EXPECT_TRUE(has_blob("model"));
  EXPECT_EQ(referrers(*subject), 1u);
  EXPECT_TRUE(store_->get_manifest("models/a", "v1").ok());
  EXPECT_THAT(*store_->verify(), IsEmpty());
}

TEST_F(StoreTest, KeepsARemovalThroughAPowerCut) {
  ASSERT_TRUE(push_artifact("v1", "model").ok());
  const auto digest = push_artifact("v2", "other");
  ASSERT_TRUE(store_->remove("models/a", "v1").ok());
  ASSERT_TRUE(store_->remove("models/a", digest->to_string()).ok());
  cut_power();
  EXPECT_FALSE(has("v1"));
  EXPECT_FALSE(has("v2"));
  EXPECT_FALSE(has(digest->to_string()));
}

TEST_F(StoreTest, BuildsTheReferrerIndexAgain) {
  const auto subject = push_artifact("v1", "model");
  ASSERT_TRUE(push_artifact("", "signature", as_subject(*subject)).ok());
  const auto before = store_->referrers("models/a", *subject, "");
  store_.reset();
  ASSERT_TRUE(disk_.remove_tree("/registry/index").ok());
  open();
  const auto after = store_->referrers("models/a", *subject, "");
  ASSERT_EQ(after->size(), 1u);
  EXPECT_EQ(after->front().digest, before->front().digest);
  EXPECT_EQ(after->front().artifact_type, "application/vnd.example.thing");
  EXPECT_EQ(after->front().size_bytes, before->front().size_bytes);
}

TEST_F(StoreTest, ListsNoReferrerWhoseManifestNeverCame) {
  const auto subject = push_artifact("v1", "model");
  disk_.set_capacity(0);  // The manifest's own bytes find no room.
  EXPECT_EQ(code_of(push_artifact("", "signature", as_subject(*subject))),
            Code::kResourceExhausted);
  EXPECT_EQ(referrers(*subject), 0u);
}

TEST_F(StoreTest, SurvivesAFullDisk) {
  ASSERT_TRUE(push_artifact("v1", "model").ok());
  disk_.set_capacity(20'000);
  const std::string large(100'000, 'x');
  EXPECT_EQ(code_of(push(large)), Code::kResourceExhausted);
  EXPECT_FALSE(has_blob(large));
  EXPECT_TRUE(disk_.list("/registry/uploads")->empty());
  EXPECT_TRUE(has("v1"));
  disk_.set_capacity(1'000'000);
  EXPECT_TRUE(push(large).ok());
  cut_power();
  EXPECT_TRUE(has_blob(large));
}

TEST_F(StoreTest, IsWholeAfterAPowerCutAtAnyStepOfAPush) {
  const auto subject = push_artifact("v1", "model");
  ASSERT_TRUE(subject.ok());
  std::size_t listed = 0;
  int step = 0;
  for (bool acknowledged = false; !acknowledged;) {
    ASSERT_LT(++step, 100);
    const std::string text = "signature " + std::to_string(step);
    const std::string name = "tag-" + std::to_string(step);
    disk_.fail_sync(step);
    const auto pushed = push_artifact(name, text, as_subject(*subject));
    disk_.fail_sync(0);
    acknowledged = pushed.ok();
    cut_power();
    const auto tags = store_->tags("models/a");
    for (const std::string& tag : *tags) {
      EXPECT_TRUE(store_->get_manifest("models/a", tag).ok()) << tag << " after step " << step;
    }
    EXPECT_TRUE(!acknowledged || has(name));
    // What is tagged is listed, and what is listed is there.
    EXPECT_GE(referrers(*subject), listed + (has(name) ? 1 : 0)) << step;
    listed = referrers(*subject);
    EXPECT_TRUE(!has(name) || has_blob(text));
    EXPECT_THAT(*store_->verify(), IsEmpty());
  }
  EXPECT_GT(step, 6);  // Blob, its link, manifest, index entry, manifest's link, tag; then none.
}

TEST_F(StoreTest, NoticesFlippedBits) {
  const auto digest = push_artifact("v1", "model");
  const std::string manifest = (*store_->get_manifest("models/a", "v1"))->bytes;
  ASSERT_TRUE(disk_.flip_bit(blob_path(manifest), 9).ok());
  EXPECT_EQ(code_of(store_->get_manifest("models/a", "v1")), Code::kDataLoss);
  ASSERT_TRUE(disk_.flip_bit(blob_path("model"), 3).ok());
  EXPECT_THAT(*store_->verify(), testing::UnorderedElementsAre(*digest, Digest::of("model")));
}

TEST_F(StoreTest, HealsADamagedBlobByANewUpload) {
  ASSERT_TRUE(push("model").ok());
  ASSERT_TRUE(disk_.flip_bit(blob_path("model"), 3).ok());
  const std::string id = *store_->begin_upload("models/a");
  ASSERT_TRUE((*store_->uploads().resume("models/a", id, 0))->write("model").ok());
  ASSERT_TRUE(store_->finish_upload("models/a", id, Digest::of("model")).ok());
  EXPECT_THAT(*store_->verify(), IsEmpty());
}

TEST_F(StoreTest, RefusesAManifestThatGivesABlobAnotherSize) {
  ASSERT_TRUE(push("{}").ok());
  oci::Manifest manifest;
  manifest.media_type = oci::kManifestType;
  manifest.config = oci::empty_descriptor();
  manifest.config->size_bytes = 3;
  EXPECT_EQ(code_of(store_->put_manifest("models/a", "v1", oci::kManifestType,
                                         oci::format_manifest(manifest))),
            Code::kInvalidArgument);
}

TEST_F(StoreTest, RefusesAMediaTypeThatIsNoHeader) {
  EXPECT_EQ(code_of(store_->put_manifest(
                "models/a", "v1", "",
                R"({"schemaVersion":2,"mediaType":"text/plain\r\nSet-Cookie: a=b"})")),
            Code::kInvalidArgument);
}

TEST_F(StoreTest, TakesLayersThatAreHeldElsewhere) {
  ASSERT_TRUE(push("{}").ok());
  oci::Manifest manifest;
  manifest.media_type = oci::kManifestType;
  manifest.config = oci::empty_descriptor();
  manifest.layers = {
      descriptor("base", "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip")};
  EXPECT_TRUE(
      store_->put_manifest("models/a", "v1", oci::kManifestType, oci::format_manifest(manifest))
          .ok());
}

TEST_F(StoreTest, BoundsTagsRepositoriesAndUploads) {
  options_.tags_max = 2;
  options_.repositories_max = 1;
  options_.uploads_max = 2;
  open();
  ASSERT_TRUE(push_artifact("v1", "one").ok());
  ASSERT_TRUE(push_artifact("v2", "two").ok());
  EXPECT_EQ(code_of(push_artifact("v3", "three")), Code::kResourceExhausted);
  EXPECT_TRUE(push_artifact("v1", "three").ok());  // A tag that is there may move.

  ASSERT_TRUE(store_->mount_blob("models/b", Digest::of("{}"), "models/a").ok());
  oci::Manifest manifest;
  manifest.media_type = oci::kManifestType;
  manifest.config = oci::empty_descriptor();
  EXPECT_EQ(code_of(store_->put_manifest("models/b", "v1", oci::kManifestType,
                                         oci::format_manifest(manifest))),
            Code::kResourceExhausted);

  ASSERT_TRUE(store_->begin_upload("models/a").ok());
  ASSERT_TRUE(store_->begin_upload("models/a").ok());
  EXPECT_EQ(code_of(store_->begin_upload("models/a")), Code::kResourceExhausted);
}

TEST_F(StoreTest, BoundsTheSizeOfABlob) {
  options_.blob_bytes_max = 10;
  open();
  EXPECT_TRUE(push("0123456789").ok());
  EXPECT_EQ(code_of(push("0123456789a")), Code::kResourceExhausted);
}

TEST_F(StoreTest, MountsWithoutACopyAndOnlyWhatIsThere) {
  ASSERT_TRUE(push("model").ok());
  EXPECT_TRUE(store_->mount_blob("models/b", Digest::of("model"), "models/a").ok());
  EXPECT_TRUE(*store_->has_blob("models/b", Digest::of("model")));
  EXPECT_EQ(code_of(store_->mount_blob("models/b", Digest::of("other"), "models/a")),
            Code::kNotFound);
  EXPECT_FALSE(*store_->has_blob("models/c", Digest::of("model")));
}

// Garbage collection. The fake disk's files are decades old; only what the store remembers is
// young.

TEST_F(StoreTest, CollectsWhatNothingNeeds) {
  const auto kept = push_artifact("v1", "model");
  const auto lost = push_artifact("old", "old model");
  ASSERT_TRUE(push("never used").ok());
  ASSERT_TRUE(store_->remove("models/a", "old").ok());
  clock_.advance(hours(25));
  const auto collected = store_->collect(hours(24));
  ASSERT_TRUE(collected.ok()) << collected.error().to_string();
  EXPECT_EQ(collected->manifests, 1u);
  EXPECT_EQ(collected->blobs, 3u);  // The manifest, its layer, the unused blob.
  EXPECT_GT(collected->bytes, 0u);
  EXPECT_TRUE(has("v1"));
  EXPECT_TRUE(has_blob("model"));
  EXPECT_FALSE(has(lost->to_string()));
  EXPECT_FALSE(sys::exists(disk_, blob_path("old model")));
  EXPECT_FALSE(sys::exists(disk_, blob_path("never used")));
  EXPECT_TRUE(has(kept->to_string()));
}

TEST_F(StoreTest, LeavesWhatIsYoungerThanTheGrace) {
  ASSERT_TRUE(push("just pushed").ok());
  const auto untagged = push_artifact("", "by digest");
  clock_.advance(hours(23));
  const auto collected = store_->collect(hours(24));
  EXPECT_EQ(collected->blobs, 0u);
  EXPECT_TRUE(has_blob("just pushed"));
  EXPECT_TRUE(has(untagged->to_string()));
}

TEST_F(StoreTest, LeavesABlobThatAClientWasToldOf) {
  ASSERT_TRUE(push("asked for").ok());
  clock_.advance(hours(100));
  ASSERT_TRUE(has_blob("asked for"));
  ASSERT_TRUE(store_->collect(hours(24)).ok());
  EXPECT_TRUE(push_artifact("v1", "asked for").ok());
}

TEST_F(StoreTest, LeavesReferrersAndChildrenOfWhatIsTagged) {
  const auto subject = push_artifact("v1", "model");
  const auto signature = push_artifact("", "signature", as_subject(*subject));
  const auto of_signature = push_artifact("", "countersignature", as_subject(*signature));
  const auto child = push_artifact("", "amd64");
  oci::Manifest index;
  index.media_type = oci::kIndexType;
  index.manifests = {as_subject(*child)};
  ASSERT_TRUE(
      store_->put_manifest("models/a", "image", oci::kIndexType, oci::format_manifest(index)).ok());
  clock_.advance(hours(100));
  const auto collected = store_->collect(hours(24));
  EXPECT_EQ(collected->manifests, 0u);
  EXPECT_TRUE(has(signature->to_string()));
  EXPECT_TRUE(has(of_signature->to_string()));
  EXPECT_TRUE(has(child->to_string()));

  ASSERT_TRUE(store_->remove("models/a", subject->to_string()).ok());
  clock_.advance(hours(100));
  EXPECT_EQ(store_->collect(hours(24))->manifests, 2u);
}

TEST_F(StoreTest, KeepsAllOfARepositoryItCannotRead) {
  ASSERT_TRUE(push_artifact("v1", "model").ok());
  ASSERT_TRUE(push("unused").ok());
  const std::string manifest = (*store_->get_manifest("models/a", "v1"))->bytes;
  ASSERT_TRUE(disk_.flip_bit(blob_path(manifest), 9).ok());
  clock_.advance(hours(100));
  EXPECT_EQ(store_->collect(hours(24))->blobs, 0u);
  EXPECT_TRUE(sys::exists(disk_, blob_path("unused")));
}

TEST_F(StoreTest, ForgetsARepositoryThatHoldsNothing) {
  const auto digest = push_artifact("v1", "model");
  ASSERT_TRUE(store_->remove("models/a", digest->to_string()).ok());
  EXPECT_THAT(*store_->repositories(), ElementsAre("models/a"));
  clock_.advance(hours(100));
  ASSERT_TRUE(store_->collect(seconds(0)).ok());
  EXPECT_THAT(*store_->repositories(), IsEmpty());
  EXPECT_EQ(code_of(store_->tags("models/a")), Code::kNotFound);
}

TEST_F(StoreTest, RemovesAbandonedUploads) {
  const std::string idle = *store_->begin_upload("models/a");
  clock_.advance(hours(20));
  const std::string busy = *store_->begin_upload("models/a");
  clock_.advance(hours(5));
  EXPECT_EQ(store_->collect(hours(24))->uploads, 1u);
  EXPECT_EQ(code_of(store_->uploads().offset("models/a", idle)), Code::kNotFound);
  EXPECT_TRUE(store_->uploads().offset("models/a", busy).ok());
}

TEST_F(StoreTest, LooksForAbandonedUploadsBeforeANewOne) {
  options_.uploads_max = 1;
  open();
  ASSERT_TRUE(store_->begin_upload("models/a").ok());
  clock_.advance(hours(25));
  EXPECT_TRUE(store_->begin_upload("models/a").ok());
}

}  // namespace
}  // namespace skerry::registry
