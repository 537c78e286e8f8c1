// SPDX-License-Identifier: Apache-2.0
#include "registry/fetch.h"

#include <gtest/gtest.h>

#include "registry/store.h"
#include "sys/fake/clock.h"
#include "sys/fake/files.h"
#include "sys/random.h"

namespace skerry::registry {
namespace {

Code code_of(const Status& status) { return status ? Code{} : status.error().code(); }

// A registry behind a line that breaks after so many bytes, so many times.
class CutLine final : public Registry {
 public:
  explicit CutLine(std::string blob) : blob_(std::move(blob)) {}

  std::size_t bytes_between_cuts = 1000;
  int cuts = 0;
  std::vector<std::uint64_t> offsets;

  Status get_blob(const std::string&, const Digest&, std::uint64_t offset,
                  const BlobSink& sink) override {
    offsets.push_back(offset);
    if (offset > blob_.size()) return Error(Code::kOutOfRange, "beyond");
    const bool cut = cuts > 0;
    if (cut) --cuts;
    const std::string_view rest = std::string_view(blob_).substr(offset);
    if (!rest.empty()) TRY(sink(cut ? rest.substr(0, bytes_between_cuts) : rest));
    return cut ? Status(unavailable("the cable is out")) : ok_status();
  }

  Result<oci::Descriptor> resolve(const std::string&, const std::string&) override {
    return none();
  }
  Result<std::optional<StoredManifest>> get_manifest(const std::string&, const std::string&,
                                                     const std::optional<Digest>&) override {
    return none();
  }
  Result<bool> has_blob(const std::string&, const Digest&) override { return none(); }
  Status put_blob(const std::string&, const oci::Descriptor&, const BlobSource&) override {
    return none();
  }
  Result<Digest> put_manifest(const std::string&, const std::string&, std::string_view,
                              std::string_view) override {
    return none();
  }
  Result<std::vector<std::string>> tags(const std::string&) override { return none(); }
  Result<std::vector<oci::Descriptor>> referrers(const std::string&, const Digest&,
                                                 const std::string&) override {
    return none();
  }
  Status remove(const std::string&, const std::string&) override { return none(); }
  Result<std::vector<std::string>> repositories() override { return none(); }

 private:
  static Error none() { return not_found("this line has blobs only"); }
  std::string blob_;
};

class FetchTest : public testing::Test {
 protected:
  FetchTest() { EXPECT_TRUE(disk_.make_directories("/site").ok()); }

  Status fetch(Registry& registry) {
    return fetch_blob(
        registry, "models/a",
        {"application/octet-stream", Digest::of(bytes_), bytes_.size(), "", {}, std::nullopt},
        disk_, "/site/blob", {.attempts_max = 3});
  }

  const std::string bytes_ = std::string(5000, 'a') + std::string(5000, 'b');
  sys::fake::FakeFileSystem disk_;
};

TEST_F(FetchTest, GoesOnAfterEveryCut) {
  CutLine line(bytes_);
  line.cuts = 9;
  const Status fetched = fetch(line);
  ASSERT_TRUE(fetched.ok()) << fetched.error().to_string();
  EXPECT_EQ(*sys::read_file(disk_, "/site/blob", 1u << 20), bytes_);
  EXPECT_EQ(line.offsets.size(), 10u);
  EXPECT_EQ(line.offsets.back(), 9000u);
  disk_.crash();
  EXPECT_EQ(*sys::read_file(disk_, "/site/blob", 1u << 20), bytes_);
}

TEST_F(FetchTest, GoesOnInAnotherProcess) {
  CutLine line(bytes_);
  line.cuts = 1;
  line.bytes_between_cuts = 4000;
  {
    CutLine dead(bytes_.substr(0, 4000));
    dead.cuts = 100;
    dead.bytes_between_cuts = 4000;
    EXPECT_EQ(code_of(fetch(dead)), Code::kUnavailable);
  }
  ASSERT_TRUE(fetch(line).ok());
  EXPECT_EQ(line.offsets.front(), 4000u);
}

TEST_F(FetchTest, GivesUpALineThatBringsNothing) {
  CutLine line(bytes_);
  line.cuts = 100;
  line.bytes_between_cuts = 0;
  EXPECT_EQ(code_of(fetch(line)), Code::kUnavailable);
  EXPECT_EQ(line.offsets.size(), 3u);
}

TEST_F(FetchTest, LeavesNothingOfABlobWithAnotherDigest) {
  std::string flipped = bytes_;
  flipped[700] ^= 4;
  CutLine line(flipped);
  EXPECT_EQ(code_of(fetch(line)), Code::kDataLoss);
  EXPECT_TRUE(disk_.list("/site")->empty());
  CutLine good(bytes_);
  EXPECT_TRUE(fetch(good).ok());
}

TEST_F(FetchTest, RefusesABlobOfAnotherLength) {
  CutLine longer(bytes_ + "more");
  EXPECT_EQ(code_of(fetch(longer)), Code::kDataLoss);
  CutLine shorter(bytes_.substr(0, 9999));
  EXPECT_EQ(code_of(fetch(shorter)), Code::kDataLoss);
  EXPECT_TRUE(disk_.list("/site")->empty());
}

TEST_F(FetchTest, StopsOnAFullDiskAndGoesOnLater) {
  CutLine line(bytes_);
  line.cuts = 2;
  disk_.set_capacity(1500);
  EXPECT_EQ(code_of(fetch(line)), Code::kResourceExhausted);
  EXPECT_FALSE(sys::exists(disk_, "/site/blob"));
  disk_.set_capacity(1'000'000);
  ASSERT_TRUE(fetch(line).ok());
  EXPECT_EQ(*sys::read_file(disk_, "/site/blob", 1u << 20), bytes_);
}

}  // namespace
}  // namespace skerry::registry
