// SPDX-License-Identifier: Apache-2.0
//
// Garbage collection of the Store, online: marks one repository at a time under the lock, then
// sweeps the files that no repository links, one lock for each file.
#include <set>
#include <utility>

#include "base/log.h"
#include "registry/store.h"

namespace skerry::registry {

using Kind = RepositoryTree::Kind;

struct Store::Live {
  std::set<Digest> manifests;
  std::set<Digest> blobs;
};

bool Store::young(const Digest& digest, std::int64_t modified_unix_ms,
                  std::chrono::seconds grace) const {
  const sys::Time now = clock_.now();
  const auto touched = touched_.find(digest);
  if (touched != touched_.end() && now - touched->second < grace) return true;
  const auto age = std::chrono::floor<std::chrono::milliseconds>(now).time_since_epoch() -
                   std::chrono::milliseconds(modified_unix_ms);
  return age < grace;
}

Result<Store::Collected> Store::collect(std::chrono::seconds grace) {
  Collected collected;
  collected.uploads = TRY(uploads_.remove_abandoned());
  for (const std::string& repository : TRY(tree_.list_with_unfinished())) {
    MutexLock lock(mutex_);
    Result<Live> live = mark(repository, grace);
    if (!live) {
      // What cannot be read cannot be followed: everything of this repository stays.
      log::warning("registry: {} is not collected: {}", repository, live.error().message());
      continue;
    }
    TRY(sweep_links(repository, *live, grace, collected));
  }
  TRY(sweep_blobs(grace, collected));
  forget_touched(grace);
  return collected;
}

// Roots are tagged and young manifests; from them to children, blobs and referrers.
Result<Store::Live> Store::mark(const std::string& repository, std::chrono::seconds grace) const {
  std::vector<Digest> pending;
  if (tree_.exists(repository)) {
    for (const std::string& name : TRY(tree_.tags(repository))) {
      pending.push_back(TRY(tree_.tag(repository, name)));
    }
  }
  for (const RepositoryTree::Link& link : TRY(tree_.links(repository, Kind::kManifest))) {
    if (young(link.digest, link.modified_unix_ms, grace)) pending.push_back(link.digest);
  }
  Live live;
  while (!pending.empty()) {
    const Digest digest = pending.back();
    pending.pop_back();
    if (live.manifests.contains(digest) || !tree_.has(repository, Kind::kManifest, digest))
      continue;
    live.manifests.insert(digest);
    const oci::Manifest manifest = TRY(read_manifest(repository, digest));
    if (manifest.config) live.blobs.insert(manifest.config->digest);
    for (const oci::Descriptor& layer : manifest.layers) live.blobs.insert(layer.digest);
    for (const oci::Descriptor& child : manifest.manifests) pending.push_back(child.digest);
    for (const oci::Descriptor& referrer : TRY(index_.list(repository, digest))) {
      pending.push_back(referrer.digest);
    }
  }
  return live;
}

Status Store::sweep_links(const std::string& repository, const Live& live,
                          std::chrono::seconds grace, Collected& collected) {
  for (const RepositoryTree::Link& link : TRY(tree_.links(repository, Kind::kManifest))) {
    if (live.manifests.contains(link.digest)) continue;
    TRY(remove_manifest(repository, link.digest));
    ++collected.manifests;
  }
  for (const RepositoryTree::Link& link : TRY(tree_.links(repository, Kind::kBlob))) {
    if (live.blobs.contains(link.digest)) continue;
    if (young(link.digest, link.modified_unix_ms, grace)) continue;
    TRY(tree_.remove(repository, Kind::kBlob, link.digest));
  }
  tree_.prune(repository);
  return {};
}

Result<std::set<Digest>> Store::linked() const {
  std::set<Digest> digests;
  for (const std::string& repository : TRY(tree_.list_with_unfinished())) {
    for (const Kind kind : {Kind::kManifest, Kind::kBlob}) {
      for (const RepositoryTree::Link& link : TRY(tree_.links(repository, kind))) {
        digests.insert(link.digest);
      }
    }
  }
  return digests;
}

Status Store::sweep_blobs(std::chrono::seconds grace, Collected& collected) {
  const sys::Time begun = clock_.now();
  const std::set<Digest> kept = TRY(linked());
  for (const BlobFiles::Entry& entry : TRY(blobs_.list())) {
    if (kept.contains(entry.digest)) continue;
    MutexLock lock(mutex_);
    // A link made since the links were read has touched the digest, whatever the grace is.
    const auto touched = touched_.find(entry.digest);
    if (touched != touched_.end() && touched->second >= begun) continue;
    if (young(entry.digest, entry.modified_unix_ms, grace)) continue;
    TRY(blobs_.remove(entry.digest));
    ++collected.blobs;
    collected.bytes += entry.size_bytes;
  }
  return {};
}

void Store::forget_touched(std::chrono::seconds grace) {
  MutexLock lock(mutex_);
  const sys::Time now = clock_.now();
  std::erase_if(touched_, [&](const auto& entry) { return now - entry.second >= grace; });
}

}  // namespace skerry::registry
