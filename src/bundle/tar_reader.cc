// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "bundle/tar.h"
#include "bundle/tar_format.h"

namespace skerry::bundle {
namespace {

using namespace tar_format;

constexpr std::size_t kPaxBytesMax = 64u << 10;

std::string_view field(std::string_view block, Field where) {
  return block.substr(where.offset, where.size);
}

// A field's text up to its first NUL.
std::string_view text(std::string_view block, Field where) {
  const std::string_view bytes = field(block, where);
  return bytes.substr(0, bytes.find('\0'));
}

// Digits with leading spaces, then only NULs and spaces. GNU's binary numbers are refused.
Result<std::uint64_t> octal(std::string_view block, Field where) {
  std::string_view digits = field(block, where);
  digits.remove_prefix(std::min(digits.find_first_not_of(' '), digits.size()));
  std::uint64_t value = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 8);
  const std::string_view rest(end, static_cast<std::size_t>(digits.data() + digits.size() - end));
  const bool empty = end == digits.data();
  if ((code != std::errc() && !empty) ||
      rest.find_first_not_of(std::string_view("\0 ", 2)) != std::string_view::npos) {
    return invalid_argument("a number in a header is not octal");
  }
  return value;
}

// Records of a PAX header that apply to the member after it.
struct Pax {
  std::optional<std::string> path;
  std::optional<std::string> link_target;
  std::optional<std::uint64_t> size_bytes;
};

Status set_pax(Pax& pax, std::string_view key, std::string_view value) {
  const auto repeated = [&] { return invalid_argument(fmt::format("PAX {} twice", key)); };
  if (key == "path") {
    if (pax.path) return repeated();
    pax.path = std::string(value);
  } else if (key == "linkpath") {
    if (pax.link_target) return repeated();
    pax.link_target = std::string(value);
  } else if (key == "size") {
    if (pax.size_bytes) return repeated();
    std::uint64_t size = 0;
    const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), size);
    if (code != std::errc() || end != value.data() + value.size()) {
      return invalid_argument("PAX size is not a number");
    }
    pax.size_bytes = size;
  } else if (key.starts_with("GNU.sparse")) {
    return invalid_argument("sparse files are not supported");
  }
  return ok_status();  // Times, owners and extended attributes are not used.
}

Result<Pax> parse_pax(std::string_view records) {
  Pax pax;
  while (!records.empty()) {
    std::size_t length = 0;
    const auto [end, code] =
        std::from_chars(records.data(), records.data() + records.size(), length);
    const auto digits = static_cast<std::size_t>(end - records.data());
    if (code != std::errc() || length > records.size() || length < digits + 3 || *end != ' ' ||
        records[length - 1] != '\n') {
      return invalid_argument("damaged PAX header");
    }
    const std::string_view record = records.substr(digits + 1, length - digits - 2);
    const std::size_t equals = record.find('=');
    if (equals == std::string_view::npos) return invalid_argument("damaged PAX header");
    TRY(set_pax(pax, record.substr(0, equals), record.substr(equals + 1)));
    records.remove_prefix(length);
  }
  return pax;
}

class Reader {
 public:
  Reader(std::string_view tar, TarLimits limits) : rest_(tar), limits_(limits) {}

  Result<std::vector<TarEntry>> read() {
    while (true) {
      if (rest_.size() < kBlockBytes) return invalid_argument("archive without an end");
      if (rest_.find_first_not_of('\0') >= kBlockBytes) break;
      TRY(read_member().with(fmt::format("member {}", headers_)));
    }
    if (rest_.find_first_not_of('\0') != std::string_view::npos) {
      return invalid_argument("bytes after the end of the archive");
    }
    if (pax_) return invalid_argument("PAX header without a member");
    return std::move(entries_);
  }

 private:
  Result<std::string_view> take(std::uint64_t size_bytes) {
    if (size_bytes > rest_.size()) return invalid_argument("truncated");
    const std::string_view bytes = rest_.substr(0, static_cast<std::size_t>(size_bytes));
    rest_.remove_prefix(bytes.size());
    return bytes;
  }

  Result<std::string_view> take_padded(std::uint64_t size_bytes) {
    if (size_bytes > limits_.bytes_max - content_bytes_) {
      return Error(Code::kResourceExhausted,
                   fmt::format("contents above {} bytes", limits_.bytes_max));
    }
    content_bytes_ += size_bytes;
    const std::string_view content = TRY(take(size_bytes));
    TRY(take(padding(size_bytes)));
    return content;
  }

  Status read_member() {
    if (++headers_ > limits_.entries_max) {
      return Error(Code::kResourceExhausted, fmt::format("above {} members", limits_.entries_max));
    }
    const std::string_view block = TRY(take(kBlockBytes));
    if (TRY(octal(block, kChecksum)) != checksum(block)) {
      return invalid_argument("header checksum is wrong");
    }
    const std::string_view magic = field(block, kMagic);
    if (magic != kUstarMagic && magic != kGnuMagic) return invalid_argument("not a ustar header");
    const std::uint64_t size_bytes = TRY(octal(block, kSize));
    const char type = field(block, kType).front();
    if (type == 'x') return read_pax(size_bytes);
    return add_entry(block, type, size_bytes);
  }

  Status read_pax(std::uint64_t size_bytes) {
    if (pax_) return invalid_argument("two PAX headers for one member");
    if (size_bytes > kPaxBytesMax) return invalid_argument("PAX header too long");
    const std::string_view records = TRY(take_padded(size_bytes));
    pax_ = TRY(parse_pax(records));
    return ok_status();
  }

  Status add_entry(std::string_view block, char type, std::uint64_t size_bytes) {
    const Pax pax = std::exchange(pax_, std::nullopt).value_or(Pax());
    TarEntry entry;
    entry.path = pax.path ? *pax.path : path_of(block);
    entry.mode = static_cast<unsigned>(TRY(octal(block, kMode)) & 07777);
    size_bytes = pax.size_bytes.value_or(size_bytes);
    switch (type) {
      case '\0':
      case '0': entry.kind = TarEntry::Kind::kFile; break;
      case '5': entry.kind = TarEntry::Kind::kDirectory; break;
      case '2':
        entry.kind = TarEntry::Kind::kSymlink;
        entry.link_target = pax.link_target ? *pax.link_target : text(block, kLinkName);
        break;
      default:
        return invalid_argument(
            fmt::format("member type {} is not supported", static_cast<int>(type)));
    }
    if (size_bytes > 0 && entry.kind != TarEntry::Kind::kFile) {
      return invalid_argument("a directory or link with contents");
    }
    if (entry.path.starts_with("./")) entry.path.erase(0, 2);
    if (entry.kind == TarEntry::Kind::kDirectory) {
      if (entry.path.ends_with('/')) entry.path.pop_back();
      if (entry.path.empty() || entry.path == ".") return ok_status();  // The root itself.
    }
    TRY(check_path(entry.path));
    if (entry.kind == TarEntry::Kind::kSymlink) TRY(check_link(entry.path, entry.link_target));
    TRY(paths_.add(entry.path, entry.kind));
    entry.content = TRY(take_padded(size_bytes));
    entries_.push_back(std::move(entry));
    return ok_status();
  }

  // GNU headers use the prefix field for other things.
  static std::string path_of(std::string_view block) {
    std::string name(text(block, kName));
    if (field(block, kMagic) != kUstarMagic) return name;
    const std::string_view prefix = text(block, kPrefix);
    return prefix.empty() ? name : fmt::format("{}/{}", prefix, name);
  }

  std::string_view rest_;
  const TarLimits limits_;
  std::size_t headers_ = 0;
  std::uint64_t content_bytes_ = 0;
  std::optional<Pax> pax_;
  PathSet paths_;
  std::vector<TarEntry> entries_;
};

}  // namespace

Result<std::vector<TarEntry>> read_tar(std::string_view tar, TarLimits limits) {
  return Reader(tar, limits).read();
}

}  // namespace skerry::bundle
