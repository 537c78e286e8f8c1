// SPDX-License-Identifier: Apache-2.0
#include "domain/oci.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/limits.h"
#include "data/json.h"

namespace skerry::oci {
namespace {

using testing::HasSubstr;

constexpr std::string_view kHexA =
    "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

Descriptor descriptor(std::string_view media_type) {
  return {.media_type = std::string(media_type), .digest = Digest::of("x"), .size_bytes = 1};
}

std::string image_text(std::string_view extra) {
  return R"({"schemaVersion":2,"config":{"mediaType":"a/b","digest":")" + std::string(kHexA) +
         R"(","size":2},"layers":[])" + std::string(extra) + "}";
}

TEST(OciManifest, WritesMembersInOneOrderAndReadsThemBack) {
  Manifest manifest{.media_type = std::string(kManifestType),
                    .artifact_type = std::string(kModelArtifactType),
                    .config = empty_descriptor(),
                    .layers = {descriptor(kModelWeightTarType)},
                    .manifests = {},
                    .subject = std::nullopt,
                    .annotations = {{"b", "2"}, {"a", "1"}}};
  const std::string bytes = format_manifest(manifest);
  EXPECT_EQ(
      bytes,
      R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
      R"("artifactType":"application/vnd.cncf.model.manifest.v1+json","config":)"
      R"({"mediaType":"application/vnd.oci.empty.v1+json","digest":)"
      R"("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","size":2},)"
      R"("layers":[{"mediaType":"application/vnd.cncf.model.weight.v1.tar","digest":)"
      R"("sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881","size":1}],)"
      R"("annotations":{"a":"1","b":"2"}})");
  const auto back = parse_manifest(bytes, kManifestType);
  ASSERT_TRUE(back) << back.error().to_string();
  EXPECT_EQ(format_manifest(*back), bytes);
  EXPECT_FALSE(back->is_index());
}

TEST(OciManifest, KeepsPlatformAndAnnotationsOfAnIndexEntry) {
  Descriptor entry = descriptor(kManifestType);
  entry.platform = Platform{.architecture = "amd64", .os = "linux"};
  entry.annotations = {{"org.opencontainers.image.ref.name", "v1"}};
  entry.artifact_type = "x/y";
  Manifest index;
  index.media_type = std::string(kIndexType);
  index.manifests = {entry};
  const std::string bytes = format_manifest(index);
  const auto back = parse_manifest(bytes, "");
  ASSERT_TRUE(back) << back.error().to_string();
  ASSERT_EQ(back->manifests.size(), 1u);
  EXPECT_EQ(back->manifests[0].platform->architecture, "amd64");
  EXPECT_EQ(back->manifests[0].artifact_type, "x/y");
  EXPECT_EQ(format_manifest(*back), bytes);
}

TEST(OciManifest, TakesTheContentTypeWhereTheDocumentNamesNone) {
  const auto manifest =
      parse_manifest(image_text(""), std::string(kManifestType) + "; charset=utf-8");
  ASSERT_TRUE(manifest) << manifest.error().to_string();
  EXPECT_EQ(manifest->media_type, kManifestType);
}

TEST(OciManifest, TakesNullForAnAbsentList) {
  const auto manifest = parse_manifest(
      image_text(R"(,"annotations":null,"subject":null,"manifests":null)"), kManifestType);
  ASSERT_TRUE(manifest) << manifest.error().to_string();
  EXPECT_FALSE(manifest->subject);
}

TEST(OciManifest, RefusesWhatReadersCouldUnderstandDifferently) {
  const std::string manifest_type(kManifestType);
  const std::string index_type(kIndexType);
  struct Case {
    std::string text;
    std::string pushed_as;
    std::string message;
  };
  const Case cases[] = {
      {image_text(R"(,"mediaType":")" + index_type + "\""), manifest_type, "came as"},
      {image_text(""), index_type, "an index has no config"},
      {image_text(R"(,"manifests":[])"), manifest_type, "neither an image nor an index"},
      {R"({"schemaVersion":2,"layers":[]})", manifest_type, "\"config\" is missing"},
      {R"({"schemaVersion":2,"manifests":[]})", "", "without a media type"},
      {image_text(R"(,"mediaType":"a/b; c=d")"), "", "media type"},
      {image_text(R"(,"mediaType":"a")"), "", "media type"},
      {R"({"schemaVersion":1})", manifest_type, "is not 2"},
      {"blablabla", manifest_type, "manifest"},
      {"[]", manifest_type, "manifest"},
      {image_text(R"(,"annotations":{"a":1})"), manifest_type, "annotations"},
      {image_text(R"(,"subject":{"mediaType":"a/b","digest":"md5:00","size":1})"), manifest_type,
       "subject"},
  };
  for (const Case& c : cases) {
    const auto manifest = parse_manifest(c.text, c.pushed_as);
    ASSERT_FALSE(manifest) << c.text;
    EXPECT_EQ(manifest.error().code(), Code::kInvalidArgument);
    EXPECT_THAT(manifest.error().message(), HasSubstr(c.message));
  }
}

TEST(OciManifest, RefusesMoreThanTheLimitBeforeParsing) {
  const std::string bytes(limits::kManifestBytesMax + 1, '{');
  const auto manifest = parse_manifest(bytes, kManifestType);
  ASSERT_FALSE(manifest);
  EXPECT_EQ(manifest.error().code(), Code::kResourceExhausted);
}

TEST(OciDescriptor, RefusesBadSizesAndDigests) {
  for (
      const std::string_view text : {
          R"({"digest":"sha256:00","size":1})",
          R"({"mediaType":"a/b","digest":"sha256:00","size":1})",
          R"({"mediaType":"a/b","digest":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","size":-1})",
          R"({"mediaType":"a/b","digest":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","size":1.5})",
          R"({"mediaType":"a/b","digest":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})",
          R"("sha256")",
      }) {
    const auto value = json::parse(text);
    ASSERT_TRUE(value) << text;
    const auto result = descriptor_from_json(*value);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code(), Code::kInvalidArgument);
  }
}

TEST(OciNames, AcceptRepositoriesOfTheSpecification) {
  for (const std::string_view name :
       {"a", "models/turbofan-rul", "a--b", "a---b/c.d_e__f", "0/1", "fleet/main"}) {
    EXPECT_TRUE(check_repository(name)) << name;
  }
  for (const std::string_view name :
       {"", "A", "a/", "/a", "a//b", "a..b", "a___b", "-a", "a-", "a._b", "../a", "a b", "a\n"}) {
    EXPECT_FALSE(check_repository(name)) << name;
  }
  EXPECT_TRUE(check_repository(std::string(200, 'a')));
  EXPECT_FALSE(check_repository(std::string(201, 'a')));
}

TEST(OciNames, AcceptTagsOfTheSpecification) {
  for (const std::string_view tag : {"v1", "_", "V1.0-rc.1", "sha256-abc.sig"}) {
    EXPECT_TRUE(check_tag(tag)) << tag;
  }
  for (const std::string_view tag : {"", ".a", "-a", "a:b", "a/b", "a b", "a@b"}) {
    EXPECT_FALSE(check_tag(tag)) << tag;
  }
  EXPECT_TRUE(check_tag(std::string(128, 'a')));
  EXPECT_FALSE(check_tag(std::string(129, 'a')));
}

}  // namespace
}  // namespace skerry::oci
