// SPDX-License-Identifier: Apache-2.0
//
// What every Registry must do, whoever stores the bytes. A test program instantiates
// RegistryConformance once with the cases it has; a case that cannot run here says why and is
// skipped.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/digest.h"
#include "domain/oci.h"
#include "registry/fetch.h"
#include "registry/registry.h"
#include "sys/fake/files.h"

namespace skerry::registry {

// A registry that is up, empty at the start of each test.
class RegistryUnderTest {
 public:
  virtual ~RegistryUnderTest() = default;
  virtual Registry& registry() = 0;
  // Flips a bit of a stored blob, behind the registry's back; false where that cannot be done.
  virtual bool damage(const Digest&) { return false; }
};

struct RegistryCase {
  std::string name;
  // Errors: kNotFound when what it needs is not installed: the test is skipped with its text.
  std::function<Result<std::unique_ptr<RegistryUnderTest>>()> start;
  bool removes_tags = true;
  bool knows_sha512 = true;
};

inline void PrintTo(const RegistryCase& value, std::ostream* out) { *out << value.name; }

class RegistryConformance : public testing::TestWithParam<RegistryCase> {
 protected:
  void SetUp() override {
    auto started = GetParam().start();
    if (!started && started.error().code() == Code::kNotFound) {
      GTEST_SKIP() << started.error().message();
    }
    ASSERT_TRUE(started.ok()) << started.error().to_string();
    under_test_ = std::move(*started);
  }

  Registry& registry() { return under_test_->registry(); }

  static oci::Descriptor descriptor(std::string_view bytes, std::string_view type,
                                    HashAlgorithm algorithm = HashAlgorithm::kSha256) {
    return {std::string(type), Digest::of(bytes, algorithm), bytes.size(), "", {}, std::nullopt};
  }

  static BlobSource source_of(std::string_view bytes) {
    return [bytes](std::uint64_t offset, std::span<char> out) -> Result<std::size_t> {
      if (offset >= bytes.size()) return std::size_t{0};
      return bytes.substr(offset).copy(out.data(), out.size());
    };
  }

  // Bytes that repeat nowhere near and compress badly.
  static std::string bytes_of(std::size_t size, unsigned seed = 1) {
    std::string bytes(size, '\0');
    std::uint32_t state = seed * 2654435761u + 1;
    for (char& c : bytes) {
      state = state * 1664525u + 1013904223u;
      c = static_cast<char>(state >> 24);
    }
    return bytes;
  }

  Status push(const std::string& repository, std::string_view bytes) {
    return registry().put_blob(repository, descriptor(bytes, oci::kLayerTarType), source_of(bytes));
  }

  Result<std::string> pull(const std::string& repository, const Digest& digest,
                           std::uint64_t offset = 0) {
    std::string bytes;
    TRY(registry().get_blob(repository, digest, offset, [&](std::string_view piece) -> Status {
      bytes += piece;
      return {};
    }));
    return bytes;
  }

  // An artifact whose one layer is `text`, its blobs pushed. Returns the manifest's bytes.
  std::string artifact(const std::string& repository, std::string_view text,
                       const std::string& type = "application/vnd.example.thing",
                       std::optional<oci::Descriptor> subject = std::nullopt) {
    EXPECT_TRUE(push(repository, text).ok());
    EXPECT_TRUE(push(repository, oci::kEmptyBlob).ok());
    oci::Manifest manifest;
    manifest.media_type = oci::kManifestType;
    manifest.artifact_type = type;
    manifest.config = oci::empty_descriptor();
    manifest.layers = {descriptor(text, "application/octet-stream")};
    manifest.subject = std::move(subject);
    manifest.annotations = {{"org.example.text", std::string(text)}};
    return oci::format_manifest(manifest);
  }

  // Pushes it as well, by tag or, with "", by digest.
  oci::Descriptor pushed(const std::string& repository, const std::string& tag,
                         const std::string& bytes) {
    oci::Descriptor stored = descriptor(bytes, oci::kManifestType);
    const std::string reference = tag.empty() ? stored.digest.to_string() : tag;
    const auto digest = registry().put_manifest(repository, reference, oci::kManifestType, bytes);
    EXPECT_TRUE(digest.ok()) << digest.error().to_string();
    return stored;
  }

  std::vector<std::string> digests(const std::vector<oci::Descriptor>& descriptors) {
    std::vector<std::string> texts;
    for (const oci::Descriptor& one : descriptors) texts.push_back(one.digest.to_string());
    return texts;
  }

  std::unique_ptr<RegistryUnderTest> under_test_;
};

inline Code code_of(const Status& status) { return status ? Code{} : status.error().code(); }
template <typename T>
Code code_of(const Result<T>& result) {
  return result ? Code{} : result.error().code();
}

TEST_P(RegistryConformance, GivesBackTheVeryBytesOfAManifest) {
  const std::string bytes = artifact("models/a", "one");
  const oci::Descriptor stored = pushed("models/a", "v1", bytes);
  for (const std::string& reference : {std::string("v1"), stored.digest.to_string()}) {
    const auto manifest = registry().get_manifest("models/a", reference);
    ASSERT_TRUE(manifest.ok()) << manifest.error().to_string();
    ASSERT_TRUE(manifest->has_value());
    EXPECT_EQ((*manifest)->bytes, bytes);
    EXPECT_EQ((*manifest)->media_type, oci::kManifestType);
    EXPECT_EQ((*manifest)->digest, stored.digest);
    const auto resolved = registry().resolve("models/a", reference);
    ASSERT_TRUE(resolved.ok());
    EXPECT_EQ(resolved->digest, stored.digest);
    EXPECT_EQ(resolved->size_bytes, bytes.size());
    EXPECT_EQ(resolved->media_type, oci::kManifestType);
  }
}

TEST_P(RegistryConformance, GivesNothingAnewForAKnownDigest) {
  const oci::Descriptor first = pushed("models/a", "v1", artifact("models/a", "one"));
  const auto same = registry().get_manifest("models/a", "v1", first.digest);
  ASSERT_TRUE(same.ok());
  EXPECT_FALSE(same->has_value());
  pushed("models/a", "v1", artifact("models/a", "two"));
  const auto other = registry().get_manifest("models/a", "v1", first.digest);
  ASSERT_TRUE(other.ok());
  ASSERT_TRUE(other->has_value());
  EXPECT_NE((*other)->digest, first.digest);
}

TEST_P(RegistryConformance, SaysNotFoundForWhatIsNotThere) {
  const Digest nowhere = Digest::of("never pushed");
  EXPECT_EQ(code_of(registry().resolve("models/none", "v1")), Code::kNotFound);
  EXPECT_EQ(code_of(registry().get_manifest("models/none", nowhere.to_string())), Code::kNotFound);
  EXPECT_EQ(code_of(registry().tags("models/none")), Code::kNotFound);
  EXPECT_EQ(code_of(pull("models/none", nowhere)), Code::kNotFound);
  pushed("models/a", "v1", artifact("models/a", "one"));
  EXPECT_EQ(code_of(registry().resolve("models/a", "v2")), Code::kNotFound);
  EXPECT_EQ(code_of(pull("models/a", nowhere)), Code::kNotFound);
  EXPECT_EQ(code_of(registry().remove("models/a", nowhere.to_string())), Code::kNotFound);
  const auto has = registry().has_blob("models/a", nowhere);
  ASSERT_TRUE(has.ok());
  EXPECT_FALSE(*has);
}

TEST_P(RegistryConformance, MovesATag) {
  pushed("models/a", "champion", artifact("models/a", "one"));
  const oci::Descriptor second = pushed("models/a", "champion", artifact("models/a", "two"));
  const auto resolved = registry().resolve("models/a", "champion");
  ASSERT_TRUE(resolved.ok());
  EXPECT_EQ(resolved->digest, second.digest);
}

TEST_P(RegistryConformance, KeepsBlobsOfAnySize) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{65536},
                                 std::size_t{3'000'001}}) {
    SCOPED_TRACE(size);
    const std::string bytes = bytes_of(size);
    const Status put = push("models/a", bytes);
    ASSERT_TRUE(put.ok()) << put.error().to_string();
    const auto has = registry().has_blob("models/a", Digest::of(bytes));
    ASSERT_TRUE(has.ok());
    EXPECT_TRUE(*has);
    const auto back = pull("models/a", Digest::of(bytes));
    ASSERT_TRUE(back.ok()) << back.error().to_string();
    EXPECT_EQ(*back == bytes, true);
  }
}

TEST_P(RegistryConformance, ReadsABlobFromAnyByte) {
  const std::string bytes = bytes_of(300'000);
  ASSERT_TRUE(push("models/a", bytes).ok());
  for (const std::size_t offset : {1u, 777u, 262'144u, 299'999u, 300'000u}) {
    SCOPED_TRACE(offset);
    const auto rest = pull("models/a", Digest::of(bytes), offset);
    ASSERT_TRUE(rest.ok()) << rest.error().to_string();
    EXPECT_EQ(*rest == bytes.substr(offset), true);
  }
  const auto beyond = pull("models/a", Digest::of(bytes), 300'001);
  EXPECT_EQ(code_of(beyond), Code::kOutOfRange) << beyond.error().to_string();
}

TEST_P(RegistryConformance, StopsReadingWhenTheSinkRefuses) {
  const std::string bytes = bytes_of(2'000'000);
  ASSERT_TRUE(push("models/a", bytes).ok());
  std::size_t taken = 0;
  const Status got =
      registry().get_blob("models/a", Digest::of(bytes), 0, [&](std::string_view piece) -> Status {
        taken += piece.size();
        return Error(Code::kResourceExhausted, "the disk is full");
      });
  EXPECT_EQ(code_of(got), Code::kResourceExhausted);
  EXPECT_LT(taken, bytes.size());
}

TEST_P(RegistryConformance, DoesNotReadABlobThatIsThere) {
  const std::string bytes = bytes_of(1000);
  ASSERT_TRUE(push("models/a", bytes).ok());
  bool asked = false;
  const Status again =
      registry().put_blob("models/a", descriptor(bytes, oci::kLayerTarType),
                          [&](std::uint64_t, std::span<char>) -> Result<std::size_t> {
                            asked = true;
                            return std::size_t{0};
                          });
  EXPECT_TRUE(again.ok());
  EXPECT_FALSE(asked);
}

TEST_P(RegistryConformance, RefusesABlobWithAnotherDigest) {
  const std::string promised = bytes_of(100'000, 1);
  const std::string sent = bytes_of(100'000, 2);
  const Status put =
      registry().put_blob("models/a", descriptor(promised, oci::kLayerTarType), source_of(sent));
  EXPECT_EQ(code_of(put), Code::kDataLoss) << put.error().to_string();
  const auto has = registry().has_blob("models/a", Digest::of(promised));
  ASSERT_TRUE(has.ok());
  EXPECT_FALSE(*has);
}

TEST_P(RegistryConformance, RefusesABlobThatEndsEarly) {
  const std::string bytes = bytes_of(100'000);
  const Status put = registry().put_blob("models/a", descriptor(bytes, oci::kLayerTarType),
                                         source_of(std::string_view(bytes).substr(0, 60'000)));
  EXPECT_EQ(code_of(put), Code::kDataLoss) << put.error().to_string();
}

TEST_P(RegistryConformance, RefusesAManifestBeforeItsBlobs) {
  oci::Manifest manifest;
  manifest.media_type = oci::kManifestType;
  manifest.config = descriptor("no such config", oci::kConfigType);
  const auto put =
      registry().put_manifest("models/a", "v1", oci::kManifestType, oci::format_manifest(manifest));
  EXPECT_EQ(code_of(put), Code::kFailedPrecondition) << put.error().to_string();
  EXPECT_EQ(code_of(registry().resolve("models/a", "v1")), Code::kNotFound);
}

TEST_P(RegistryConformance, RefusesAManifestUnderAnotherDigest) {
  const auto put = registry().put_manifest("models/a", Digest::of("other").to_string(),
                                           oci::kManifestType, artifact("models/a", "one"));
  EXPECT_EQ(code_of(put), Code::kDataLoss);
}

TEST_P(RegistryConformance, RefusesWhatIsNoManifest) {
  for (const std::string_view bytes : {"", "{", "[]", "{\"schemaVersion\":2}"}) {
    EXPECT_EQ(code_of(registry().put_manifest("models/a", "v1", oci::kManifestType, bytes)),
              Code::kInvalidArgument)
        << bytes;
  }
  EXPECT_EQ(code_of(registry().put_manifest("models/a", "v1", oci::kManifestType,
                                            std::string(limits::kManifestBytesMax + 1, ' '))),
            Code::kResourceExhausted);
}

TEST_P(RegistryConformance, RefusesNamesThatAreNone) {
  const Digest digest = Digest::of("x");
  const std::string bytes = artifact("models/a", "one");
  for (const std::string name : {"", "../up", "a/../../b", "a//b", "/a", "a/", "UPPER", "a b", "_a",
                                 "a/_tags", "a\nb", "a%2fb"}) {
    SCOPED_TRACE(name);
    EXPECT_EQ(code_of(registry().resolve(name, "v1")), Code::kInvalidArgument);
    EXPECT_EQ(code_of(registry().has_blob(name, digest)), Code::kInvalidArgument);
    EXPECT_EQ(code_of(push(name, "x")), Code::kInvalidArgument);
    EXPECT_EQ(code_of(registry().tags(name)), Code::kInvalidArgument);
    EXPECT_EQ(code_of(registry().put_manifest(name, "v1", oci::kManifestType, bytes)),
              Code::kInvalidArgument);
  }
  for (const std::string reference : {"", "..", "../v1", "v/1", ".v1", "sha256:", "sha256:12",
                                      "sha256:../../x", "md5:00", "v1?n=1"}) {
    SCOPED_TRACE(reference);
    EXPECT_EQ(code_of(registry().resolve("models/a", reference)), Code::kInvalidArgument);
    EXPECT_EQ(code_of(registry().put_manifest("models/a", reference, oci::kManifestType, bytes)),
              Code::kInvalidArgument);
    EXPECT_EQ(code_of(registry().remove("models/a", reference)), Code::kInvalidArgument);
  }
}

TEST_P(RegistryConformance, ListsTagsAndRepositoriesSorted) {
  const std::string bytes = artifact("models/b", "one");
  std::vector<std::string> expected;
  for (int i = 0; i < 25; ++i) {
    const std::string tag = "v" + std::to_string(i);
    pushed("models/b", tag, bytes);
    expected.push_back(tag);
  }
  std::sort(expected.begin(), expected.end());
  const auto tags = registry().tags("models/b");
  ASSERT_TRUE(tags.ok()) << tags.error().to_string();
  EXPECT_EQ(*tags, expected);

  pushed("models/a", "v1", artifact("models/a", "one"));
  pushed("models", "v1", artifact("models", "one"));
  pushed("fleet/main", "desired", artifact("fleet/main", "one"));
  const auto repositories = registry().repositories();
  ASSERT_TRUE(repositories.ok()) << repositories.error().to_string();
  EXPECT_THAT(*repositories, testing::ElementsAre("fleet/main", "models", "models/a", "models/b"));
}

TEST_P(RegistryConformance, KeepsAnIndexOfManifests) {
  oci::Descriptor child = pushed("models/a", "", artifact("models/a", "amd64"));
  child.platform = oci::Platform{"amd64", "linux"};
  oci::Manifest index;
  index.media_type = oci::kIndexType;
  index.manifests = {child};
  const std::string bytes = oci::format_manifest(index);
  const auto put = registry().put_manifest("models/a", "image", oci::kIndexType, bytes);
  ASSERT_TRUE(put.ok()) << put.error().to_string();
  const auto back = registry().get_manifest("models/a", "image");
  ASSERT_TRUE(back.ok());
  EXPECT_EQ((*back)->bytes, bytes);
  EXPECT_EQ((*back)->media_type, oci::kIndexType);
}

TEST_P(RegistryConformance, ListsReferrersByType) {
  const oci::Descriptor subject = pushed("models/a", "v1", artifact("models/a", "model"));
  const auto none = registry().referrers("models/a", subject.digest, "");
  ASSERT_TRUE(none.ok()) << none.error().to_string();
  EXPECT_TRUE(none->empty());

  const oci::Descriptor sign = pushed(
      "models/a", "", artifact("models/a", "signature", "application/vnd.example.sig", subject));
  const oci::Descriptor list = pushed(
      "models/a", "", artifact("models/a", "parts list", "application/vnd.example.sbom", subject));
  pushed("models/a", "",
         artifact("models/a", "of another", "application/vnd.example.sig",
                  descriptor("another", oci::kManifestType)));

  const auto all = registry().referrers("models/a", subject.digest, "");
  ASSERT_TRUE(all.ok()) << all.error().to_string();
  EXPECT_THAT(digests(*all),
              testing::UnorderedElementsAre(sign.digest.to_string(), list.digest.to_string()));
  const auto signatures =
      registry().referrers("models/a", subject.digest, "application/vnd.example.sig");
  ASSERT_TRUE(signatures.ok());
  ASSERT_THAT(digests(*signatures), testing::ElementsAre(sign.digest.to_string()));
  const oci::Descriptor& found = signatures->front();
  EXPECT_EQ(found.artifact_type, "application/vnd.example.sig");
  EXPECT_EQ(found.size_bytes, sign.size_bytes);
  EXPECT_THAT(found.annotations,
              testing::ElementsAre(testing::Pair("org.example.text", "signature")));
}

TEST_P(RegistryConformance, ListsAReferrerOnce) {
  const oci::Descriptor subject = pushed("models/a", "v1", artifact("models/a", "model"));
  const std::string bytes =
      artifact("models/a", "signature", "application/vnd.example.sig", subject);
  pushed("models/a", "", bytes);
  pushed("models/a", "", bytes);
  const auto all = registry().referrers("models/a", subject.digest, "");
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->size(), 1u);
}

TEST_P(RegistryConformance, RemovesAManifestWithItsTagsAndItsListing) {
  const oci::Descriptor subject = pushed("models/a", "v1", artifact("models/a", "model"));
  pushed("models/a", "champion", artifact("models/a", "model"));
  const oci::Descriptor sign = pushed(
      "models/a", "", artifact("models/a", "signature", "application/vnd.example.sig", subject));
  Status removed = registry().remove("models/a", sign.digest.to_string());
  ASSERT_TRUE(removed.ok()) << removed.error().to_string();
  const auto left = registry().referrers("models/a", subject.digest, "");
  ASSERT_TRUE(left.ok());
  EXPECT_TRUE(left->empty());

  removed = registry().remove("models/a", subject.digest.to_string());
  ASSERT_TRUE(removed.ok()) << removed.error().to_string();
  for (const std::string& reference :
       {std::string("v1"), std::string("champion"), subject.digest.to_string()}) {
    EXPECT_EQ(code_of(registry().resolve("models/a", reference)), Code::kNotFound) << reference;
  }
}

TEST_P(RegistryConformance, RemovesATagAndKeepsTheManifest) {
  const oci::Descriptor stored = pushed("models/a", "v1", artifact("models/a", "model"));
  pushed("models/a", "v2", artifact("models/a", "model"));
  const Status removed = registry().remove("models/a", "v1");
  if (!GetParam().removes_tags) {
    EXPECT_EQ(code_of(removed), Code::kUnimplemented) << removed.error().to_string();
    return;
  }
  ASSERT_TRUE(removed.ok()) << removed.error().to_string();
  EXPECT_EQ(code_of(registry().resolve("models/a", "v1")), Code::kNotFound);
  EXPECT_TRUE(registry().resolve("models/a", "v2").ok());
  EXPECT_TRUE(registry().resolve("models/a", stored.digest.to_string()).ok());
}

TEST_P(RegistryConformance, SpeaksSha512) {
  if (!GetParam().knows_sha512) GTEST_SKIP() << "this server knows sha256 only";
  const std::string bytes = bytes_of(70'000);
  const oci::Descriptor blob = descriptor(bytes, oci::kLayerTarType, HashAlgorithm::kSha512);
  const Status put = registry().put_blob("models/a", blob, source_of(bytes));
  ASSERT_TRUE(put.ok()) << put.error().to_string();
  const auto back = pull("models/a", blob.digest);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back == bytes, true);

  const std::string manifest = artifact("models/a", "model");
  const Digest digest = Digest::of(manifest, HashAlgorithm::kSha512);
  const auto stored =
      registry().put_manifest("models/a", digest.to_string(), oci::kManifestType, manifest);
  ASSERT_TRUE(stored.ok()) << stored.error().to_string();
  EXPECT_EQ(*stored, digest);
  EXPECT_TRUE(registry().get_manifest("models/a", digest.to_string()).ok());
}

TEST_P(RegistryConformance, TakesTheSameBlobFromTwoAtOnce) {
  const std::string bytes = bytes_of(400'000);
  std::vector<Status> results(4);
  {
    std::vector<std::jthread> threads;
    for (Status& result : results) {
      threads.emplace_back([&] { result = push("models/a", bytes); });
    }
  }
  for (const Status& result : results) EXPECT_TRUE(result.ok()) << result.error().to_string();
  const auto back = pull("models/a", Digest::of(bytes));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back == bytes, true);
}

TEST_P(RegistryConformance, LeavesATagOnOneOfTheManifestsPushedAtOnce) {
  std::vector<std::string> manifests;
  for (const char* text : {"one", "two", "three", "four"}) {
    manifests.push_back(artifact("models/a", text));
  }
  {
    std::vector<std::jthread> threads;
    for (const std::string& bytes : manifests) {
      threads.emplace_back([&] { pushed("models/a", "champion", bytes); });
    }
  }
  const auto stored = registry().get_manifest("models/a", "champion");
  ASSERT_TRUE(stored.ok()) << stored.error().to_string();
  EXPECT_THAT(manifests, testing::Contains((*stored)->bytes));
}

TEST_P(RegistryConformance, LetsAClientNoticeADamagedBlob) {
  const std::string bytes = bytes_of(50'000);
  ASSERT_TRUE(push("models/a", bytes).ok());
  if (!under_test_->damage(Digest::of(bytes))) GTEST_SKIP() << "its disk is out of reach";
  sys::fake::FakeFileSystem disk;
  ASSERT_TRUE(disk.make_directories("/site").ok());
  const Status fetched =
      fetch_blob(registry(), "models/a", descriptor(bytes, oci::kLayerTarType), disk, "/site/blob");
  EXPECT_EQ(code_of(fetched), Code::kDataLoss) << fetched.error().to_string();
  EXPECT_FALSE(sys::exists(disk, "/site/blob"));
  EXPECT_FALSE(sys::exists(disk, "/site/blob.partial"));
}

}  // namespace skerry::registry
