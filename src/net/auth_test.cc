// SPDX-License-Identifier: Apache-2.0
#include "net/auth.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/encoding.h"
#include "sys/fake/clock.h"
#include "sys/fake/files.h"

namespace skerry::net {
namespace {

TEST(TokenFromAuthorization, ReadsBearerAndTheBasicPassword) {
  EXPECT_EQ(*token_from_authorization("Bearer abc"), "abc");
  EXPECT_EQ(*token_from_authorization("bearer   abc"), "abc");
  EXPECT_EQ(*token_from_authorization("Basic " + base64_encode("any:abc:d")), "abc:d");
  EXPECT_EQ(*token_from_authorization("BASIC " + base64_encode(":t")), "t");
}

TEST(TokenFromAuthorization, RefusesEverythingElse) {
  for (const std::string& header :
       {std::string(), std::string("Bearer"), std::string("Bearer "), std::string("abc"),
        std::string("Digest abc"), std::string("Basic !!"), "Basic " + base64_encode("nocolon"),
        "Basic " + base64_encode("user:"), "Bearer " + std::string(300, 'x')}) {
    const auto token = token_from_authorization(header);
    ASSERT_FALSE(token.ok()) << header;
    EXPECT_EQ(token.error().code(), Code::kUnauthenticated);
  }
}

TEST(Role, RoundTrips) {
  for (const char* text : {"admin", "client", "site:site-1"}) {
    EXPECT_EQ(format_role(parse_role(text).value()), text);
  }
  for (const char* text : {"", "root", "site", "site:", "site:../x", "Admin", "site:a b"}) {
    EXPECT_FALSE(parse_role(text).ok()) << text;
  }
}

struct Folder {
  sys::fake::FakeFileSystem fs;
  sys::fake::FakeClock clock;
  sys::SeededRandom random{7};
  TokenFolder tokens{fs, "/state/tokens", clock};
};

TEST(TokenFolder, KnowsWhatItCreated) {
  Folder folder;
  const auto admin = folder.tokens.create({Role::kAdmin, {}}, folder.random);
  const auto site = folder.tokens.create({Role::kSite, "site-1"}, folder.random);
  ASSERT_TRUE(admin.ok() && site.ok());
  EXPECT_EQ(admin->size(), 64u);
  EXPECT_EQ(folder.tokens.authenticate(*admin)->role, Role::kAdmin);
  EXPECT_EQ(folder.tokens.authenticate(*site)->site, "site-1");
  EXPECT_EQ(folder.tokens.authenticate("nobody's").error().code(), Code::kUnauthenticated);
  EXPECT_EQ(folder.tokens.authenticate("").error().code(), Code::kUnauthenticated);
}

TEST(TokenFolder, KeepsOnlyTheDigestOnDisk) {
  Folder folder;
  ASSERT_TRUE(folder.tokens.add("secret", {Role::kSite, "site-1"}).ok());
  const std::string name = Digest::of("secret").hex() + ".json";
  EXPECT_EQ(folder.fs.list("/state/tokens").value(), std::vector<std::string>{name});
  EXPECT_EQ(sys::read_file(folder.fs, "/state/tokens/" + name, 1000).value(),
            "{\"role\":\"site\",\"site\":\"site-1\"}\n");
}

TEST(TokenFolder, StoredTokensAreDurable) {
  Folder folder;
  const auto token = folder.tokens.create({Role::kClient, {}}, folder.random);
  folder.fs.crash();
  TokenFolder again(folder.fs, "/state/tokens", folder.clock);
  EXPECT_EQ(again.authenticate(*token)->role, Role::kClient);
}

TEST(TokenFolder, SeesARevocationByAnotherProcessWithinFourSeconds) {
  Folder folder;
  const auto token = folder.tokens.create({Role::kClient, {}}, folder.random);
  ASSERT_TRUE(folder.tokens.authenticate(*token).ok());
  TokenFolder other(folder.fs, "/state/tokens", folder.clock);
  ASSERT_TRUE(other.revoke(*token).ok());
  EXPECT_TRUE(folder.tokens.authenticate(*token).ok());  // From memory, without the disk.
  folder.clock.advance(std::chrono::seconds(4));
  EXPECT_EQ(folder.tokens.authenticate(*token).error().code(), Code::kUnauthenticated);
  EXPECT_EQ(other.revoke(*token).error().code(), Code::kNotFound);
}

TEST(TokenFolder, ItsOwnRevocationCountsAtOnce) {
  Folder folder;
  const auto token = folder.tokens.create({Role::kClient, {}}, folder.random);
  ASSERT_TRUE(folder.tokens.authenticate(*token).ok());
  ASSERT_TRUE(folder.tokens.revoke(*token).ok());
  EXPECT_FALSE(folder.tokens.authenticate(*token).ok());
}

TEST(TokenFolder, ADamagedFileLetsNobodyIn) {
  Folder folder;
  for (const char* text : {"", "{", "{}", "[]", R"({"role":"king"})", R"({"role":"site"})",
                           R"({"role":"site","site":"../x"})", R"({"role":"admin","more":1})"}) {
    const std::string path = "/state/tokens/" + Digest::of("t").hex() + ".json";
    ASSERT_TRUE(folder.fs.make_directories("/state/tokens").ok());
    ASSERT_TRUE(sys::write_file_atomically(folder.fs, path, text).ok());
    EXPECT_FALSE(folder.tokens.authenticate("t").ok()) << text;
  }
}

TEST(TokenFolder, RefusesTokensWithoutARole) {
  Folder folder;
  EXPECT_FALSE(folder.tokens.create({Role::kAnonymous, {}}, folder.random).ok());
  EXPECT_FALSE(folder.tokens.create({Role::kSite, "no/name"}, folder.random).ok());
  EXPECT_FALSE(folder.tokens.add("", {Role::kAdmin, {}}).ok());
}

}  // namespace
}  // namespace skerry::net
