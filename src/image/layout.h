// SPDX-License-Identifier: Apache-2.0
//
// An OCI image layout folder (image-spec 1.1.1 image-layout.md): oci-layout, index.json and
// blobs/<algorithm>/<hex>. Blobs are written before the index that names them, each file whole or
// not at all, so that a crash leaves the layout as it was. Threads: single-thread; one Layout for a
// folder at a time. Blocks: on disk. Format: docs/formats/image.md.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/limits.h"
#include "base/result.h"
#include "bundle/tar.h"
#include "domain/oci.h"
#include "sys/files.h"

namespace skerry::image {

// Key of the annotation that names a manifest in an index ("v7").
inline constexpr std::string_view kReferenceAnnotation = "org.opencontainers.image.ref.name";

class Layout {
 public:
  // Errors: kNotFound, kInvalidArgument for a folder that is no layout of version 1.0.0.
  static Result<Layout> open(sys::FileSystem& fs, std::string folder);
  // As open(), making an empty layout where there is none.
  static Result<Layout> create(sys::FileSystem& fs, std::string folder);

  sys::FileSystem& file_system() const { return *fs_; }

  // What index.json lists, in order.
  const std::vector<oci::Descriptor>& manifests() const { return manifests_; }
  // The content of index.json and of the file oci-layout.
  std::string index_json() const;
  static std::string_view marker_json();
  // The one annotated with `reference`. Errors: kNotFound.
  Result<oci::Descriptor> find(std::string_view reference) const;

  // Stores `bytes` unless a sound copy is there, and describes them.
  // Errors: kResourceExhausted on a full disk; the layout is then as before.
  Result<oci::Descriptor> put_blob(std::string_view media_type, std::string_view bytes);

  // The same for bytes whose digest is known. Errors: kDataLoss when they have another.
  Status put_blob(const Digest& digest, std::string_view bytes);

  // Lists `manifest`, whose blob is here, under `reference`, in place of what had that name.
  // Errors: kInvalidArgument for a name that is not 1 to 255 letters, digits and "-._:@/+".
  Status set_reference(std::string_view reference, oci::Descriptor manifest);

  // A blob of descriptor.size_bytes bytes, not verified. Errors: kNotFound, kDataLoss for another
  // size.
  Result<std::unique_ptr<sys::File>> open_blob(const oci::Descriptor& descriptor) const;
  // Hands a blob's bytes on piece by piece. Errors: as open_blob(), of `sink`, and kDataLoss at the
  // end when the bytes do not have the digest.
  Status stream_blob(const oci::Descriptor& descriptor, const bundle::TarSink& sink) const;
  // A blob's verified bytes. Errors: kNotFound, kDataLoss, kResourceExhausted above `bytes_max`.
  Result<std::string> read_blob(const oci::Descriptor& descriptor, std::uint64_t bytes_max) const;

  // `root` and all that it names in turn, each once, what is named before what names it: the order
  // in which a registry takes them. Subjects are not followed. Errors: kNotFound, kDataLoss for a
  // damaged manifest, kResourceExhausted above 10,000 descriptors.
  Result<std::vector<oci::Descriptor>> contents(const oci::Descriptor& root) const;

  // Reads every blob that the index reaches. Errors: kNotFound, kDataLoss for the first that is
  // missing or does not have its size and digest.
  Status verify() const;

 private:
  Layout(sys::FileSystem& fs, std::string folder, std::vector<oci::Descriptor> manifests);

  Status store(const oci::Descriptor& descriptor, std::string_view bytes);
  std::string blob_path(const Digest& digest) const;

  sys::FileSystem* fs_;
  std::string folder_;
  std::vector<oci::Descriptor> manifests_;
};

// Errors: kInvalidArgument for the content of a file oci-layout that is not of version 1.0.0.
Status check_marker(std::string_view json);

// The name of `manifest` in an index; empty without one.
std::string reference_of(const oci::Descriptor& manifest);

// Copies `manifest` with all it names, verified, and lists it under `reference`: export to a folder
// and import from one. One blob at a time is held in memory. Errors: as Layout::read_blob().
Status copy_image(const Layout& from, const oci::Descriptor& manifest, std::string_view reference,
                  Layout& to);

struct ArchiveLimits {
  std::uint64_t bytes_max = 4ull << 30;  // Of an archive that is read; it is held in memory.
};

// Writes the layout as one deterministic tar ("oci-archive") holding what its index reaches,
// verified on the way. `path` appears when it is complete.
Status export_archive(const Layout& layout, const std::string& path);

// Reads such a tar into `to`: each blob is checked against the digest that is its name; references
// are added to those of `to`, a manifest without one gets "<algorithm>-<hex>". Errors:
// kInvalidArgument for a tar that read_tar() refuses or that is no layout, kDataLoss for a blob
// with another digest, kNotFound for one that is missing; the references of `to` are then as
// before.
Status import_archive(const std::string& path, Layout& to, ArchiveLimits limits = {});

}  // namespace skerry::image
