// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>

#include "bundle/bundle.h"
#include "bundle/sample_bundle.h"
#include "data/json.h"
#include "data/tensor.h"
#include "sys/files.h"

namespace skerry::bundle {
namespace {

using testing::HasSubstr;

std::string text_of(const Manifest& manifest) { return json::dump(to_json(manifest)); }

Result<Manifest> read(std::string_view text) {
  const json::Value value = TRY(json::parse(text));
  return manifest_from_json(value);
}

TEST(Manifest, HasTheGoldenText) {
  const std::string text = json::dump_pretty(to_json(sample_manifest()));
  const std::string path = SKERRY_SOURCE_DIR "/tests/golden/bundle/skerry.json";
  if (std::getenv("SKERRY_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(sys::write_file_atomically(sys::real_file_system(), path, text));
  }
  const auto golden = sys::read_file(sys::real_file_system(), path, 1u << 20);
  ASSERT_TRUE(golden) << golden.error().to_string();
  EXPECT_EQ(text, *golden);
}

TEST(Manifest, ReadsBackToTheSameText) {
  const std::string text = text_of(sample_manifest());
  const auto manifest = read(text);
  ASSERT_TRUE(manifest) << manifest.error().to_string();
  EXPECT_EQ(text_of(*manifest), text);
  EXPECT_EQ(manifest->signature.output_unit, "cycles");
  EXPECT_EQ(manifest->conformal->upper_quantile.size(), 2u);
}

TEST(Manifest, KeepsEveryBitOfItsFloats) {
  Manifest manifest = sample_manifest();
  std::vector<CheckRows::Row>& rows = manifest.checks.rows;
  rows.clear();
  std::uint32_t bits = 1;
  for (int i = 0; i < 4000; ++i) {
    bits = bits * 1664525u + 1013904223u;
    const float number = std::bit_cast<float>(bits);
    if (std::isfinite(number)) rows.push_back({.inputs = {number, -number}, .outputs = {1, 2}});
  }
  for (const float number : {0.0f, std::numeric_limits<float>::denorm_min(),
                             std::numeric_limits<float>::max(), 0.1f, 16777216.0f}) {
    rows.push_back({.inputs = {number, -number}, .outputs = {1, 2}});
  }
  const auto back = read(text_of(manifest));
  ASSERT_TRUE(back) << back.error().to_string();
  ASSERT_EQ(back->checks.rows.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < 2; ++j) {
      EXPECT_EQ(std::bit_cast<std::uint32_t>(back->checks.rows[i].inputs[j]),
                std::bit_cast<std::uint32_t>(rows[i].inputs[j]))
          << rows[i].inputs[j];
    }
  }
}

TEST(Manifest, WritesMissingInputsAsNull) {
  const std::string text = text_of(sample_manifest());
  EXPECT_THAT(text, HasSubstr(R"("inputs":[null,16777216])"));
  const auto manifest = read(text);
  ASSERT_TRUE(manifest);
  EXPECT_TRUE(std::isnan(manifest->checks.rows[1].inputs[0]));
}

TEST(Manifest, IsRefusedWhenItsPartsDoNotFit) {
  struct Case {
    std::function<void(Manifest&)> damage;
    std::string message;
  };
  const float infinity = std::numeric_limits<float>::infinity();
  const Case cases[] = {
      {[](Manifest& m) { m.name = "../x"; }, "name"},
      {[](Manifest& m) { m.version = 0; }, "version"},
      {[](Manifest& m) { m.pipeline = json::Array(); }, "pipeline"},
      {[](Manifest& m) { m.pipeline_digest = Digest::of("x"); }, "pipeline_digest"},
      {[](Manifest& m) { m.signature.inputs[0].shape = {-1, 3}; }, "[-1,2]"},
      {[](Manifest& m) { m.signature.inputs[0].type = DType::kFp64; }, "one input FP32"},
      {[](Manifest& m) { m.signature.inputs.push_back({"b", DType::kFp32, {-1, 2}}); }, "input"},
      {[](Manifest& m) { m.signature.outputs.clear(); }, "0 outputs"},
      {[](Manifest& m) { m.signature.outputs[1].name = "prediction"; }, "two outputs"},
      {[](Manifest& m) { m.signature.outputs[0].shape = {-2}; }, "shape of prediction"},
      {[](Manifest& m) { m.signature.outputs[0].shape = {1 << 20, 1 << 20}; }, "shape of"},
      {[](Manifest& m) { m.signature.output_name = ""; }, "output_name"},
      {[](Manifest& m) { m.checks.rows[1].inputs.pop_back(); }, "rows[1]"},
      {[](Manifest& m) { m.checks.rows[0].outputs.push_back(1); }, "rows[0]"},
      {[](Manifest& m) { m.checks.rows[0].outputs[0] = std::nan(""); }, "not finite"},
      {[&](Manifest& m) { m.checks.rows[0].inputs[0] = infinity; }, "not finite"},
      {[](Manifest& m) { m.checks.sequences[0].outputs.pop_back(); }, "sequences[0]"},
      {[](Manifest& m) { m.checks.sequences[0].features[1].push_back(1); }, "3 features"},
      {[&](Manifest& m) { m.checks.sequences[0].features[1][0] = infinity; }, "infinite"},
  };
  for (const Case& c : cases) {
    Manifest manifest = sample_manifest();
    c.damage(manifest);
    const auto status = check(manifest);
    ASSERT_FALSE(status) << c.message;
    EXPECT_EQ(status.error().code(), Code::kInvalidArgument);
    EXPECT_THAT(status.error().message(), HasSubstr(c.message));
  }
  EXPECT_TRUE(check(sample_manifest()));
}

TEST(Manifest, RefusesMembersOfAnotherShape) {
  const std::string text = text_of(sample_manifest());
  struct Case {
    std::string from;
    std::string to;
    std::string message;
  };
  const Case cases[] = {
      {"\"apiVersion\":\"skerry/v1\"", "\"apiVersion\":\"skerry/v2\"", "skerry/v2"},
      {"\"kind\":\"ModelManifest\"", "\"kind\":\"SiteSpec\"", "SiteSpec"},
      {"\"name\":", "\"nome\":", "nome"},
      {"\"pipeline\":[", "\"pipelines\":[", "pipelines"},
      {"\"FP32\"", "\"FP33\"", "FP33"},
      {"\"shape\":[-1,2]", "\"shape\":[-1,2.5]", "shape"},
      {"[null,", "[\"x\",", "numbers and null"},
      {"[null,", "[1e39,", "FP32"},
      {"\"sequences\":[", "\"sequences\":[{},", "missing"},
      {"\"detector\":{", "\"detector\":7,\"x\":{", "x"},
      {"\"checks\":{", "\"checks\":{\"y\":1,", "y"},
  };
  for (const Case& c : cases) {
    std::string damaged = text;
    const std::size_t place = damaged.find(c.from);
    ASSERT_NE(place, std::string::npos) << c.from;
    damaged.replace(place, c.from.size(), c.to);
    const auto manifest = read(damaged);
    ASSERT_FALSE(manifest) << c.to;
    EXPECT_EQ(manifest.error().code(), Code::kInvalidArgument);
    EXPECT_THAT(manifest.error().message(), HasSubstr(c.message));
  }
}

TEST(ConfigPbtxt, LeavesTheBatchDimensionToTriton) {
  EXPECT_EQ(config_pbtxt("turbofan-rul", sample_manifest().signature),
            "name: \"turbofan-rul\"\n"
            "platform: \"onnxruntime_onnx\"\n"
            "max_batch_size: 4096\n"
            "input {\n  name: \"features\"\n  data_type: TYPE_FP32\n  dims: 2\n}\n"
            "output {\n  name: \"prediction\"\n  data_type: TYPE_FP32\n  dims: 1\n}\n"
            "output {\n  name: \"margin\"\n  data_type: TYPE_FP32\n  dims: 1\n}\n");
}

TEST(ConfigPbtxt, KeepsFixedShapesWholeAndGivesScalarsAReshape) {
  const Signature fixed{.inputs = {{"a\"b", DType::kBytes, {1, 2}}},
                        .outputs = {{"y", DType::kInt64, {-1}}},
                        .output_name = {},
                        .output_unit = {}};
  EXPECT_EQ(config_pbtxt("m", fixed),
            "name: \"m\"\nplatform: \"onnxruntime_onnx\"\nmax_batch_size: 0\n"
            "input {\n  name: \"a\\\"b\"\n  data_type: TYPE_STRING\n  dims: 1\n  dims: 2\n}\n"
            "output {\n  name: \"y\"\n  data_type: TYPE_INT64\n  dims: -1\n}\n");
  Signature scalar = fixed;
  scalar.inputs[0].shape = {-1};
  EXPECT_THAT(config_pbtxt("m", scalar), HasSubstr("  dims: 1\n  reshape { }\n"));
}

}  // namespace
}  // namespace skerry::bundle
