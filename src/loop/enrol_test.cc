// SPDX-License-Identifier: Apache-2.0
#include "loop/enrol.h"

#include <gtest/gtest.h>

#include "sys/fake/clock.h"
#include "sys/fake/files.h"

namespace skerry::loop {
namespace {

class EnrolledSitesTest : public testing::Test {
 protected:
  Result<Enrolment> enrol(const std::string& site, const std::string& ring) {
    return sites_.enrol(site, ring, "http://hub:5000", tokens_, random_);
  }

  sys::fake::FakeFileSystem disk_;
  sys::fake::FakeClock clock_;
  sys::SeededRandom random_{1};
  net::TokenFolder tokens_{disk_, "/tokens", clock_};
  EnrolledSites sites_{disk_, "/sites"};
};

TEST_F(EnrolledSitesTest, SiteGetsATokenOfItsOwnAndARing) {
  const Result<Enrolment> enrolment = enrol("site-1", "main");
  ASSERT_TRUE(enrolment.ok()) << enrolment.error().to_string();
  EXPECT_EQ(enrolment->site, "site-1");
  EXPECT_EQ(enrolment->ring, "main");
  EXPECT_EQ(enrolment->registry, "http://hub:5000");
  const Result<net::Principal> principal = tokens_.authenticate(enrolment->token);
  ASSERT_TRUE(principal.ok());
  EXPECT_EQ(principal->role, net::Role::kSite);
  EXPECT_EQ(principal->site, "site-1");
  EXPECT_EQ(sites_.ring_of("site-1"), "main");
}

TEST_F(EnrolledSitesTest, SecondEnrolmentMovesTheSite) {
  ASSERT_TRUE(enrol("site-1", "pilot").ok());
  ASSERT_TRUE(enrol("site-1", "main").ok());
  EXPECT_EQ(sites_.ring_of("site-1"), "main");
}

TEST_F(EnrolledSitesTest, EnrolmentSurvivesAPowerCut) {
  const Result<Enrolment> enrolment = enrol("site-1", "main");
  ASSERT_TRUE(enrolment.ok());
  disk_.crash();
  net::TokenFolder tokens(disk_, "/tokens", clock_);
  EXPECT_TRUE(tokens.authenticate(enrolment->token).ok());
  EXPECT_EQ(EnrolledSites(disk_, "/sites").ring_of("site-1"), "main");
}

TEST_F(EnrolledSitesTest, BadNamesAreRefusedAndUnknown) {
  for (const char* name : {"", "..", "a/b", "Site", "a b"}) {
    EXPECT_EQ(enrol(name, "main").error().code(), Code::kInvalidArgument) << name;
    EXPECT_EQ(enrol("site-1", name).error().code(), Code::kInvalidArgument) << name;
    EXPECT_EQ(sites_.ring_of(name), std::nullopt) << name;
  }
  EXPECT_EQ(sites_.ring_of("site-1"), std::nullopt);
}

TEST_F(EnrolledSitesTest, DamagedRecordCountsAsNotEnrolled) {
  ASSERT_TRUE(enrol("site-1", "main").ok());
  for (const char* content : {"", "{", "[]", R"({"ring":7})"}) {
    ASSERT_TRUE(sys::write_file_atomically(disk_, "/sites/site-1.json", content).ok());
    EXPECT_EQ(sites_.ring_of("site-1"), std::nullopt) << content;
  }
}

}  // namespace
}  // namespace skerry::loop
