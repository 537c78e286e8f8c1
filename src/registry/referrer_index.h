// SPDX-License-Identifier: Apache-2.0
//
// The derived part of the store: which manifests name a manifest as their subject. One small file
// for each pair, <folder>/<repository>/_subjects/<subject>/<referrer>, whose content is the
// descriptor that the referrers API lists. Deleting the folder loses nothing: Store::open() builds
// it again from the manifests. Threads: reads at any time; changes are serialised by the owning
// Store.
#pragma once

#include <string>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "domain/oci.h"
#include "registry/durable.h"
#include "sys/files.h"

namespace skerry::registry {

// What the referrers API says about a manifest: its artifact type (for an image manifest without
// one its config's media type), its annotations.
oci::Descriptor referrer_descriptor(const oci::Manifest& manifest, const Digest& digest,
                                    const std::string& media_type, std::uint64_t size_bytes);

class ReferrerIndex {
 public:
  ReferrerIndex(sys::FileSystem& fs, Scratch& scratch, std::string folder);

  // False until finish_build() once succeeded; the entries are then incomplete.
  bool complete() const;
  // Removes every entry.
  Status clear();
  Status finish_build();

  Status add(const std::string& repository, const Digest& subject, const oci::Descriptor& referrer);
  // No error when the entry is not there.
  Status remove(const std::string& repository, const Digest& subject, const Digest& referrer);

  // Sorted by digest. An entry whose manifest is gone may be among them: the Store leaves it out.
  Result<std::vector<oci::Descriptor>> list(const std::string& repository,
                                            const Digest& subject) const;

 private:
  std::string folder_of(const std::string& repository, const Digest& subject) const;

  sys::FileSystem& fs_;
  Scratch& scratch_;
  const std::string folder_;
};

}  // namespace skerry::registry
