// SPDX-License-Identifier: Apache-2.0
#include "bundle/tar_format.h"

#include <fmt/core.h>

#include <algorithm>
#include "bundle/tar.h"

namespace skerry::bundle::tar_format {

unsigned checksum(std::string_view block) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < block.size(); ++i) {
    const bool in_field = i >= kChecksum.offset && i < kChecksum.offset + kChecksum.size;
    sum += in_field ? static_cast<unsigned>(' ') : static_cast<unsigned char>(block[i]);
  }
  return sum;
}

Status check_path(std::string_view path) {
  if (path.empty()) return invalid_argument("empty path");
  if (path.size() > kPathBytesMax) {
    return invalid_argument(fmt::format("path of {} bytes is too long", path.size()));
  }
  if (std::ranges::any_of(path, [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
    return invalid_argument("path with a control character");
  }
  if (path.front() == '/') return invalid_argument(fmt::format("absolute path {}", path));
  std::string_view rest = path;
  while (true) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    if (part.empty() || part == "." || part == "..") {
      return invalid_argument(fmt::format("unsafe path {}", path));
    }
    if (slash == std::string_view::npos) return ok_status();
    rest.remove_prefix(slash + 1);
  }
}

Status check_link(std::string_view path, std::string_view target) {
  const auto unsafe = [&] {
    return invalid_argument(fmt::format("symlink {} leaves the archive", path));
  };
  std::string_view rest = target;
  auto depth = std::ranges::count(path, '/');
  while (rest == ".." || rest.starts_with("../")) {
    if (depth-- == 0) return unsafe();
    rest.remove_prefix(std::min<std::size_t>(3, rest.size()));
  }
  if (rest.empty() && !target.empty()) return ok_status();
  return check_path(rest).ok() ? ok_status() : Status(unsafe());
}

Status PathSet::add(const std::string& path, TarEntry::Kind kind) {
  for (std::size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    const auto [parent, is_new] =
        kinds_.try_emplace(path.substr(0, slash), Seen{.directory = true, .implied = true});
    if (!parent->second.directory) {
      return invalid_argument(fmt::format("{} lies below a member that is no directory", path));
    }
  }
  const bool directory = kind == TarEntry::Kind::kDirectory;
  const auto [self, is_new] =
      kinds_.try_emplace(path, Seen{.directory = directory, .implied = false});
  if (is_new) return ok_status();
  if (!self->second.implied || !directory) {
    return invalid_argument(fmt::format("repeated path {}", path));
  }
  self->second.implied = false;
  return ok_status();
}

}  // namespace skerry::bundle::tar_format
