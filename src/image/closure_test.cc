// SPDX-License-Identifier: Apache-2.0
#include "image/closure.h"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "image/sample_elf.h"
#include "sys/fake/files.h"

namespace skerry::image {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Closure : public testing::Test {
 protected:
  void add(const std::string& folder, const std::string& name, std::vector<std::string> needed,
           unsigned machine = EM_X86_64) {
    ASSERT_TRUE(fs_.make_directories(folder));
    ASSERT_TRUE(sys::write_file_atomically(
        fs_, folder + "/" + name,
        sample_elf({.machine = machine, .interpreter = {}, .needed = std::move(needed)})));
  }
  Result<Libraries> find(const std::vector<std::string>& names, std::size_t max = 512) {
    return find_closure(fs_, names,
                        {.architecture = "amd64",
                         .interpreter = "/lib64/ld.so.2",
                         .folders = {"/first", "/second"},
                         .libraries_max = max});
  }

  sys::fake::FakeFileSystem fs_;
};

TEST_F(Closure, FollowsWhatLibrariesNeedAndLeavesTheLoaderOut) {
  add("/second", "liba.so", {"libb.so", "ld.so.2"});
  add("/second", "libb.so", {"liba.so", "libc.so"});
  add("/second", "libc.so", {});
  add("/second", "libunused.so", {});
  const auto libraries = find({"liba.so"});
  ASSERT_TRUE(libraries) << libraries.error().to_string();
  std::vector<std::string> names;
  for (const auto& [name, library] : *libraries) names.push_back(name);
  EXPECT_THAT(names, ElementsAre("liba.so", "libb.so", "libc.so"));
  EXPECT_EQ(libraries->at("libb.so").path, "/second/libb.so");
}

TEST_F(Closure, TakesTheFirstFolderThatHasTheArchitecture) {
  add("/first", "liba.so", {}, EM_AARCH64);
  add("/second", "liba.so", {});
  add("/first", "libb.so", {});
  add("/second", "libb.so", {});
  const auto libraries = find({"liba.so", "libb.so"});
  ASSERT_TRUE(libraries) << libraries.error().to_string();
  EXPECT_EQ(libraries->at("liba.so").path, "/second/liba.so");
  EXPECT_EQ(libraries->at("libb.so").path, "/first/libb.so");
}

TEST_F(Closure, NamesALibraryThatIsNowhere) {
  add("/first", "liba.so", {"libgone.so.3"});
  const auto libraries = find({"liba.so"});
  ASSERT_FALSE(libraries);
  EXPECT_EQ(libraries.error().code(), Code::kNotFound);
  EXPECT_THAT(libraries.error().message(), HasSubstr("libgone.so.3"));
}

TEST_F(Closure, StopsAtItsLimit) {
  add("/first", "liba.so", {"libb.so"});
  add("/first", "libb.so", {});
  EXPECT_TRUE(find({"liba.so"}, 2));
  EXPECT_EQ(find({"liba.so"}, 1).error().code(), Code::kResourceExhausted);
}

TEST_F(Closure, TellsWhatIsThereForOneLibraryOnly) {
  add("/first", "libcurl.so.4", {"libssh.so", "libssl.so"});
  add("/first", "libssh.so", {"libssl.so"});
  add("/first", "libssl.so", {"libc.so"});
  add("/first", "libc.so", {});
  const std::vector<std::string> roots{"libcurl.so.4", "libssl.so"};
  const auto libraries = find(roots);
  ASSERT_TRUE(libraries);
  EXPECT_THAT(reachable(*libraries, roots, "libcurl.so.4"), ElementsAre("libc.so", "libssl.so"));
}

TEST_F(Closure, KnowsTheFoldersOfBothArchitectures) {
  EXPECT_EQ(usual_library_folders("amd64").front(), "/lib/x86_64-linux-gnu");
  EXPECT_EQ(usual_library_folders("arm64").front(), "/lib/aarch64-linux-gnu");
}

}  // namespace
}  // namespace skerry::image
