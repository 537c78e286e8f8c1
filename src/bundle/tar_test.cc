// SPDX-License-Identifier: Apache-2.0
#include "bundle/tar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>

#include "bundle/tar_format.h"
#include "sys/files.h"

namespace skerry::bundle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Kind = TarEntry::Kind;

TarEntry file(std::string path, std::string_view content) {
  return {.path = std::move(path), .content = content};
}
TarEntry link(std::string path, std::string target) {
  return {.path = std::move(path), .kind = Kind::kSymlink, .link_target = std::move(target)};
}
TarEntry directory(std::string path) {
  return {.path = std::move(path), .kind = Kind::kDirectory, .mode = 01777};
}

std::string packed(std::vector<TarEntry> entries, TarOptions options = {}) {
  auto tar = write_tar(std::move(entries), options);
  EXPECT_TRUE(tar) << tar.error().to_string();
  return tar ? *std::move(tar) : std::string();
}

// One file "f" with the content "x", its header changed by `edit`, with the checksum made right
// again.
template <typename Edit>
std::string edited(Edit edit) {
  std::string tar = packed({file("f", "x")});
  edit(tar);
  const std::string_view block = std::string_view(tar).substr(0, tar_format::kBlockBytes);
  std::array<char, 8> digits{};
  std::snprintf(digits.data(), digits.size(), "%06o", tar_format::checksum(block));
  tar.replace(tar_format::kChecksum.offset, 7, digits.data(), 7);
  return tar;
}

std::string with_field(tar_format::Field field, std::string_view bytes) {
  return edited([&](std::string& tar) { tar.replace(field.offset, bytes.size(), bytes); });
}

void expect_refused(std::string_view tar, std::string_view message,
                    Code code = Code::kInvalidArgument, TarLimits limits = {}) {
  const auto entries = read_tar(tar, limits);
  ASSERT_FALSE(entries) << message;
  EXPECT_EQ(entries.error().code(), code) << entries.error().to_string();
  EXPECT_THAT(entries.error().message(), HasSubstr(message));
}

TEST(Tar, HasTheGoldenBytes) {
  const std::string deep = std::string(90, 'd') + "/" + std::string(80, 'e') + "/name";
  const std::string tar =
      packed({file("models/pump/1/model.onnx", std::string(513, 'm')),
              file("models/pump/a.txt", ""),
              file(deep, "prefix"),
              file(std::string(120, 'n'), "pax"),
              link("models/now", "pump/1"),
              {.path = "tmp", .kind = Kind::kDirectory, .mode = 01777, .owner_id = 65532}},
             {.modified_unix_seconds = 1'700'000'000});
  const std::string path = SKERRY_SOURCE_DIR "/tests/golden/bundle/members.tar";
  if (std::getenv("SKERRY_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(sys::write_file_atomically(sys::real_file_system(), path, tar));
  }
  const auto golden = sys::read_file(sys::real_file_system(), path, 1u << 20);
  ASSERT_TRUE(golden) << golden.error().to_string();
  EXPECT_EQ(tar, *golden);
}

TEST(Tar, DoesNotDependOnTheOrderOfEntries) {
  EXPECT_EQ(packed({file("a/b", "1"), file("a-b", "2")}),
            packed({file("a-b", "2"), file("a/b", "1")}));
}

TEST(Tar, AddsMissingParentsBeforeTheirMembers) {
  const std::string tar = packed({file("a/b/c", "1"), file("a-b", "2")});
  const auto entries = read_tar(tar);
  ASSERT_TRUE(entries) << entries.error().to_string();
  std::vector<std::string> paths;
  for (const TarEntry& entry : *entries) paths.push_back(entry.path);
  EXPECT_THAT(paths, ElementsAre("a", "a-b", "a/b", "a/b/c"));
  EXPECT_EQ((*entries)[0].kind, Kind::kDirectory);
  EXPECT_EQ((*entries)[0].mode, 0755u);
}

TEST(Tar, ReadsBackWhatItWrote) {
  const std::string long_path = std::string(200, 'p') + "/" + std::string(200, 'q');
  const std::string tar = packed({file("x", "content"), directory("t"), file(long_path, "long"),
                                  link("l", std::string(150, 'z')), file("empty", "")});
  const auto entries = read_tar(tar);
  ASSERT_TRUE(entries) << entries.error().to_string();
  ASSERT_EQ(entries->size(), 6u);
  EXPECT_EQ(packed(*entries), tar);
  EXPECT_EQ((*entries)[1].link_target, std::string(150, 'z'));
  EXPECT_EQ((*entries)[3].path, long_path);
  EXPECT_EQ((*entries)[3].content, "long");
  EXPECT_EQ((*entries)[4].mode, 01777u);
}

TEST(Tar, ReadsWhatGnuTarWrites) {
  std::string tar = edited([](std::string& bytes) {
    bytes.replace(tar_format::kMagic.offset, 8, tar_format::kGnuMagic);
    bytes.replace(tar_format::kName.offset, 4, std::string_view("./f\0", 4));
    bytes.replace(tar_format::kPrefix.offset, 3, "123");  // A time in GNU's header, no path.
  });
  tar.append(10240 - tar.size(), '\0');
  const auto entries = read_tar(tar);
  ASSERT_TRUE(entries) << entries.error().to_string();
  EXPECT_EQ(entries->at(0).path, "f");
}

TEST(TarWriter, RefusesUnsafeRepeatedAndNestedPaths) {
  for (const std::string_view path :
       {"", "/etc/passwd", "../x", "a/../b", "a//b", "a/", "./a", "a/.", "a\nb"}) {
    const auto tar = write_tar({file(std::string(path), "x")});
    ASSERT_FALSE(tar) << path;
    EXPECT_EQ(tar.error().code(), Code::kInvalidArgument);
  }
  EXPECT_FALSE(write_tar({file("a", "1"), file("a", "2")}));
  EXPECT_FALSE(write_tar({file("a", "1"), file("a/b", "2")}));
  EXPECT_FALSE(write_tar({file("a/b", "2"), file("a", "1")}));
  EXPECT_FALSE(write_tar({file("a", "1")}, {.modified_unix_seconds = -1}));
}

TEST(TarWriter, RefusesLinksThatLeaveTheRoot) {
  for (const std::string_view target :
       {"", "/etc", "..", "../x", "../../x", "a/../../x", "a/..", "b/../c"}) {
    EXPECT_FALSE(write_tar({link("l", std::string(target))})) << target;
  }
  for (const std::string_view target : {"..", "../x", "x/y"}) {
    EXPECT_TRUE(write_tar({link("d/l", std::string(target))})) << target;
  }
  EXPECT_FALSE(write_tar({link("d/l", "../..")}));
}

TEST(TarWriter, HoldsTheCallerToItsSizesAndOrder) {
  std::string tar;
  const TarSink sink = [&](std::string_view bytes) {
    tar += bytes;
    return ok_status();
  };
  TarWriter writer(sink);
  ASSERT_TRUE(writer.begin(file("b", {}), 3));
  ASSERT_TRUE(writer.write("12"));
  EXPECT_FALSE(writer.write("34"));
  EXPECT_FALSE(writer.finish());
  ASSERT_TRUE(writer.write("3"));
  EXPECT_FALSE(writer.begin(file("a", {}), 0));
  ASSERT_TRUE(writer.finish());
  EXPECT_EQ(tar, packed({file("b", "123")}));
}

TEST(TarWriter, HandsAnErrorOfTheSinkOn) {
  const auto status = write_tar({file("a", "1")}, {}, [](std::string_view) -> Status {
    return Error(Code::kResourceExhausted, "disk full");
  });
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), Code::kResourceExhausted);
}

TEST(TarWriter, UsesPaxForSizesBeyondTheHeader) {
  std::string tar;
  TarWriter writer([&](std::string_view bytes) {
    tar += bytes;
    return ok_status();
  });
  ASSERT_TRUE(writer.begin(file("big", {}), 8ull << 30));
  EXPECT_THAT(tar, HasSubstr("19 size=8589934592\n"));
}

TEST(TarReader, RefusesDamagedHeaders) {
  std::string wrong = packed({file("f", "x")});
  wrong[0] = 'g';
  expect_refused(wrong, "checksum");
  expect_refused(with_field(tar_format::kMagic, "xstar"), "ustar");
  expect_refused(with_field(tar_format::kSize, "0000000008z"), "octal");
  expect_refused(with_field(tar_format::kSize, "\x80"), "octal");
  expect_refused(with_field(tar_format::kMode, "-00644"), "octal");
}

TEST(TarReader, RefusesUnsafeNames) {
  expect_refused(with_field(tar_format::kName, "/f"), "absolute");
  expect_refused(with_field(tar_format::kName, "../f"), "unsafe");
  expect_refused(with_field(tar_format::kName, "a/../f"), "unsafe");
  expect_refused(with_field(tar_format::kName, std::string_view("\0", 1)), "empty");
  expect_refused(with_field(tar_format::kPrefix, ".."), "unsafe");
  expect_refused(with_field(tar_format::kPrefix, "/"), "absolute");
}

TEST(TarReader, RefusesWhatIsNeitherFileNorDirectoryNorSafeLink) {
  for (const std::string_view type : {"1", "3", "4", "6", "7", "S", "L", "K", "g", "A"}) {
    expect_refused(with_field(tar_format::kType, type), "not supported");
  }
  expect_refused(with_field(tar_format::kType, "5"), "with contents");
  expect_refused(edited([](std::string& tar) {
                   tar.replace(tar_format::kType.offset, 1, "2");
                   tar.replace(tar_format::kSize.offset, 11, "00000000000");
                   tar.replace(tar_format::kLinkName.offset, 4, "/etc");
                   tar.erase(tar_format::kBlockBytes, tar_format::kBlockBytes);
                 }),
                 "leaves the archive");
}

TEST(TarReader, RefusesTruncationAnywhere) {
  const std::string tar = packed({file("f", std::string(700, 'x'))});
  for (const std::size_t size : {0u, 1u, 511u, 512u, 1000u, 1212u, 1535u, 1536u, 1600u}) {
    expect_refused(std::string_view(tar).substr(0, size), "");
  }
  expect_refused(with_field(tar_format::kSize, "77777777777"), "truncated");
  expect_refused(tar + "x", "after the end");
}

TEST(TarReader, RefusesTwoMembersOfOnePath) {
  const std::string one = packed({file("f", "x")});
  const std::string member = one.substr(0, 1024);
  expect_refused(member + one, "repeated path");
  const std::string below = packed({file("f/g", "x")});
  expect_refused(member + below.substr(512), "no directory");
  expect_refused(below.substr(512, 1024) + one, "repeated path");
  const std::string symlink = packed({link("f", "h")});
  expect_refused(symlink.substr(0, 512) + below.substr(512), "no directory");
}

TEST(TarReader, RefusesDamagedPaxHeaders) {
  const std::string tar = packed({file(std::string(120, 'n'), "x")});
  const auto with_pax = [&](std::string_view records) {
    std::string copy = tar;
    copy.replace(512, 512, std::string(records) + std::string(512 - records.size(), '\0'));
    return copy;
  };

  expect_refused(with_pax("999 path=x\n"), "PAX");
  expect_refused(with_pax("0 path=x\n"), "PAX");
  expect_refused(with_pax("path=x\n"), "PAX");
  expect_refused(with_pax("10 path=x\n"), "PAX");
  expect_refused(with_pax("22 GNU.sparse.major=1\n" + std::string(108, 'x')), "sparse");
  expect_refused(with_pax("9 size=z\n" + std::string(121, 'x')), "number");
  expect_refused(with_pax("9 path=x\n9 path=y\n" + std::string(112, 'x')), "twice");
  expect_refused(with_pax("10 path=/x\n"), "PAX");
  expect_refused(tar.substr(0, 1024) + tar, "two PAX");
  expect_refused(tar.substr(0, 1024) + std::string(1024, '\0'), "without a member");
}

TEST(TarReader, StopsAtItsLimits) {
  const std::string tar = packed({file("a", "123"), file("b", "456")});
  expect_refused(tar, "above 1 members", Code::kResourceExhausted, {.entries_max = 1});
  expect_refused(tar, "above 5 bytes", Code::kResourceExhausted, {.bytes_max = 5});
  EXPECT_TRUE(read_tar(tar, {.entries_max = 2, .bytes_max = 6}));
}

}  // namespace
}  // namespace skerry::bundle
