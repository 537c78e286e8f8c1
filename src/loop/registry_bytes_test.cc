// SPDX-License-Identifier: Apache-2.0
#include "loop/registry_bytes.h"

#include <gtest/gtest.h>

#include <functional>

namespace skerry::loop {
namespace {

// A registry of one blob that answers as it is told.
class OneBlob final : public registry::Registry {
 public:
  std::function<Status(const registry::BlobSink& sink)> answer;
  std::string stored;

  Status get_blob(const std::string&, const Digest&, std::uint64_t,
                  const registry::BlobSink& sink) override {
    return answer(sink);
  }
  // Asks in pieces of three bytes.
  Status put_blob(const std::string&, const oci::Descriptor& descriptor,
                  const registry::BlobSource& source) override {
    char piece[3];
    stored.clear();
    while (const std::size_t count = TRY(source(stored.size(), piece))) stored.append(piece, count);
    return Digest::of(stored) == descriptor.digest && stored.size() == descriptor.size_bytes
               ? ok_status()
               : data_loss("other bytes");
  }
  Result<oci::Descriptor> resolve(const std::string&, const std::string&) override { return no(); }
  Result<std::optional<registry::StoredManifest>> get_manifest(
      const std::string&, const std::string&, const std::optional<Digest>&) override {
    return no();
  }
  Result<bool> has_blob(const std::string&, const Digest&) override { return no(); }
  Result<Digest> put_manifest(const std::string&, const std::string&, std::string_view,
                              std::string_view) override {
    return no();
  }
  Result<std::vector<std::string>> tags(const std::string&) override { return no(); }
  Result<std::vector<oci::Descriptor>> referrers(const std::string&, const Digest&,
                                                 const std::string&) override {
    return no();
  }
  Status remove(const std::string&, const std::string&) override { return no(); }
  Result<std::vector<std::string>> repositories() override { return no(); }

 private:
  static Error no() { return {Code::kUnimplemented, "not here"}; }
};

const std::string kBytes = "twelve bytes";

oci::Descriptor described(HashAlgorithm algorithm = HashAlgorithm::kSha256) {
  return {"text/plain", Digest::of(kBytes, algorithm), kBytes.size()};
}

TEST(ReadBlob, PutsPiecesTogether) {
  for (const auto algorithm : {HashAlgorithm::kSha256, HashAlgorithm::kSha512}) {
    OneBlob registry;
    registry.answer = [](const registry::BlobSink& sink) -> Status {
      TRY(sink(kBytes.substr(0, 5)));
      return sink(kBytes.substr(5));
    };
    const Result<std::string> bytes = read_blob(registry, "r", described(algorithm), 100);
    ASSERT_TRUE(bytes.ok()) << bytes.error().to_string();
    EXPECT_EQ(*bytes, kBytes);
  }
}

TEST(ReadBlob, RefusesWhatDoesNotFitItsDescriptor) {
  struct Case {
    const char* name;
    std::vector<std::string> pieces;
    std::uint64_t bytes_max;
    Code code;
  };
  for (const Case& c : {Case{"above the limit", {kBytes}, 11, Code::kResourceExhausted},
                        {"cut off", {"twelve"}, 100, Code::kUnavailable},
                        {"nothing", {}, 100, Code::kUnavailable},
                        {"too long", {kBytes, "!"}, 100, Code::kDataLoss},
                        {"other bytes", {"TWELVE BYTES"}, 100, Code::kDataLoss}}) {
    OneBlob registry;
    registry.answer = [&](const registry::BlobSink& sink) -> Status {
      for (const std::string& piece : c.pieces) TRY(sink(piece));
      return ok_status();
    };
    const Result<std::string> bytes = read_blob(registry, "r", described(), c.bytes_max);
    ASSERT_FALSE(bytes.ok()) << c.name;
    EXPECT_EQ(bytes.error().code(), c.code) << c.name;
  }
}

TEST(ReadBlob, PassesTheRegistrysErrorOn) {
  OneBlob registry;
  registry.answer = [](const registry::BlobSink&) -> Status { return not_found("no such blob"); };
  EXPECT_EQ(read_blob(registry, "r", described(), 100).error().code(), Code::kNotFound);
}

TEST(WriteBlob, DescribesWhatItSends) {
  OneBlob registry;
  const Result<oci::Descriptor> descriptor = write_blob(registry, "r", "text/plain", kBytes);
  ASSERT_TRUE(descriptor.ok()) << descriptor.error().to_string();
  EXPECT_EQ(registry.stored, kBytes);
  EXPECT_EQ(descriptor->media_type, "text/plain");
  EXPECT_EQ(descriptor->digest, Digest::of(kBytes));
  EXPECT_EQ(descriptor->size_bytes, kBytes.size());
  ASSERT_TRUE(write_blob(registry, "r", "text/plain", "").ok());
  EXPECT_EQ(registry.stored, "");
}

}  // namespace
}  // namespace skerry::loop
