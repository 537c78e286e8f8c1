// SPDX-License-Identifier: Apache-2.0
#include "serve/loaded_model.h"

#include <gtest/gtest.h>

#include <cmath>

#include "serve/check_rows.h"
#include "serve/fake_runtime_test.h"

namespace skerry::serve {
namespace {

TEST(LoadedModel, LoadsABundleWhoseChecksHold) {
  const auto model = load_fake(sum_manifest("pump", 3, 2), "sum 2", "sha256:ab");
  ASSERT_TRUE(model.ok()) << model.error().message();
  EXPECT_EQ((*model)->name, "pump");
  EXPECT_EQ((*model)->digest, "sha256:ab");
  EXPECT_EQ((*model)->pipeline->names().size(), 3u);
  EXPECT_TRUE((*model)->manifest->checks.rows.empty()) << "kept no longer than needed";
}

TEST(LoadedModel, RefusesAGraphThatGivesOtherAnswers) {
  const auto model = load_fake(sum_manifest("pump", 3, 2), "sum 2.001");
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().code(), Code::kFailedPrecondition);
  EXPECT_NE(model.error().message().find("check row 0"), std::string::npos);
}

TEST(LoadedModel, RefusesFeaturesThatDifferInOneBit) {
  bundle::Manifest manifest = sum_manifest("pump", 3, 2);
  float& feature = manifest.checks.sequences[0].features[2][1];
  feature = std::nextafter(feature, 100.0f);
  const auto model = load_fake(manifest, "sum 2");
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().code(), Code::kFailedPrecondition);
  EXPECT_NE(model.error().message().find("observation 2, feature \"s1\""), std::string::npos)
      << model.error().message();
}

TEST(LoadedModel, RefusesAPredictionOfASequenceThatDiffers) {
  bundle::Manifest manifest = sum_manifest("pump", 3, 2);
  manifest.checks.sequences[0].outputs[1] += 0.01;
  EXPECT_EQ(load_fake(manifest, "sum 2").error().code(), Code::kFailedPrecondition);
}

TEST(LoadedModel, RefusesAManifestThatDoesNotFitTheGraph) {
  EXPECT_EQ(load_fake(sum_manifest("pump", 3, 2), "echo FP32").error().code(),
            Code::kInvalidArgument);
  EXPECT_EQ(load_fake(sum_manifest("pump", 3, 2), "garbage").error().code(),
            Code::kInvalidArgument);
  bundle::Manifest renamed = sum_manifest("pump", 3, 2);
  renamed.signature.inputs[0].name = "x";
  EXPECT_EQ(load_fake(renamed, "sum 2").error().code(), Code::kInvalidArgument);
}

TEST(LoadedModel, RefusesASkerryJsonOfAnotherModel) {
  FakeRuntime runtime;
  const std::string document = json::dump(bundle::to_json(sum_manifest("pump", 3, 2)));
  bundle::BundleView view;
  view.name = "fan";
  view.version = 3;
  view.model_onnx = "sum 2";
  view.manifest_json = document;
  EXPECT_EQ(load_bundle(runtime, view, "").error().code(), Code::kInvalidArgument);
  view.manifest_json = "{";
  EXPECT_EQ(load_bundle(runtime, view, "").error().code(), Code::kInvalidArgument);
}

TEST(LoadedModel, LoadsAPlainGraphUnderACheckedName) {
  FakeRuntime runtime;
  EXPECT_TRUE(load_graph(runtime, "echo", 1, "echo FP32").ok());
  EXPECT_FALSE(load_graph(runtime, "../echo", 1, "echo FP32").ok());
  EXPECT_FALSE(load_graph(runtime, "stats", 1, "echo FP32").ok()) << "hides GET v2/models/stats";
  EXPECT_FALSE(load_graph(runtime, "echo", 0, "echo FP32").ok());
}

}  // namespace
}  // namespace skerry::serve
