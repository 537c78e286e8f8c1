// SPDX-License-Identifier: Apache-2.0
#include "image/elf.h"

#include <elf.h>
#include <fmt/core.h>

#include <bit>
#include <cstring>
#include <optional>

namespace skerry::image {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::size_t kProgramHeadersMax = 1024;
constexpr std::size_t kDynamicEntriesMax = 4096;
constexpr std::size_t kNameBytesMax = 255;
constexpr std::size_t kInterpreterBytesMax = 4096;

Error damaged(std::string_view what) {
  return invalid_argument(fmt::format("damaged ELF file: {}", what));
}

Result<std::string_view> slice(std::string_view bytes, std::uint64_t offset, std::uint64_t size,
                               std::string_view what) {
  if (offset > bytes.size() || size > bytes.size() - offset) return damaged(what);
  return bytes.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
}

template <typename T>
Result<T> load(std::string_view bytes, std::uint64_t offset, std::string_view what) {
  const std::string_view source = TRY(slice(bytes, offset, sizeof(T), what));
  T value;
  std::memcpy(&value, source.data(), sizeof(T));
  return value;
}

Result<std::string> architecture_name(unsigned machine) {
  if (machine == EM_X86_64) return std::string("amd64");
  if (machine == EM_AARCH64) return std::string("arm64");
  return Error(Code::kUnimplemented, fmt::format("ELF machine {} is not supported", machine));
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  Result<ElfFile> read() {
    const auto header = TRY(load<Elf64_Ehdr>(bytes_, 0, "header"));
    if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return invalid_argument("no ELF file");
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB) {
      return invalid_argument("ELF file is not 64-bit little-endian");
    }
    ElfFile file;
    file.architecture = TRY(architecture_name(header.e_machine));
    TRY(read_program_headers(header));
    for (const Elf64_Phdr& segment : segments_) {
      if (segment.p_type == PT_INTERP) file.interpreter = TRY(read_interpreter(segment));
      if (segment.p_type == PT_DYNAMIC) file.needed = TRY(read_needed(segment));
    }
    return file;
  }

 private:
  Status read_program_headers(const Elf64_Ehdr& header) {
    if (header.e_phnum > kProgramHeadersMax || header.e_phentsize != sizeof(Elf64_Phdr)) {
      return damaged("program headers");
    }
    for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
      if (header.e_phoff > bytes_.size()) return damaged("program headers");
      segments_.push_back(TRY(
          load<Elf64_Phdr>(bytes_, header.e_phoff + i * sizeof(Elf64_Phdr), "program headers")));
    }
    return ok_status();
  }

  Result<std::string> read_interpreter(const Elf64_Phdr& segment) const {
    std::string_view path = TRY(slice(bytes_, segment.p_offset, segment.p_filesz, "interpreter"));
    path = path.substr(0, path.find('\0'));
    if (!path.starts_with('/') || path.size() > kInterpreterBytesMax) return damaged("interpreter");
    return std::string(path);
  }

  // The file bytes from a virtual address to the end of its segment.
  Result<std::string_view> at_address(std::uint64_t address) const {
    for (const Elf64_Phdr& segment : segments_) {
      if (segment.p_type != PT_LOAD || address < segment.p_vaddr ||
          address - segment.p_vaddr >= segment.p_filesz) {
        continue;
      }
      std::string_view content = TRY(slice(bytes_, segment.p_offset, segment.p_filesz, "segment"));
      return content.substr(static_cast<std::size_t>(address - segment.p_vaddr));
    }
    return damaged("address outside the file");
  }

  Result<std::vector<std::string>> read_needed(const Elf64_Phdr& segment) const {
    const std::string_view table =
        TRY(slice(bytes_, segment.p_offset, segment.p_filesz, "dynamic section"));
    std::vector<std::uint64_t> names;
    std::optional<std::uint64_t> strings_address;
    for (std::size_t i = 0; (i + 1) * sizeof(Elf64_Dyn) <= table.size(); ++i) {
      if (i == kDynamicEntriesMax) return damaged("dynamic section too long");
      const auto entry = TRY(load<Elf64_Dyn>(table, i * sizeof(Elf64_Dyn), "dynamic section"));
      if (entry.d_tag == DT_NULL) break;
      if (entry.d_tag == DT_NEEDED) names.push_back(entry.d_un.d_val);
      if (entry.d_tag == DT_STRTAB) strings_address = entry.d_un.d_ptr;
    }
    std::vector<std::string> needed;
    if (names.empty()) return needed;
    if (!strings_address) return damaged("no string table");
    const std::string_view strings = TRY(at_address(*strings_address));
    for (const std::uint64_t offset : names) {
      needed.push_back(TRY(library_name(strings, offset)));
    }
    return needed;
  }

  static Result<std::string> library_name(std::string_view strings, std::uint64_t offset) {
    if (offset >= strings.size()) return damaged("string outside its table");
    std::string_view name = strings.substr(static_cast<std::size_t>(offset), kNameBytesMax + 1);
    const std::size_t end = name.find('\0');
    if (end == std::string_view::npos || end == 0) return damaged("name of a library");
    name = name.substr(0, end);
    if (name.find('/') != std::string_view::npos || name == "." || name == "..") {
      return invalid_argument("a library is named by path, not by name");
    }
    return std::string(name);
  }

  std::string_view bytes_;
  std::vector<Elf64_Phdr> segments_;
};

}  // namespace

Result<ElfFile> read_elf(std::string_view bytes) { return Reader(bytes).read(); }

}  // namespace skerry::image
