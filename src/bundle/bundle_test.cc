// SPDX-License-Identifier: Apache-2.0
#include "bundle/bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "bundle/sample_bundle.h"
#include "bundle/tar.h"
#include "data/json.h"
#include "sys/files.h"

namespace skerry::bundle {
namespace {

using testing::HasSubstr;

std::string packed(const Bundle& bundle) {
  auto tar = pack(bundle);
  EXPECT_TRUE(tar) << tar.error().to_string();
  return tar ? *std::move(tar) : std::string();
}

TarEntry file(std::string path, std::string_view content) {
  return {.path = std::move(path), .content = content};
}

// The entries of a sound bundle, for tests that spoil one of them.
std::vector<TarEntry> entries_of(std::string_view tar) {
  auto entries = read_tar(tar);
  EXPECT_TRUE(entries);
  return entries ? *std::move(entries) : std::vector<TarEntry>();
}

TEST(Bundle, OpensToWhatWasPacked) {
  const Bundle bundle = sample_bundle();
  const std::string tar = packed(bundle);
  const auto view = open(tar);
  ASSERT_TRUE(view) << view.error().to_string();
  EXPECT_EQ(view->name, "turbofan-rul");
  EXPECT_EQ(view->version, 7);
  EXPECT_EQ(view->model_onnx, bundle.model_onnx);
  EXPECT_EQ(view->card_markdown, bundle.card_markdown);
  EXPECT_THAT(std::string(view->lineage_json), HasSubstr("train_FD001"));
  EXPECT_THAT(std::string(view->config_pbtxt), HasSubstr("onnxruntime_onnx"));
  const auto manifest = read_manifest(*view);
  ASSERT_TRUE(manifest) << manifest.error().to_string();
  EXPECT_EQ(json::dump(to_json(*manifest)), json::dump(to_json(bundle.manifest)));
}

TEST(Bundle, HasTheGoldenBytesEachTime) {
  const std::string tar = packed(sample_bundle());
  EXPECT_EQ(tar, packed(sample_bundle()));
  EXPECT_NE(tar, packed(sample_bundle("turbofan-rul", 8)));
  const std::string path = SKERRY_SOURCE_DIR "/tests/golden/bundle/bundle.tar";
  if (std::getenv("SKERRY_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(sys::write_file_atomically(sys::real_file_system(), path, tar));
  }
  const auto golden = sys::read_file(sys::real_file_system(), path, 1u << 20);
  ASSERT_TRUE(golden) << golden.error().to_string();
  EXPECT_EQ(tar, *golden);
}

TEST(Bundle, IsATritonRepositoryEntry) {
  const std::string tar = packed(sample_bundle());
  std::vector<std::string> paths;
  for (const TarEntry& entry : entries_of(tar)) paths.push_back(entry.path);
  EXPECT_THAT(paths, testing::ElementsAre(
                         "models", "models/turbofan-rul", "models/turbofan-rul/7",
                         "models/turbofan-rul/7/card.md", "models/turbofan-rul/7/lineage.json",
                         "models/turbofan-rul/7/model.onnx", "models/turbofan-rul/7/skerry.json",
                         "models/turbofan-rul/config.pbtxt"));
}

TEST(Bundle, IsNotPackedWithAPartThatASiteWouldRefuse) {
  Bundle bundle = sample_bundle();
  bundle.model_onnx.clear();
  EXPECT_EQ(pack(bundle).error().code(), Code::kInvalidArgument);
  bundle = sample_bundle();
  bundle.card_markdown.clear();
  EXPECT_EQ(pack(bundle).error().code(), Code::kInvalidArgument);
  bundle = sample_bundle();
  bundle.manifest.version = -1;
  EXPECT_EQ(pack(bundle).error().code(), Code::kInvalidArgument);
}

TEST(Bundle, RefusesAMemberMissingOrEmpty) {
  const std::string tar = packed(sample_bundle());
  const std::vector<TarEntry> sound = entries_of(tar);
  for (std::size_t i = 0; i < sound.size(); ++i) {
    if (sound[i].kind != TarEntry::Kind::kFile) continue;
    std::vector<TarEntry> fewer = sound;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    const auto without = open(*write_tar(fewer));
    ASSERT_FALSE(without) << sound[i].path;
    EXPECT_THAT(without.error().message(), HasSubstr("missing or empty"));
    std::vector<TarEntry> emptied = sound;
    emptied[i].content = {};
    EXPECT_FALSE(open(*write_tar(emptied))) << sound[i].path;
  }
}

TEST(Bundle, RefusesWhatDoesNotBelongInIt) {
  const std::string tar = packed(sample_bundle());
  const std::string model = "models/turbofan-rul/";
  struct Case {
    TarEntry extra;
    std::string message;
  };
  const Case cases[] = {
      {file("models/other/config.pbtxt", "x"), "two models"},
      {file(model + "8/model.onnx", "x"), "two versions"},
      {file(model + "latest/model.onnx", "x"), "not a version"},
      {file(model + "07/model.onnx", "x"), "not a version"},
      {file(model + "7/extra.bin", "x"), "does not belong"},
      {file(model + "labels.txt", "x"), "does not belong"},
      {file(model + "7/a/b", "x"), "does not belong"},
      {file("etc/passwd", "x"), "does not belong"},
      {file("models/a", "x"), "does not belong"},
      {{.path = model + "7/a", .kind = TarEntry::Kind::kSymlink, .link_target = "model.onnx"},
       "does not belong"},
      {{.path = model + "7/a", .kind = TarEntry::Kind::kDirectory, .mode = 0755},
       "does not belong"},
  };
  for (const Case& c : cases) {
    std::vector<TarEntry> entries = entries_of(tar);
    entries.push_back(c.extra);
    const auto view = open(*write_tar(entries));
    ASSERT_FALSE(view) << c.extra.path;
    EXPECT_EQ(view.error().code(), Code::kInvalidArgument);
    EXPECT_THAT(view.error().message(), HasSubstr(c.message));
  }
}

TEST(Bundle, RefusesAPathThatLeavesItsRoot) {
  std::string tar = packed(sample_bundle());
  const std::size_t place = tar.find("models/turbofan-rul/config.pbtxt");
  ASSERT_NE(place, std::string::npos);
  tar.replace(place, 6, "../../");
  ASSERT_FALSE(open(tar));
}

TEST(Bundle, RefusesTruncationAndDamageOfHeaders) {
  const std::string tar = packed(sample_bundle());
  for (std::size_t size = 0; size < tar.size() - 512; size += 256) {
    EXPECT_FALSE(open(std::string_view(tar).substr(0, size))) << size;
  }
  std::string flipped = tar;
  flipped[120] = static_cast<char>(flipped[120] ^ 1);
  EXPECT_FALSE(open(flipped));
}

TEST(Bundle, StopsAtItsLimits) {
  const std::string tar = packed(sample_bundle());
  const auto model = open(tar, {.model_bytes_max = 12});
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code(), Code::kResourceExhausted);
  const auto document = open(tar, {.document_bytes_max = 100});
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code(), Code::kResourceExhausted);
  std::vector<TarEntry> many = entries_of(tar);
  for (int i = 0; i < 16; ++i)
    many.push_back(file("models/turbofan-rul/7/x" + std::to_string(i), "x"));
  EXPECT_EQ(open(*write_tar(many)).error().code(), Code::kResourceExhausted);
}

TEST(Bundle, RefusesAManifestOfAnotherModel) {
  const std::string tar = packed(sample_bundle());
  const std::string other = packed(sample_bundle("pump"));
  auto view = open(tar);
  ASSERT_TRUE(view);
  view->manifest_json = open(other)->manifest_json;
  const auto manifest = read_manifest(*view);
  ASSERT_FALSE(manifest);
  EXPECT_THAT(manifest.error().message(), HasSubstr("stands in the folder of turbofan-rul"));
}

}  // namespace
}  // namespace skerry::bundle
