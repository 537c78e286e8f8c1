// SPDX-License-Identifier: Apache-2.0
#include "loop/rollout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loop/sample_model.h"
#include "registry/store.h"
#include "sys/fake/clock.h"
#include "sys/fake/files.h"

namespace skerry::loop {
namespace {

using testing::HasSubstr;

class RolloutControllerTest : public testing::Test {
 protected:
  void SetUp() override {
    auto store = registry::Store::open(disk_, clock_, random_, "/registry", {});
    ASSERT_TRUE(store.ok()) << store.error().to_string();
    store_ = *std::move(store);
    RolloutController::Options options;
    options.intervals.poll = std::chrono::seconds(7);
    controller_ = std::make_unique<RolloutController>(*store_, options);
  }

  Digest push(const bundle::Bundle& bundle, const std::string& tag) {
    const Result<Digest> digest = push_bundle(*store_, bundle, tag);
    EXPECT_TRUE(digest.ok()) << digest.error().to_string();
    return *digest;
  }
  Digest push(const std::string& model, std::int64_t version) {
    return push(sum_bundle(model, version), version_tag(version));
  }

  // Starts a rollout that must succeed, and checks that it is what the registry holds afterwards.
  SiteSpec start(const std::string& model, const std::string& tag, const std::string& ring) {
    const Result<SiteSpec> spec = controller_->start({model, tag}, ring);
    EXPECT_TRUE(spec.ok()) << spec.error().to_string();
    if (!spec.ok()) return {};
    const auto rings = controller_->rings();
    EXPECT_TRUE(rings.ok());
    EXPECT_EQ(site_spec_to_json(rings->at(ring)), site_spec_to_json(*spec));
    return *spec;
  }
  Error refuse(const std::string& model, const std::string& tag, const std::string& ring) {
    const Result<SiteSpec> spec = controller_->start({model, tag}, ring);
    EXPECT_FALSE(spec.ok());
    return spec.ok() ? internal_error("it was accepted") : spec.error();
  }

  sys::fake::FakeFileSystem disk_;
  sys::fake::FakeClock clock_;
  sys::SeededRandom random_{1};
  std::unique_ptr<registry::Store> store_;
  std::unique_ptr<RolloutController> controller_;
};

TEST_F(RolloutControllerTest, FirstRolloutMakesGenerationOne) {
  const Digest v1 = push("pump", 1);
  const SiteSpec spec = start("pump", "v1", "main");
  EXPECT_EQ(spec.ring, "main");
  EXPECT_EQ(spec.generation, 1);
  EXPECT_EQ(spec.intervals.poll, std::chrono::seconds(7));
  ASSERT_EQ(spec.models.size(), 1u);
  EXPECT_EQ(spec.models[0].name, "pump");
  EXPECT_EQ(spec.models[0].current, v1);
  EXPECT_EQ(spec.models[0].previous, std::nullopt);
}

TEST_F(RolloutControllerTest, ModelBeforeBecomesPreviousAndCanComeBack) {
  const Digest v1 = push("pump", 1);
  const Digest v2 = push("pump", 2);
  start("pump", "v1", "main");
  const SiteSpec forward = start("pump", "v2", "main");
  EXPECT_EQ(forward.generation, 2);
  EXPECT_EQ(forward.models[0].current, v2);
  EXPECT_EQ(forward.models[0].previous, v1);
  const SiteSpec back = start("pump", "v1", "main");
  EXPECT_EQ(back.generation, 3);
  EXPECT_EQ(back.models[0].current, v1);
  EXPECT_EQ(back.models[0].previous, v2);
}

TEST_F(RolloutControllerTest, StartingTheCurrentModelChangesNothing) {
  push("pump", 1);
  push("pump", 2);
  start("pump", "v1", "main");
  start("pump", "v2", "main");
  const SiteSpec again = start("pump", "v2", "main");
  EXPECT_EQ(again.generation, 2);
}

TEST_F(RolloutControllerTest, GenerationCountsOverAllRings) {
  push("pump", 1);
  push("pump", 2);
  EXPECT_EQ(start("pump", "v1", "pilot").generation, 1);
  EXPECT_EQ(start("pump", "v1", "main").generation, 2);
  EXPECT_EQ(start("pump", "v2", "pilot").generation, 3);
  // A controller that starts anew reads the counter from the registry.
  controller_ = std::make_unique<RolloutController>(*store_, RolloutController::Options{});
  EXPECT_EQ(start("pump", "v2", "main").generation, 4);
}

TEST_F(RolloutControllerTest, SecondModelJoinsTheRing) {
  push("pump", 1);
  const Digest fan = push("fan", 1);
  start("pump", "v1", "main");
  const SiteSpec both = start("fan", "v1", "main");
  EXPECT_EQ(both.generation, 2);
  ASSERT_EQ(both.models.size(), 2u);
  EXPECT_EQ(both.models[1].name, "fan");
  EXPECT_EQ(both.models[1].current, fan);
}

TEST_F(RolloutControllerTest, RingFullOfModelsTakesNoMoreAndStaysReadable) {
  std::string last;
  for (int i = 0; i < 64; ++i) {
    last = "pump-" + std::to_string(i);
    push(last, 1);
    start(last, "v1", "main");
  }
  push("pump-64", 1);
  EXPECT_EQ(refuse("pump-64", "v1", "main").code(), Code::kInvalidArgument);
  push(last, 2);
  EXPECT_EQ(start(last, "v2", "main").generation, 65);
}

TEST_F(RolloutControllerTest, OtherFeaturesThanInServiceAreRefused) {
  push("pump", 1);
  push(other_pipeline_bundle("pump", 2), "v2");
  start("pump", "v1", "main");
  const Error error = refuse("pump", "v2", "main");
  EXPECT_EQ(error.code(), Code::kFailedPrecondition);
  EXPECT_THAT(error.message(), HasSubstr("pump:v2 computes its features differently"));
  EXPECT_EQ(controller_->rings()->at("main").generation, 1);
  // Where nothing is in service there is nothing to lose.
  start("pump", "v2", "other");
}

TEST_F(RolloutControllerTest, UnknownModelAndTagAreNotFound) {
  EXPECT_EQ(refuse("pump", "v1", "main").code(), Code::kNotFound);
  push("pump", 1);
  EXPECT_EQ(refuse("pump", "v2", "main").code(), Code::kNotFound);
  EXPECT_TRUE(controller_->rings()->empty());
}

TEST_F(RolloutControllerTest, BadRingIsRefused) {
  push("pump", 1);
  for (const char* ring : {"", "../main", "Main", "a/b", "a b"}) {
    const Error error = refuse("pump", "v1", ring);
    EXPECT_EQ(error.code(), Code::kInvalidArgument) << ring;
    EXPECT_THAT(error.message(), HasSubstr("ring"));
  }
}

TEST_F(RolloutControllerTest, WhatIsNoModelIsRefused) {
  ASSERT_TRUE(push_artifact(*store_, "models/junk", "v1", "no tar at all").ok());
  EXPECT_EQ(refuse("junk", "v1", "main").code(), Code::kInvalidArgument);

  oci::Manifest image;
  image.media_type = oci::kManifestType;
  image.config = *write_blob(*store_, "models/junk", oci::kConfigType, "{}");
  ASSERT_TRUE(
      store_
          ->put_manifest("models/junk", "v1-image", oci::kManifestType, oci::format_manifest(image))
          .ok());
  const Error error = refuse("junk", "v1-image", "main");
  EXPECT_EQ(error.code(), Code::kInvalidArgument);
  EXPECT_THAT(error.message(), HasSubstr("no model artifact"));
}

TEST_F(RolloutControllerTest, BundleOfAnotherModelIsRefused) {
  const Result<std::string> tar = bundle::pack(sum_bundle("fan", 1));
  ASSERT_TRUE(push_artifact(*store_, "models/pump", "v1", *tar).ok());
  const Error error = refuse("pump", "v1", "main");
  EXPECT_EQ(error.code(), Code::kInvalidArgument);
  EXPECT_THAT(error.message(), HasSubstr("\"fan\""));
}

TEST_F(RolloutControllerTest, BundleAboveTheLimitIsRefused) {
  push("pump", 1);
  RolloutController::Options options;
  options.bundle_bytes_max = 100;
  controller_ = std::make_unique<RolloutController>(*store_, options);
  EXPECT_EQ(refuse("pump", "v1", "main").code(), Code::kResourceExhausted);
}

TEST_F(RolloutControllerTest, DamagedDesiredStateIsNotOverwritten) {
  push("pump", 1);
  const SiteSpec spec = start("pump", "v1", "main");
  // The SiteSpec of one ring under the name of another.
  oci::Manifest manifest;
  manifest.media_type = oci::kManifestType;
  manifest.artifact_type = oci::kSiteSpecType;
  manifest.config = *write_blob(*store_, "fleet/pilot", oci::kEmptyType, oci::kEmptyBlob);
  manifest.layers.push_back(
      *write_blob(*store_, "fleet/pilot", oci::kSiteSpecType, json::dump(site_spec_to_json(spec))));
  ASSERT_TRUE(store_
                  ->put_manifest("fleet/pilot", "desired", oci::kManifestType,
                                 oci::format_manifest(manifest))
                  .ok());
  const Error error = refuse("pump", "v1", "pilot");
  EXPECT_EQ(error.code(), Code::kDataLoss);
  EXPECT_THAT(error.message(), HasSubstr("fleet/pilot"));
}

TEST_F(RolloutControllerTest, FullDiskLeavesTheOldState) {
  push("pump", 1);
  push("pump", 2);
  start("pump", "v1", "main");
  disk_.set_capacity(0);
  EXPECT_EQ(refuse("pump", "v2", "main").code(), Code::kResourceExhausted);
  disk_.set_capacity(1u << 30);
  EXPECT_EQ(controller_->rings()->at("main").generation, 1);
  EXPECT_EQ(start("pump", "v2", "main").generation, 2);
}

}  // namespace
}  // namespace skerry::loop
