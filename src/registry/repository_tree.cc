// SPDX-License-Identifier: Apache-2.0
#include "registry/repository_tree.h"

#include <algorithm>
#include <utility>

namespace skerry::registry {
namespace {

constexpr std::size_t kLinkBytesMax = 1024;  // A media type or a digest.
constexpr std::string_view kManifests = "_manifests";
constexpr std::string_view kBlobs = "_blobs";
constexpr std::string_view kTags = "_tags";

}  // namespace

std::string link_name(const Digest& digest) {
  return std::string(digest.algorithm_name()) + "-" + digest.hex();
}

Result<Digest> digest_from_link_name(std::string_view name) {
  const std::size_t dash = name.find('-');
  if (dash == std::string_view::npos) return invalid_argument("not the name of a digest");
  return Digest::parse(std::string(name.substr(0, dash)) + ":" +
                       std::string(name.substr(dash + 1)));
}

RepositoryTree::RepositoryTree(sys::FileSystem& fs, Scratch& scratch, std::string folder)
    : fs_(fs), scratch_(scratch), folder_(std::move(folder)) {}

std::string RepositoryTree::folder_of(const std::string& repository, std::string_view part) const {
  return sys::join_path(sys::join_path(folder_, repository), part);
}

std::string RepositoryTree::path(const std::string& repository, Kind kind,
                                 const Digest& digest) const {
  const std::string folder = folder_of(repository, kind == Kind::kManifest ? kManifests : kBlobs);
  return sys::join_path(folder, link_name(digest));
}

bool RepositoryTree::exists(const std::string& repository) const {
  return sys::exists(fs_, folder_of(repository, kManifests));
}

Result<std::vector<std::string>> RepositoryTree::list() const {
  std::vector<std::string> names;
  TRY(walk("", false, names));
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::vector<std::string>> RepositoryTree::list_with_unfinished() const {
  std::vector<std::string> names;
  TRY(walk("", true, names));
  return names;
}

// The depth is bounded by the longest repository name.
Status RepositoryTree::walk(const std::string& prefix, bool unfinished,
                            std::vector<std::string>& out) const {
  const std::string folder = prefix.empty() ? folder_ : sys::join_path(folder_, prefix);
  Result<std::vector<std::string>> names = fs_.list(folder);
  if (!names && names.error().code() == Code::kNotFound && !prefix.empty()) return {};  // Pruned.
  if (!names) return std::move(names).error();
  bool here = false;
  for (const std::string& name : *names) {
    here = here || name == kManifests || (unfinished && name == kBlobs);
    if (name.starts_with('_')) continue;
    TRY(walk(prefix.empty() ? name : prefix + "/" + name, unfinished, out));
  }
  if (here) out.push_back(prefix);
  return {};
}

bool RepositoryTree::has(const std::string& repository, Kind kind, const Digest& digest) const {
  return sys::exists(fs_, path(repository, kind, digest));
}

Result<std::string> RepositoryTree::media_type(const std::string& repository,
                                               const Digest& digest) const {
  return sys::read_file(fs_, path(repository, Kind::kManifest, digest), kLinkBytesMax);
}

Status RepositoryTree::add(const std::string& repository, Kind kind, const Digest& digest,
                           std::string_view content) {
  return scratch_.place(content, path(repository, kind, digest));
}

Status RepositoryTree::remove_file(const std::string& file) {
  TRY(fs_.remove(file));
  return fs_.sync_directory(sys::parent_path(file));
}

Status RepositoryTree::remove(const std::string& repository, Kind kind, const Digest& digest) {
  return remove_file(path(repository, kind, digest));
}

Result<std::vector<RepositoryTree::Link>> RepositoryTree::links(const std::string& repository,
                                                                Kind kind) const {
  const std::string folder = folder_of(repository, kind == Kind::kManifest ? kManifests : kBlobs);
  std::vector<Link> links;
  if (!sys::exists(fs_, folder)) return links;
  for (const std::string& name : TRY(fs_.list(folder))) {
    Result<Digest> digest = digest_from_link_name(name);
    Result<sys::FileInfo> info = fs_.info(sys::join_path(folder, name));
    if (!digest || !info) continue;  // Foreign, or removed in the meantime.
    links.push_back({std::move(*digest), info->modified_unix_ms});
  }
  return links;
}

Result<Digest> RepositoryTree::tag(const std::string& repository, const std::string& tag) const {
  const std::string file = sys::join_path(folder_of(repository, kTags), tag);
  return Digest::parse(TRY(sys::read_file(fs_, file, kLinkBytesMax)));
}

Status RepositoryTree::set_tag(const std::string& repository, const std::string& tag,
                               const Digest& digest) {
  return scratch_.place(digest.to_string(), sys::join_path(folder_of(repository, kTags), tag));
}

Status RepositoryTree::remove_tag(const std::string& repository, const std::string& tag) {
  return remove_file(sys::join_path(folder_of(repository, kTags), tag));
}

Result<std::vector<std::string>> RepositoryTree::tags(const std::string& repository) const {
  if (!exists(repository)) return not_found("repository " + repository + " is not here");
  const std::string folder = folder_of(repository, kTags);
  if (!sys::exists(fs_, folder)) return std::vector<std::string>{};
  return fs_.list(folder);
}

void RepositoryTree::prune(const std::string& repository) {
  // Removing a folder that is not empty fails, which is what keeps the repository.
  for (const std::string_view part : {kTags, kBlobs, kManifests}) {
    const std::string folder = folder_of(repository, part);
    if (sys::exists(fs_, folder) && !fs_.remove(folder)) return;
  }
  for (std::string name = repository; name != ".";) {
    if (!fs_.remove(sys::join_path(folder_, name))) return;
    name = sys::parent_path(name);
  }
}

}  // namespace skerry::registry
