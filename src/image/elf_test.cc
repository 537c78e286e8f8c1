// SPDX-License-Identifier: Apache-2.0
#include "image/elf.h"

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>

#include "image/sample_elf.h"
#include "sys/files.h"
#include "sys/process.h"

namespace skerry::image {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

void expect_refused(std::string_view bytes, std::string_view message,
                    Code code = Code::kInvalidArgument) {
  const auto elf = read_elf(bytes);
  ASSERT_FALSE(elf) << message;
  EXPECT_EQ(elf.error().code(), code);
  EXPECT_THAT(elf.error().message(), HasSubstr(message));
}

template <typename T, typename Edit>
std::string edited(std::size_t offset, Edit edit) {
  std::string bytes = sample_elf({.interpreter = "/lib64/ld.so", .needed = {"liba.so.1"}});
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  edit(value);
  std::memcpy(bytes.data() + offset, &value, sizeof(T));
  return bytes;
}

constexpr std::size_t kSegment = sizeof(Elf64_Ehdr);  // LOAD; DYNAMIC and INTERP follow.
constexpr std::size_t kDynamic = kSegment + 3 * sizeof(Elf64_Phdr);

TEST(Elf, TellsWhatARunningProgramNeeds) {
  const auto path = sys::executable_path();
  ASSERT_TRUE(path);
  const auto bytes = sys::read_file(sys::real_file_system(), *path, 1u << 30);
  ASSERT_TRUE(bytes);
  const auto elf = read_elf(*bytes);
  ASSERT_TRUE(elf) << elf.error().to_string();
  EXPECT_TRUE(sys::exists(sys::real_file_system(), elf->interpreter)) << elf->interpreter;
  EXPECT_THAT(elf->needed, Contains("libc.so.6"));
  EXPECT_THAT(elf->needed, Contains("libstdc++.so.6"));
}

TEST(Elf, ReadsNamesInOrder) {
  const auto elf = read_elf(sample_elf({.machine = EM_AARCH64,
                                        .interpreter = "/lib/ld-linux-aarch64.so.1",
                                        .needed = {"libz.so.1", "liba.so.1"}}));
  ASSERT_TRUE(elf) << elf.error().to_string();
  EXPECT_EQ(elf->architecture, "arm64");
  EXPECT_EQ(elf->interpreter, "/lib/ld-linux-aarch64.so.1");
  EXPECT_THAT(elf->needed, ElementsAre("libz.so.1", "liba.so.1"));
}

TEST(Elf, RefusesOtherFilesAndMachines) {
  expect_refused("", "header");
  expect_refused(std::string(100, 'x'), "no ELF file");
  expect_refused(edited<Elf64_Ehdr>(0, [](auto& h) { h.e_ident[EI_CLASS] = ELFCLASS32; }),
                 "64-bit");
  expect_refused(edited<Elf64_Ehdr>(0, [](auto& h) { h.e_ident[EI_DATA] = ELFDATA2MSB; }),
                 "little-endian");
  expect_refused(sample_elf({.machine = EM_RISCV}), "machine 243", Code::kUnimplemented);
}

TEST(Elf, RefusesWhatPointsOutsideTheFile) {
  expect_refused(edited<Elf64_Ehdr>(0, [](auto& h) { h.e_phoff = ~0ull; }), "program headers");
  expect_refused(edited<Elf64_Ehdr>(0, [](auto& h) { h.e_phoff = 1u << 20; }), "program headers");
  expect_refused(edited<Elf64_Ehdr>(0, [](auto& h) { h.e_phnum = 0xffff; }), "program headers");
  expect_refused(edited<Elf64_Ehdr>(0, [](auto& h) { h.e_phentsize = 1; }), "program headers");
  expect_refused(edited<Elf64_Phdr>(kSegment, [](auto& s) { s.p_filesz = ~0ull; }), "segment");
  expect_refused(edited<Elf64_Phdr>(kSegment, [](auto& s) { s.p_vaddr = ~0ull; }), "address");
  constexpr std::size_t kDynamicSegment = kSegment + sizeof(Elf64_Phdr);
  expect_refused(edited<Elf64_Phdr>(kDynamicSegment, [](auto& s) { s.p_offset = ~0ull; }),
                 "dynamic section");
  constexpr std::size_t kInterpreter = kSegment + 2 * sizeof(Elf64_Phdr);
  expect_refused(edited<Elf64_Phdr>(kInterpreter, [](auto& s) { s.p_offset = 1u << 30; }),
                 "interpreter");
  expect_refused(edited<Elf64_Dyn>(kDynamic, [](auto& d) { d.d_un.d_val = ~0ull; }), "string");
  expect_refused(edited<Elf64_Dyn>(kDynamic, [](auto& d) { d.d_un.d_val = 0; }), "name of");
  expect_refused(
      edited<Elf64_Dyn>(kDynamic + sizeof(Elf64_Dyn), [](auto& d) { d.d_un.d_ptr = 0x10; }),
      "address");
  expect_refused(
      edited<Elf64_Dyn>(kDynamic + sizeof(Elf64_Dyn), [](auto& d) { d.d_tag = DT_NULL; }),
      "no string table");
}

TEST(Elf, RefusesLibrariesNamedByPath) {
  expect_refused(sample_elf({.interpreter = {}, .needed = {"../../etc/shadow"}}), "by path");
  expect_refused(sample_elf({.interpreter = {}, .needed = {".."}}), "by path");
  expect_refused(sample_elf({.interpreter = "ld.so", .needed = {}}), "interpreter");
}

TEST(Elf, SurvivesTruncationAnywhere) {
  const std::string bytes = sample_elf({.interpreter = "/lib64/ld.so", .needed = {"liba.so.1"}});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(read_elf(std::string_view(bytes).substr(0, size))) << size;
  }
}

}  // namespace
}  // namespace skerry::image
