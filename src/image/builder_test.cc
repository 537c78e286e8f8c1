// SPDX-License-Identifier: Apache-2.0
#include "image/builder.h"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <iterator>

#include "base/digest.h"
#include "bundle/bundle.h"
#include "bundle/sample_bundle.h"
#include "bundle/tar.h"
#include "domain/oci.h"
#include "image/gzip.h"
#include "image/layout.h"
#include "image/sample_elf.h"
#include "sys/fake/files.h"

namespace skerry::image {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A machine with a site program, a runtime and their libraries.
class Builder : public testing::Test {
 protected:
  void SetUp() override {
    put("/lib64/ld.so.2", sample_elf({}));
    put("/build/skerry-site", sample_elf({.interpreter = "/lib64/ld.so.2",
                                          .needed = {"libcurl.so.4", "libssl.so.3", "libc.so.6"}}));
    put("/deps/libonnxruntime.so.1", sample_elf({.needed = {"libm.so.6", "ld.so.2"}}));
    library("libcurl.so.4", {"libssh.so.1", "libssl.so.3"});
    library("libssh.so.1", {"libc.so.6"});
    library("libssl.so.3", {"libc.so.6"});
    library("libm.so.6", {"libc.so.6"});
    library("libgcc_s.so.1", {"libc.so.6"});
    library("libc.so.6", {"ld.so.2"});
    put("/certificates.crt", "-----BEGIN CERTIFICATE-----\n");
    options_.site_executable = "/build/skerry-site";
    options_.onnxruntime_library = "/deps/libonnxruntime.so.1";
    options_.ca_bundle = "/certificates.crt";
    options_.library_folders = {"/lib/a"};
    tar_ = *bundle::pack(bundle::sample_bundle());
  }

  void put(const std::string& path, std::string_view bytes) {
    ASSERT_TRUE(fs_.make_directories(sys::parent_path(path)));
    ASSERT_TRUE(sys::write_file_atomically(fs_, path, bytes));
  }
  void library(const std::string& name, std::vector<std::string> needed) {
    put("/lib/a/" + name, sample_elf({.needed = std::move(needed), .tail = name}));
  }

  Result<BuiltImages> build_in(const std::string& folder) {
    Layout layout = TRY(Layout::create(fs_, folder));
    return build(options_, tar_, layout);
  }
  Layout open(const std::string& folder) {
    auto layout = Layout::open(fs_, folder);
    SKERRY_CHECK(layout.ok());
    return *std::move(layout);
  }
  std::string text(const Layout& layout, const oci::Descriptor& descriptor) {
    auto bytes = layout.read_blob(descriptor, 1u << 30);
    SKERRY_CHECK(bytes.ok());
    return *std::move(bytes);
  }
  oci::Manifest manifest(const Layout& layout, const oci::Descriptor& descriptor) {
    auto parsed = oci::parse_manifest(text(layout, descriptor), descriptor.media_type);
    SKERRY_CHECK(parsed.ok());
    return *std::move(parsed);
  }
  // Paths of a layer's files, in order.
  std::vector<std::string> members(const Layout& layout, const Layer& layer) {
    const auto tar = gunzip(text(layout, layer.descriptor), 1u << 30);
    SKERRY_CHECK(tar.ok());
    EXPECT_EQ(Digest::of(*tar), layer.diff_id);
    EXPECT_EQ(tar->size(), layer.unpacked_bytes);
    const auto entries = bundle::read_tar(*tar);
    SKERRY_CHECK(entries.ok());
    std::vector<std::string> paths;
    for (const bundle::TarEntry& entry : *entries) {
      if (entry.kind == bundle::TarEntry::Kind::kFile) paths.push_back(entry.path);
    }
    return paths;
  }

  sys::fake::FakeFileSystem fs_;
  ImageOptions options_;
  std::string tar_;
};

TEST_F(Builder, SharesOneModelBlobAmongThreeManifests) {
  const auto built = build_in("/out");
  ASSERT_TRUE(built) << built.error().to_string();
  const Layout layout = open("/out");
  EXPECT_TRUE(layout.verify());
  const Digest blob = Digest::of(tar_);
  const oci::Manifest artifact = manifest(layout, built->artifact);
  const oci::Manifest data = manifest(layout, built->data_image);
  const oci::Manifest index = manifest(layout, built->image);
  const oci::Manifest image = manifest(layout, index.manifests.at(0));
  EXPECT_EQ(artifact.layers.at(0).digest, blob);
  EXPECT_EQ(data.layers.at(0).digest, blob);
  EXPECT_EQ(image.layers.back().digest, blob);
  EXPECT_EQ(artifact.layers.at(0).media_type, oci::kModelWeightTarType);
  EXPECT_EQ(data.layers.at(0).media_type, oci::kLayerTarType);
  EXPECT_EQ(layout.find("v7")->digest, built->artifact.digest);
  EXPECT_EQ(layout.find("v7-data")->digest, built->data_image.digest);
  EXPECT_EQ(layout.find("v7-image")->digest, built->image.digest);
}

TEST_F(Builder, MakesAModelPackArtifact) {
  const auto built = build_in("/out");
  ASSERT_TRUE(built);
  const Layout layout = open("/out");
  const oci::Manifest artifact = manifest(layout, built->artifact);
  EXPECT_EQ(artifact.artifact_type, oci::kModelArtifactType);
  EXPECT_EQ(built->artifact.artifact_type, oci::kModelArtifactType);
  EXPECT_THAT(artifact.layers.at(0).annotations,
              ElementsAre(std::pair{"org.cncf.model.filepath", "models"},
                          std::pair{"org.opencontainers.image.title", "models"}));
  EXPECT_EQ(artifact.config->media_type, oci::kModelConfigType);
  EXPECT_EQ(text(layout, *artifact.config),
            R"({"descriptor":{"name":"turbofan-rul","version":"7"},"config":{"format":"onnx",)"
            R"("precision":"float32","capabilities":{"inputTypes":["other"],)"
            R"("outputTypes":["other"]}},"modelfs":{"type":"layers","diffIds":[")" +
                Digest::of(tar_).to_string() + "\"]}}");
}

TEST_F(Builder, DescribesHowTheImageRuns) {
  const auto built = build_in("/out");
  ASSERT_TRUE(built);
  const Layout layout = open("/out");
  const oci::Manifest index = manifest(layout, built->image);
  EXPECT_EQ(index.manifests.at(0).platform->architecture, "amd64");
  const std::string config = text(layout, *manifest(layout, index.manifests.at(0)).config);
  EXPECT_THAT(config, HasSubstr(R"("User":"65532:65532")"));
  EXPECT_THAT(config, HasSubstr(R"("Entrypoint":["/usr/bin/skerry-site","run"])"));
  EXPECT_THAT(config, HasSubstr(R"("StopSignal":"SIGTERM")"));
  EXPECT_THAT(config, HasSubstr(R"("Volumes":{"/var/lib/skerry":{}})"));
  EXPECT_THAT(config, HasSubstr("SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"));
  EXPECT_THAT(config, HasSubstr(R"("created":"1970-01-01T00:00:00Z")"));
  for (const Layer& layer : built->layers) {
    EXPECT_THAT(config, HasSubstr(layer.diff_id.to_string())) << layer.name;
  }
}

TEST_F(Builder, OrdersLayersByHowRarelyTheyChange) {
  options_.configuration = {{.path = "etc/skerry/site.yaml", .content = "listen: 0.0.0.0:8100\n"}};
  const auto built = build_in("/out");
  ASSERT_TRUE(built);
  const Layout layout = open("/out");
  std::vector<std::string> names;
  for (const Layer& layer : built->layers) names.push_back(layer.name);
  ASSERT_THAT(names,
              ElementsAre("base", "curl", "onnxruntime", "skerry-site", "configuration", "model"));
  const std::vector<std::string> base = members(layout, built->layers[0]);
  EXPECT_THAT(base, ElementsAre("etc/group", "etc/hosts", "etc/nsswitch.conf", "etc/passwd",
                                "etc/ssl/certs/ca-certificates.crt", "lib/a/libc.so.6",
                                "lib/a/libgcc_s.so.1", "lib/a/libm.so.6", "lib/a/libssl.so.3",
                                "lib64/ld.so.2"));
  EXPECT_THAT(members(layout, built->layers[1]),
              ElementsAre("lib/a/libcurl.so.4", "lib/a/libssh.so.1"));
  EXPECT_THAT(members(layout, built->layers[2]), ElementsAre("usr/lib/skerry/libonnxruntime.so.1"));
  EXPECT_THAT(members(layout, built->layers[3]), ElementsAre("usr/bin/skerry-site"));
  EXPECT_THAT(members(layout, built->layers[4]), ElementsAre("etc/skerry/site.yaml"));
  EXPECT_EQ(built->layers[5].diff_id, Digest::of(tar_));
}

TEST_F(Builder, HasNoCurlLayerForASiteWithoutIt) {
  put("/build/skerry-site", sample_elf({.interpreter = "/lib64/ld.so.2", .needed = {"libc.so.6"}}));
  const auto built = build_in("/out");
  ASSERT_TRUE(built);
  EXPECT_EQ(built->layers.size(), 5u);
}

TEST_F(Builder, GivesTheSameDigestsInTwoFolders) {
  const auto first = build_in("/one");
  const auto second = build_in("/two/deeper");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->artifact.digest, second->artifact.digest);
  EXPECT_EQ(first->data_image.digest, second->data_image.digest);
  EXPECT_EQ(first->image.digest, second->image.digest);
  EXPECT_EQ(open("/one").index_json(), open("/two/deeper").index_json());
}

TEST_F(Builder, PutsItsEpochIntoEveryLayer) {
  const auto zero = build_in("/zero");
  options_.epoch_unix_seconds = 1'700'000'000;
  const auto later = build_in("/later");
  ASSERT_TRUE(zero && later);
  EXPECT_NE(zero->layers[0].diff_id, later->layers[0].diff_id);
  EXPECT_EQ(zero->artifact.digest, later->artifact.digest);
}

TEST_F(Builder, ReusesTheRuntimeLayersForTheNextModel) {
  const auto seven = build_in("/out");
  tar_ = *bundle::pack(bundle::sample_bundle("turbofan-rul", 8));
  const auto eight = build_in("/out");
  ASSERT_TRUE(seven && eight);
  for (std::size_t i = 0; i + 1 < seven->layers.size(); ++i) {
    EXPECT_EQ(seven->layers[i].descriptor.digest, eight->layers[i].descriptor.digest);
  }
  const Layout layout = open("/out");
  EXPECT_EQ(layout.manifests().size(), 6u);
  EXPECT_TRUE(layout.verify());
}

TEST_F(Builder, TakesCompressedBytesFromItsCache) {
  options_.cache_folder = "/cache";
  const auto first = build_in("/one");
  ASSERT_TRUE(first);
  const std::string path = "/cache/" + first->layers[0].diff_id.hex() + ".level9.gz";
  const auto tar = gunzip(*sys::read_file(fs_, path, 1u << 30), 1u << 30);
  ASSERT_TRUE(tar);
  put(path, *gzip(*tar, 1));
  const auto second = build_in("/two");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->layers[0].diff_id, first->layers[0].diff_id);
  EXPECT_EQ(second->layers[0].descriptor.digest, Digest::of(*gzip(*tar, 1)));
}

TEST_F(Builder, RefusesInputsThatMakeNoImage) {
  struct Case {
    std::function<void()> damage;
    Code code;
    std::string message;
  };
  const Case cases[] = {
      {[this] { tar_ = "no tar"; }, Code::kInvalidArgument, "bundle"},
      {[this] { options_.site_executable = "/nowhere"; }, Code::kNotFound, "/nowhere"},
      {[this] { options_.site_executable = "/certificates.crt"; }, Code::kInvalidArgument,
       "/certificates.crt"},
      {[this] { options_.site_executable = "/deps/libonnxruntime.so.1"; }, Code::kInvalidArgument,
       "no dynamic loader"},
      {[this] { put("/deps/libonnxruntime.so.1", sample_elf({.machine = EM_AARCH64})); },
       Code::kInvalidArgument, "arm64"},
      {[this] { SKERRY_CHECK(fs_.remove("/lib/a/libssh.so.1").ok()); }, Code::kNotFound,
       "libssh.so.1"},
      {[this] { options_.ca_bundle = "/nothing.crt"; }, Code::kNotFound, "/nothing.crt"},
      {[this] { options_.compression_level = 12; }, Code::kInvalidArgument, "level"},
      {[this] { options_.epoch_unix_seconds = -1; }, Code::kInvalidArgument, "time"},
      {[this] { options_.configuration = {{.path = "../x", .content = ""}}; },
       Code::kInvalidArgument, "unsafe path"},
  };
  for (std::size_t i = 0; i < std::size(cases); ++i) {
    const Case& c = cases[i];
    options_ = ImageOptions();
    SetUp();
    c.damage();
    const std::string out = "/out" + std::to_string(i);
    const auto built = build_in(out);
    ASSERT_FALSE(built) << c.message;
    EXPECT_EQ(built.error().code(), c.code) << built.error().to_string();
    EXPECT_THAT(built.error().message(), HasSubstr(c.message));
    EXPECT_TRUE(open(out).manifests().empty());
  }
}

TEST_F(Builder, LeavesEarlierImagesWholeOnAFullDisk) {
  ASSERT_TRUE(build_in("/out"));
  tar_ = *bundle::pack(bundle::sample_bundle("turbofan-rul", 8));
  fs_.set_capacity(1);
  const auto built = build_in("/out");
  ASSERT_FALSE(built);
  EXPECT_EQ(built.error().code(), Code::kResourceExhausted);
  const Layout layout = open("/out");
  EXPECT_EQ(layout.manifests().size(), 3u);
  EXPECT_TRUE(layout.verify());
}

}  // namespace
}  // namespace skerry::image
