// SPDX-License-Identifier: Apache-2.0
#include "registry/store.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace skerry::registry {
namespace {

using Kind = RepositoryTree::Kind;

constexpr std::size_t kPieceBytes = 256u << 10;

bool is_digest(std::string_view reference) { return reference.find(':') != std::string_view::npos; }

Error unknown_manifest(const std::string& repository, std::string_view reference) {
  return not_found("manifest " + repository + ":" + std::string(reference) + " is not here");
}

Error blob_not_in(const std::string& repository, const Digest& digest) {
  return not_found("blob " + digest.to_string() + " is not in " + repository);
}

// The media type comes back as a header: nothing but the characters of RFC 6838 section 4.2.
Status check_media_type(std::string_view type) {
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&-^_.+/";
  if (type.size() <= 255 && type.find_first_not_of(kAllowed) == std::string_view::npos) return {};
  return invalid_argument("the manifest's media type is none");
}

// Layers that a registry may not or need not hold (image-spec 1.1.1, layer.md; Docker's "foreign").
bool held_elsewhere(const oci::Descriptor& layer) {
  return layer.media_type.find(".nondistributable.") != std::string::npos ||
         layer.media_type.find(".foreign.") != std::string::npos;
}

}  // namespace

Store::Store(sys::FileSystem& fs, sys::Clock& clock, sys::Random& random, const std::string& root,
             Options options)
    : options_(options),
      fs_(fs),
      clock_(clock),
      root_(root),
      scratch_(fs, sys::join_path(root, "tmp")),
      blobs_(fs, sys::join_path(root, "blobs")),
      uploads_(fs, clock, random, sys::join_path(root, "uploads"),
               {options.blob_bytes_max, options.uploads_max, options.upload_idle_max}),
      tree_(fs, scratch_, sys::join_path(root, "repositories")),
      index_(fs, scratch_, sys::join_path(root, "index")) {}

Result<std::unique_ptr<Store>> Store::open(sys::FileSystem& fs, sys::Clock& clock,
                                           sys::Random& random, const std::string& root,
                                           Options options) {
  for (const char* folder : {"blobs", "uploads", "repositories", "index"}) {
    TRY(make_durable_folder(fs, sys::join_path(root, folder)));
  }
  TRY(Scratch::prepare(fs, sys::join_path(root, "tmp")));
  std::unique_ptr<Store> store(new Store(fs, clock, random, root, options));
  if (!store->index_.complete()) TRY(store->rebuild_index().with("build the referrer index"));
  return store;
}

Result<Digest> Store::digest_of(const std::string& repository, const std::string& reference) const {
  TRY(oci::check_repository(repository));
  if (is_digest(reference)) {
    const Digest digest = TRY(Digest::parse(reference));
    if (!tree_.has(repository, Kind::kManifest, digest)) {
      return unknown_manifest(repository, reference);
    }
    return digest;
  }
  TRY(oci::check_tag(reference));
  Result<Digest> digest = tree_.tag(repository, reference);
  if (!digest && digest.error().code() == Code::kNotFound) {
    return unknown_manifest(repository, reference);
  }
  return digest;
}

Result<oci::Descriptor> Store::resolve(const std::string& repository,
                                       const std::string& reference) {
  const Digest digest = TRY(digest_of(repository, reference));
  Result<std::string> media_type = tree_.media_type(repository, digest);
  if (!media_type) return unknown_manifest(repository, reference);
  const std::uint64_t size = TRY(blobs_.size(digest));
  return oci::Descriptor{std::move(*media_type), digest, size, "", {}, std::nullopt};
}

Result<std::optional<StoredManifest>> Store::get_manifest(const std::string& repository,
                                                          const std::string& reference,
                                                          const std::optional<Digest>& known) {
  oci::Descriptor descriptor = TRY(resolve(repository, reference));
  if (known == descriptor.digest) return std::optional<StoredManifest>();
  std::string bytes = TRY(blobs_.read(descriptor.digest, options_.manifest_bytes_max));
  return std::optional(
      StoredManifest{descriptor.digest, std::move(descriptor.media_type), std::move(bytes)});
}

Result<oci::Manifest> Store::read_manifest(const std::string& repository,
                                           const Digest& digest) const {
  const std::string media_type = TRY(tree_.media_type(repository, digest));
  const std::string bytes = TRY(blobs_.read(digest, options_.manifest_bytes_max));
  return oci::parse_manifest(bytes, media_type);
}

Result<Store::OpenBlob> Store::open_blob(const std::string& repository, const Digest& digest) {
  TRY(oci::check_repository(repository));
  if (!tree_.has(repository, Kind::kBlob, digest)) return blob_not_in(repository, digest);
  OpenBlob blob;
  blob.file = TRY(blobs_.open(digest));
  blob.size_bytes = TRY(blob.file->size());
  return blob;
}

Status Store::get_blob(const std::string& repository, const Digest& digest, std::uint64_t offset,
                       const BlobSink& sink) {
  const OpenBlob blob = TRY(open_blob(repository, digest));
  if (offset > blob.size_bytes) {
    return Error(Code::kOutOfRange, "blob ends at byte " + std::to_string(blob.size_bytes));
  }
  std::vector<char> piece(kPieceBytes);
  while (true) {
    const std::size_t count = TRY(blob.file->read_at(offset, piece));
    if (count == 0) return {};
    TRY(sink({piece.data(), count}));
    offset += count;
  }
}

Result<bool> Store::has_blob(const std::string& repository, const Digest& digest) {
  TRY(oci::check_repository(repository));
  MutexLock lock(mutex_);
  const bool here = tree_.has(repository, Kind::kBlob, digest) && blobs_.size(digest).ok();
  if (here) touch(digest);
  return here;
}

Status Store::put_blob(const std::string& repository, const oci::Descriptor& descriptor,
                       const BlobSource& source) {
  if (TRY(has_blob(repository, descriptor.digest))) return {};
  const std::string id = TRY(begin_upload(repository));
  const auto copy = [&]() -> Status {
    const std::unique_ptr<Uploads::Writer> writer = TRY(uploads_.resume(repository, id, 0));
    std::vector<char> piece(kPieceBytes);
    while (writer->offset() < descriptor.size_bytes) {
      const std::uint64_t rest = descriptor.size_bytes - writer->offset();
      const auto part = std::span(piece).first(std::min<std::uint64_t>(rest, piece.size()));
      const std::size_t count = TRY(source(writer->offset(), part));
      if (count == 0) return data_loss("the blob to push is shorter than its descriptor says");
      TRY(writer->write({part.data(), count}));
    }
    return finish_upload(repository, id, descriptor.digest);
  };
  Status copied = copy();
  if (!copied) {
    // The upload may be gone already, which is as well.
    static_cast<void>(uploads_.cancel(repository, id));
  }
  return copied;
}

Result<std::string> Store::begin_upload(const std::string& repository) {
  TRY(oci::check_repository(repository));
  {
    MutexLock lock(mutex_);
    if (clock_.now() - uploads_checked_ > options_.upload_idle_max / 4) {
      TRY(uploads_.remove_abandoned());
      uploads_checked_ = clock_.now();
    }
  }
  return uploads_.begin(repository);
}

Status Store::finish_upload(const std::string& repository, const std::string& id,
                            const Digest& digest) {
  const std::string file = TRY(uploads_.seal(repository, id, digest));
  const auto take = [&]() -> Status {
    MutexLock lock(mutex_);
    TRY(blobs_.adopt(file, digest));
    return link_blob(repository, digest);
  };
  Status taken = take();
  if (Status cancelled = uploads_.cancel(repository, id); !cancelled) {
    log::warning("registry: remove a finished upload: {}", cancelled.error().message());
  }
  return taken;
}

Status Store::link_blob(const std::string& repository, const Digest& digest) {
  touch(digest);
  if (tree_.has(repository, Kind::kBlob, digest)) return {};
  return tree_.add(repository, Kind::kBlob, digest, "");
}

Status Store::mount_blob(const std::string& repository, const Digest& digest,
                         const std::string& from) {
  TRY(oci::check_repository(repository));
  TRY(oci::check_repository(from));
  MutexLock lock(mutex_);
  if (!tree_.has(from, Kind::kBlob, digest) || !blobs_.size(digest)) {
    return blob_not_in(from, digest);
  }
  return link_blob(repository, digest);
}

Status Store::remove_blob(const std::string& repository, const Digest& digest) {
  TRY(oci::check_repository(repository));
  MutexLock lock(mutex_);
  if (!tree_.has(repository, Kind::kBlob, digest)) return blob_not_in(repository, digest);
  return tree_.remove(repository, Kind::kBlob, digest);
}

Result<Digest> Store::put_manifest(const std::string& repository, const std::string& reference,
                                   std::string_view media_type, std::string_view bytes) {
  return TRY(store_manifest(repository, reference, media_type, bytes, {})).digest;
}

Status Store::check_blobs(const std::string& repository, const oci::Manifest& manifest) const {
  const auto check = [&](const oci::Descriptor& descriptor) -> Status {
    const Result<std::uint64_t> size = blobs_.size(descriptor.digest);
    if (!size || !tree_.has(repository, Kind::kBlob, descriptor.digest)) {
      return failed_precondition("the manifest names blob " + descriptor.digest.to_string() +
                                 ", which is not in " + repository + "; push it first");
    }
    if (*size == descriptor.size_bytes) return {};
    return invalid_argument("blob " + descriptor.digest.to_string() + " has " +
                            std::to_string(*size) + " bytes, the manifest says " +
                            std::to_string(descriptor.size_bytes));
  };
  if (manifest.config) TRY(check(*manifest.config));
  for (const oci::Descriptor& layer : manifest.layers) {
    if (!held_elsewhere(layer)) TRY(check(layer));
  }
  return {};  // The children of an index may be absent (distribution-spec: sparse indexes).
}

Status Store::check_limits(const std::string& repository,
                           const std::vector<std::string>& tags) const {
  if (!tree_.exists(repository)) {
    if (TRY(tree_.list()).size() < options_.repositories_max) return {};
    return Error(Code::kResourceExhausted, "the registry holds its maximum of " +
                                               std::to_string(options_.repositories_max) +
                                               " repositories");
  }
  if (tags.empty()) return {};
  const std::vector<std::string> present = TRY(tree_.tags(repository));
  std::set<std::string> all(present.begin(), present.end());
  all.insert(tags.begin(), tags.end());
  if (all.size() <= std::max(options_.tags_max, present.size())) return {};
  return Error(Code::kResourceExhausted,
               repository + " holds its maximum of " + std::to_string(options_.tags_max) + " tags");
}

Result<Store::Stored> Store::store_manifest(const std::string& repository,
                                            const std::string& reference,
                                            std::string_view media_type, std::string_view bytes,
                                            const std::vector<std::string>& tags) {
  TRY(oci::check_repository(repository));
  if (bytes.size() > options_.manifest_bytes_max) {
    return Error(
        Code::kResourceExhausted,
        "manifest is larger than " + std::to_string(options_.manifest_bytes_max) + " bytes");
  }
  std::vector<std::string> names = tags;
  HashAlgorithm algorithm = HashAlgorithm::kSha256;
  if (is_digest(reference)) {
    algorithm = TRY(Digest::parse(reference)).algorithm();
  } else {
    names.push_back(reference);
  }
  for (const std::string& name : names) TRY(oci::check_tag(name));
  const Digest digest = Digest::of(bytes, algorithm);
  if (is_digest(reference) && digest.to_string() != reference) {
    return data_loss("the manifest's digest is " + digest.to_string());
  }
  const oci::Manifest manifest = TRY(oci::parse_manifest(bytes, media_type));
  TRY(check_media_type(manifest.media_type));

  const std::string file = TRY(scratch_.write(bytes));
  const auto link = [&]() -> Status {
    MutexLock lock(mutex_);
    TRY(check_blobs(repository, manifest));
    TRY(check_limits(repository, names));
    touch(digest);
    TRY(blobs_.adopt(file, digest));
    // The index entry comes before the manifest: a crash in between leaves an entry that is not
    // shown, never a manifest that is not listed.
    if (manifest.subject) {
      TRY(index_.add(repository, manifest.subject->digest,
                     referrer_descriptor(manifest, digest, manifest.media_type, bytes.size())));
    }
    TRY(tree_.add(repository, Kind::kManifest, digest, manifest.media_type));
    for (const std::string& name : names) TRY(tree_.set_tag(repository, name, digest));
    return {};
  };
  if (Status linked = link(); !linked) {
    static_cast<void>(fs_.remove(file));  // Gone already when it was adopted.
    return std::move(linked).error();
  }
  Stored stored{digest, std::nullopt};
  if (manifest.subject) stored.subject = manifest.subject->digest;
  return stored;
}

Result<std::vector<std::string>> Store::tags(const std::string& repository) {
  TRY(oci::check_repository(repository));
  return tree_.tags(repository);
}

Result<std::vector<oci::Descriptor>> Store::referrers(const std::string& repository,
                                                      const Digest& digest,
                                                      const std::string& artifact_type) {
  TRY(oci::check_repository(repository));
  std::vector<oci::Descriptor> descriptors = TRY(index_.list(repository, digest));
  std::erase_if(descriptors, [&](const oci::Descriptor& descriptor) {
    return !tree_.has(repository, Kind::kManifest, descriptor.digest) ||
           (!artifact_type.empty() && descriptor.artifact_type != artifact_type);
  });
  return descriptors;
}

Status Store::remove(const std::string& repository, const std::string& reference) {
  MutexLock lock(mutex_);
  const Digest digest = TRY(digest_of(repository, reference));
  if (is_digest(reference)) return remove_manifest(repository, digest);
  return tree_.remove_tag(repository, reference);
}

// Tags first: a crash in between leaves a manifest without a tag, never a tag without a manifest.
Status Store::remove_manifest(const std::string& repository, const Digest& digest) {
  for (const std::string& name : TRY(tree_.tags(repository))) {
    const Result<Digest> target = tree_.tag(repository, name);
    if (target && *target == digest) TRY(tree_.remove_tag(repository, name));
  }
  const Result<oci::Manifest> manifest = read_manifest(repository, digest);
  TRY(tree_.remove(repository, Kind::kManifest, digest));
  if (manifest && manifest->subject) {
    TRY(index_.remove(repository, manifest->subject->digest, digest));
  }
  return {};
}

Result<std::vector<std::string>> Store::repositories() { return tree_.list(); }

void Store::touch(const Digest& digest) { touched_.insert_or_assign(digest, clock_.now()); }

Result<std::vector<Digest>> Store::verify() {
  std::vector<Digest> damaged;
  for (const BlobFiles::Entry& entry : TRY(blobs_.list())) {
    Status verified = blobs_.verify(entry.digest);
    if (verified || verified.error().code() == Code::kNotFound) continue;
    if (verified.error().code() != Code::kDataLoss) return std::move(verified).error();
    damaged.push_back(entry.digest);
  }
  return damaged;
}

Status Store::rebuild_index() {
  MutexLock lock(mutex_);
  TRY(index_.clear());
  for (const std::string& repository : TRY(tree_.list())) {
    for (const RepositoryTree::Link& link : TRY(tree_.links(repository, Kind::kManifest))) {
      Result<oci::Manifest> manifest = read_manifest(repository, link.digest);
      if (!manifest) {
        log::warning("registry: {}@{} cannot be read: {}", repository, link.digest.to_string(),
                     manifest.error().message());
        continue;
      }
      if (!manifest->subject) continue;
      TRY(index_.add(repository, manifest->subject->digest,
                     referrer_descriptor(*manifest, link.digest, manifest->media_type,
                                         TRY(blobs_.size(link.digest)))));
    }
  }
  return index_.finish_build();
}

}  // namespace skerry::registry
