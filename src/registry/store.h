// SPDX-License-Identifier: Apache-2.0
//
// The embedded registry (step 1): a content-addressed store in one folder. Everything the API lists
// follows from the tree; the referrer index is derived and built again when it is missing.
// Threads: internally synchronised; pushes and reads go on during collect(). One process at a time:
// the caller holds the folder's lock. Blocks: on the disk. Durability: every change is durable on
// return. Format: docs/formats/registry-store.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/mutex.h"
#include "registry/blob_files.h"
#include "registry/durable.h"
#include "registry/referrer_index.h"
#include "registry/registry.h"
#include "registry/repository_tree.h"
#include "registry/uploads.h"
#include "sys/clock.h"
#include "sys/files.h"
#include "sys/random.h"

namespace skerry::registry {

class Store final : public Registry {
 public:
  struct Options {
    std::size_t manifest_bytes_max = limits::kManifestBytesMax;
    std::uint64_t blob_bytes_max = limits::kBlobBytesMax;
    std::size_t tags_max = 10'000;  // In one repository.
    std::size_t repositories_max = 10'000;
    std::size_t uploads_max = 256;  // Open at once.
    std::chrono::hours upload_idle_max{24};
  };

  // What collect() did.
  struct Collected {
    std::size_t manifests = 0;
    std::size_t blobs = 0;
    std::size_t uploads = 0;
    std::uint64_t bytes = 0;  // Freed on the disk.
  };

  struct OpenBlob {
    std::shared_ptr<const sys::File> file;
    std::uint64_t size_bytes = 0;
  };

  struct Stored {
    Digest digest;
    std::optional<Digest> subject;  // Whose referrer it became.
  };

  // Opens the store at `root`, creating it if absent; builds the referrer index if it is missing.
  // The references outlive the store.
  static Result<std::unique_ptr<Store>> open(sys::FileSystem& fs, sys::Clock& clock,
                                             sys::Random& random, const std::string& root,
                                             Options options);

  Result<oci::Descriptor> resolve(const std::string& repository,
                                  const std::string& reference) override;
  Result<std::optional<StoredManifest>> get_manifest(
      const std::string& repository, const std::string& reference,
      const std::optional<Digest>& known = std::nullopt) override;
  Status get_blob(const std::string& repository, const Digest& digest, std::uint64_t offset,
                  const BlobSink& sink) override;
  Result<bool> has_blob(const std::string& repository, const Digest& digest) override;
  Status put_blob(const std::string& repository, const oci::Descriptor& descriptor,
                  const BlobSource& source) override;
  Result<Digest> put_manifest(const std::string& repository, const std::string& reference,
                              std::string_view media_type, std::string_view bytes) override;
  Result<std::vector<std::string>> tags(const std::string& repository) override;
  Result<std::vector<oci::Descriptor>> referrers(const std::string& repository,
                                                 const Digest& digest,
                                                 const std::string& artifact_type) override;
  Status remove(const std::string& repository, const std::string& reference) override;
  Result<std::vector<std::string>> repositories() override;

  // put_manifest() that also sets `tags`, all or none of which is checked before anything is
  // stored. Errors: kInvalidArgument for a document that is no manifest, kFailedPrecondition when a
  // blob of it is not in the repository, kDataLoss when `reference` is a digest and not that of
  // `bytes`, kResourceExhausted above a limit or on a full disk.
  Result<Stored> store_manifest(const std::string& repository, const std::string& reference,
                                std::string_view media_type, std::string_view bytes,
                                const std::vector<std::string>& tags);

  // A blob of this repository for reading. Errors: kNotFound.
  Result<OpenBlob> open_blob(const std::string& repository, const Digest& digest);
  // Makes a blob of `from` one of `repository` as well, without a copy. Errors: kNotFound.
  Status mount_blob(const std::string& repository, const Digest& digest, const std::string& from);
  // The repository forgets the blob; collect() frees the bytes. Errors: kNotFound.
  Status remove_blob(const std::string& repository, const Digest& digest);

  // Uploads in pieces, as uploads.h says; `repository` is checked here.
  Result<std::string> begin_upload(const std::string& repository);
  Uploads& uploads() { return uploads_; }
  // Turns a finished upload into a blob of the repository. Errors: kNotFound, kDataLoss.
  Status finish_upload(const std::string& repository, const std::string& id, const Digest& digest);

  // Frees what no tag, no referrer of a tagged manifest and no open upload needs and what is older
  // than `grace`; removes abandoned uploads. Runs beside pushes: it holds the lock for one
  // repository at a time.
  Result<Collected> collect(std::chrono::seconds grace);

  // Hashes every stored blob and returns the damaged ones.
  Result<std::vector<Digest>> verify();

  // Builds the derived part again from the manifests.
  Status rebuild_index();

  const Options& options() const { return options_; }

 private:
  struct Live;

  Store(sys::FileSystem& fs, sys::Clock& clock, sys::Random& random, const std::string& root,
        Options options);

  Result<Digest> digest_of(const std::string& repository, const std::string& reference) const;
  Result<oci::Manifest> read_manifest(const std::string& repository, const Digest& digest) const;
  Status check_blobs(const std::string& repository, const oci::Manifest& manifest) const;
  Status check_limits(const std::string& repository, const std::vector<std::string>& tags) const
      SKERRY_REQUIRES(mutex_);
  Status link_blob(const std::string& repository, const Digest& digest) SKERRY_REQUIRES(mutex_);
  Status remove_manifest(const std::string& repository, const Digest& digest)
      SKERRY_REQUIRES(mutex_);
  void touch(const Digest& digest) SKERRY_REQUIRES(mutex_);

  bool young(const Digest& digest, std::int64_t modified_unix_ms, std::chrono::seconds grace) const
      SKERRY_REQUIRES(mutex_);
  Result<Live> mark(const std::string& repository, std::chrono::seconds grace) const
      SKERRY_REQUIRES(mutex_);
  Status sweep_links(const std::string& repository, const Live& live, std::chrono::seconds grace,
                     Collected& collected) SKERRY_REQUIRES(mutex_);
  Result<std::set<Digest>> linked() const;
  Status sweep_blobs(std::chrono::seconds grace, Collected& collected);
  void forget_touched(std::chrono::seconds grace);

  // Constant after construction.
  const Options options_;
  sys::FileSystem& fs_;
  sys::Clock& clock_;
  const std::string root_;

  // Internally synchronised.
  Scratch scratch_;
  BlobFiles blobs_;
  Uploads uploads_;

  // Changed under mutex_, read at any time.
  RepositoryTree tree_;
  ReferrerIndex index_;

  Mutex mutex_;
  // When a client was last told that a blob is here: it may name it in a manifest without pushing
  // it.
  std::map<Digest, sys::Time> touched_ SKERRY_GUARDED_BY(mutex_);
  // When abandoned uploads were last looked for; begin_upload() does so every now and then.
  sys::Time uploads_checked_ SKERRY_GUARDED_BY(mutex_){};
};

}  // namespace skerry::registry
