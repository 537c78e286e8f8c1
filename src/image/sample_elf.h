// SPDX-License-Identifier: Apache-2.0
//
// The smallest ELF files that a closure can be made of, for tests.
#pragma once

#include <elf.h>

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace skerry::image {

struct SampleElf {
  unsigned machine = EM_X86_64;
  std::string interpreter = {};
  std::vector<std::string> needed = {};
  std::string tail = {};  // Bytes behind it that tell two files apart.
};

template <typename T>
void append_bytes(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

inline Elf64_Phdr sample_segment(std::uint32_t type, std::uint64_t offset, std::uint64_t size) {
  Elf64_Phdr segment{};
  segment.p_type = type;
  segment.p_offset = offset;
  segment.p_vaddr = 0x400000 + offset;
  segment.p_filesz = size;
  segment.p_memsz = size;
  return segment;
}

// Header, three program headers (LOAD over everything, DYNAMIC, INTERP), dynamic table, strings.
inline std::string sample_elf(const SampleElf& sample) {
  constexpr std::uint64_t kTable = sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Phdr);
  const std::uint64_t table_size = (sample.needed.size() + 2) * sizeof(Elf64_Dyn);
  std::string strings("\0", 1);
  std::string table;
  for (const std::string& name : sample.needed) {
    Elf64_Dyn entry{};
    entry.d_tag = DT_NEEDED;
    entry.d_un.d_val = strings.size();
    append_bytes(table, entry);
    strings += name + '\0';
  }
  Elf64_Dyn entry{};
  entry.d_tag = DT_STRTAB;
  entry.d_un.d_ptr = 0x400000 + kTable + table_size;
  append_bytes(table, entry);
  append_bytes(table, Elf64_Dyn{});
  const std::uint64_t interpreter_offset = kTable + table_size + strings.size();
  const std::string interpreter = sample.interpreter + '\0';

  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_type = ET_DYN;
  header.e_machine = static_cast<Elf64_Half>(sample.machine);
  header.e_phoff = sizeof(Elf64_Ehdr);
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = sample.interpreter.empty() ? 2 : 3;

  std::string out;
  append_bytes(out, header);
  append_bytes(out, sample_segment(PT_LOAD, 0, interpreter_offset + interpreter.size()));
  append_bytes(out, sample_segment(PT_DYNAMIC, kTable, table_size));
  append_bytes(out, sample_segment(PT_INTERP, interpreter_offset, interpreter.size()));
  return out + table + strings + interpreter + sample.tail;
}

}  // namespace skerry::image
