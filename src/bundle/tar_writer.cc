// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "bundle/tar.h"
#include "bundle/tar_format.h"

namespace skerry::bundle {
namespace {

using namespace tar_format;

struct NameFields {
  std::string_view prefix;
  std::string_view name;
};

// How a path stands in the two ustar fields; nullopt where it needs PAX.
std::optional<NameFields> ustar_name(std::string_view path) {
  if (path.size() <= kName.size) return NameFields{"", path};
  // The rightmost slash that leaves a name behind it and a prefix that fits before it.
  const std::size_t slash = path.rfind('/', std::min(kPrefix.size, path.size() - 2));
  if (slash == std::string_view::npos || slash == 0) return std::nullopt;
  const NameFields fields{path.substr(0, slash), path.substr(slash + 1)};
  return fields.name.size() <= kName.size ? std::optional(fields) : std::nullopt;
}

void put(std::string& block, Field field, std::string_view text) {
  block.replace(field.offset, text.size(), text);
}

void put_octal(std::string& block, Field field, std::uint64_t value) {
  put(block, field, fmt::format("{:0{}o}", value, field.size - 1));
}

struct Header {
  NameFields name;
  char type = '0';
  unsigned mode = 0644;
  std::uint32_t owner_id = 0;
  std::uint64_t size_bytes = 0;
  std::int64_t modified_unix_seconds = 0;
  std::string_view link_target = {};
};

std::string format_header(const Header& header) {
  std::string block(kBlockBytes, '\0');
  put(block, kName, header.name.name);
  put(block, kPrefix, header.name.prefix);
  put_octal(block, kMode, header.mode);
  put_octal(block, kUserId, header.owner_id);
  put_octal(block, kGroupId, header.owner_id);
  put_octal(block, kSize, header.size_bytes);
  put_octal(block, kModified, static_cast<std::uint64_t>(header.modified_unix_seconds));
  put(block, kType, std::string_view(&header.type, 1));
  put(block, kLinkName, header.link_target);
  put(block, kMagic, kUstarMagic);
  put_octal(block, kDeviceMajor, 0);
  put_octal(block, kDeviceMinor, 0);
  put(block, kChecksum, fmt::format("{:06o}", checksum(block)) + std::string("\0 ", 2));
  return block;
}

// "<length> <key>=<value>\n", the length counting its own digits.
std::string pax_record(std::string_view key, std::string_view value) {
  const std::size_t rest = key.size() + value.size() + 3;
  std::size_t length = rest + 1;
  while (std::to_string(length).size() + rest != length) ++length;
  return fmt::format("{} {}={}\n", length, key, value);
}

// The member's header blocks, a PAX header before it where ustar cannot hold path, link or size.
std::string member_header(const TarEntry& entry, std::uint64_t size_bytes, std::int64_t modified) {
  const std::string path = entry.kind == TarEntry::Kind::kDirectory ? entry.path + "/" : entry.path;
  Header header{.name = {"", std::string_view(path).substr(0, kName.size)},
                .mode = entry.mode,
                .owner_id = entry.owner_id,
                .size_bytes = size_bytes,
                .modified_unix_seconds = modified,
                .link_target = std::string_view(entry.link_target).substr(0, kLinkName.size)};
  switch (entry.kind) {
    case TarEntry::Kind::kFile: header.type = '0'; break;
    case TarEntry::Kind::kDirectory: header.type = '5'; break;
    case TarEntry::Kind::kSymlink: header.type = '2'; break;
  }
  std::string pax;
  if (const auto name = ustar_name(path)) {
    header.name = *name;
  } else {
    pax += pax_record("path", path);
  }
  if (entry.link_target.size() > kLinkName.size) pax += pax_record("linkpath", entry.link_target);
  if (size_bytes > kUstarSizeMax) {
    pax += pax_record("size", std::to_string(size_bytes));
    header.size_bytes = 0;
  }
  std::string blocks;
  if (!pax.empty()) {
    blocks = format_header({.name = {"", "PaxHeaders/member"},
                            .type = 'x',
                            .size_bytes = pax.size(),
                            .modified_unix_seconds = modified});
    blocks += pax;
    blocks.append(padding(pax.size()), '\0');
  }
  return blocks + format_header(header);
}

Status check_entry(const TarEntry& entry, std::uint64_t size_bytes) {
  TRY(check_path(entry.path));
  if (entry.mode > 07777) return invalid_argument(fmt::format("mode of {}", entry.path));
  if (entry.owner_id > 07777777) return invalid_argument(fmt::format("owner of {}", entry.path));
  if (entry.kind == TarEntry::Kind::kSymlink) return check_link(entry.path, entry.link_target);
  if (!entry.link_target.empty() || (size_bytes > 0 && entry.kind != TarEntry::Kind::kFile)) {
    return invalid_argument(fmt::format("{} has what only a link or a file has", entry.path));
  }
  return ok_status();
}

// Sorts, and adds the directories that entries imply.
Status complete(std::vector<TarEntry>& entries) {
  PathSet paths;
  std::set<std::string> parents;
  for (const TarEntry& entry : entries) {
    TRY(check_path(entry.path));
    TRY(paths.add(entry.path, entry.kind));
    for (std::size_t slash = entry.path.find('/'); slash != std::string::npos;
         slash = entry.path.find('/', slash + 1)) {
      parents.insert(entry.path.substr(0, slash));
    }
  }
  for (const TarEntry& entry : entries) parents.erase(entry.path);
  for (const std::string& parent : parents) {
    entries.push_back({.path = parent, .kind = TarEntry::Kind::kDirectory, .mode = 0755});
  }
  std::ranges::sort(entries, {}, &TarEntry::path);
  return ok_status();
}

}  // namespace

TarWriter::TarWriter(TarSink sink, TarOptions options)
    : sink_(std::move(sink)), options_(options) {}

Status TarWriter::end_member() {
  if (missing_bytes_ > 0) {
    return invalid_argument(fmt::format("{} lacks {} bytes", last_path_, missing_bytes_));
  }
  if (padding_bytes_ == 0) return ok_status();
  return sink_(std::string(std::exchange(padding_bytes_, 0), '\0'));
}

Status TarWriter::begin(const TarEntry& entry, std::uint64_t size_bytes) {
  const std::int64_t modified = options_.modified_unix_seconds;
  if (modified < 0 || static_cast<std::uint64_t>(modified) > kUstarSizeMax) {
    return invalid_argument("modification time does not fit a tar header");
  }
  TRY(check_entry(entry, size_bytes));
  if (entry.path <= last_path_) {
    return invalid_argument(fmt::format("{} after {}", entry.path, last_path_));
  }
  TRY(end_member());
  last_path_ = entry.path;
  missing_bytes_ = size_bytes;
  padding_bytes_ = padding(size_bytes);
  return sink_(member_header(entry, size_bytes, modified));
}

Status TarWriter::write(std::string_view bytes) {
  if (bytes.size() > missing_bytes_) {
    return invalid_argument(fmt::format("{} is longer than announced", last_path_));
  }
  missing_bytes_ -= bytes.size();
  return sink_(bytes);
}

Status TarWriter::finish() {
  TRY(end_member());
  return sink_(std::string(2 * kBlockBytes, '\0'));
}

Status write_tar(std::vector<TarEntry> entries, TarOptions options, const TarSink& sink) {
  TRY(complete(entries));
  TarWriter writer(sink, options);
  for (const TarEntry& entry : entries) {
    TRY(writer.begin(entry, entry.content.size()));
    if (!entry.content.empty()) TRY(writer.write(entry.content));
  }
  return writer.finish();
}

Result<std::string> write_tar(std::vector<TarEntry> entries, TarOptions options) {
  std::string tar;
  TRY(write_tar(std::move(entries), options, [&](std::string_view bytes) {
    tar += bytes;
    return ok_status();
  }));
  return tar;
}

}  // namespace skerry::bundle
