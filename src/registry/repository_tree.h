// SPDX-License-Identifier: Apache-2.0
//
// What each repository holds, as small link files: <folder>/<repository>/_manifests/<digest>
// (content: the media type it was pushed with), _blobs/<digest> (empty) and _tags/<tag> (content:
// the digest). A part of a repository's name cannot begin with '_', so names and links never meet.
// Threads: reads at any time; changes are serialised by the owning Store.
// Durability: every change is durable on return. Format: docs/formats/registry-store.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "registry/durable.h"
#include "sys/files.h"

namespace skerry::registry {

// "sha256-<hex>", the file name of a digest, and back. Errors: kInvalidArgument.
std::string link_name(const Digest& digest);
Result<Digest> digest_from_link_name(std::string_view name);

class RepositoryTree {
 public:
  enum class Kind { kManifest, kBlob };
  struct Link {
    Digest digest;
    std::int64_t modified_unix_ms = 0;
  };

  RepositoryTree(sys::FileSystem& fs, Scratch& scratch, std::string folder);

  // A repository is there once a manifest was pushed to it.
  bool exists(const std::string& repository) const;
  // Sorted.
  Result<std::vector<std::string>> list() const;
  // Also those that hold blobs only, since their first manifest is still to come.
  Result<std::vector<std::string>> list_with_unfinished() const;

  bool has(const std::string& repository, Kind kind, const Digest& digest) const;
  // The media type of a manifest. Errors: kNotFound.
  Result<std::string> media_type(const std::string& repository, const Digest& digest) const;
  Status add(const std::string& repository, Kind kind, const Digest& digest,
             std::string_view content);
  // Errors: kNotFound.
  Status remove(const std::string& repository, Kind kind, const Digest& digest);
  // Sorted by digest; empty where the repository has none.
  Result<std::vector<Link>> links(const std::string& repository, Kind kind) const;

  // Errors: kNotFound.
  Result<Digest> tag(const std::string& repository, const std::string& tag) const;
  Status set_tag(const std::string& repository, const std::string& tag, const Digest& digest);
  Status remove_tag(const std::string& repository, const std::string& tag);
  // Sorted bytewise. Errors: kNotFound for an unknown repository.
  Result<std::vector<std::string>> tags(const std::string& repository) const;

  // Removes the repository's folders if it holds nothing at all.
  void prune(const std::string& repository);

 private:
  std::string folder_of(const std::string& repository, std::string_view part) const;
  std::string path(const std::string& repository, Kind kind, const Digest& digest) const;
  Status remove_file(const std::string& path);
  Status walk(const std::string& prefix, bool unfinished, std::vector<std::string>& out) const;

  sys::FileSystem& fs_;
  Scratch& scratch_;
  const std::string folder_;
};

}  // namespace skerry::registry
