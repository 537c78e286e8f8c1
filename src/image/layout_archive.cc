// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "base/limits.h"
#include "bundle/tar.h"
#include "domain/oci.h"
#include "image/layout.h"

namespace skerry::image {
namespace {

constexpr std::size_t kEntriesMax = 20'000;

// Paths in an archive; string order is the order of members.
constexpr std::string_view kBlobs = "blobs/";
constexpr std::string_view kIndex = "index.json";
constexpr std::string_view kMarker = "oci-layout";

bundle::TarEntry entry(std::string path, bundle::TarEntry::Kind kind) {
  const bool directory = kind == bundle::TarEntry::Kind::kDirectory;
  return {.path = std::move(path), .kind = kind, .mode = directory ? 0755u : 0644u};
}

Status add_file(bundle::TarWriter& writer, std::string_view path, std::string_view content) {
  TRY(writer.begin(entry(std::string(path), bundle::TarEntry::Kind::kFile), content.size()));
  return writer.write(content);
}

// Every blob that the index reaches, by its path in the archive.
Result<std::map<std::string, oci::Descriptor>> reached(const Layout& layout) {
  std::map<std::string, oci::Descriptor> blobs;
  for (const oci::Descriptor& manifest : layout.manifests()) {
    for (const oci::Descriptor& blob : TRY(layout.contents(manifest))) {
      blobs.emplace(fmt::format("{}{}/{}", kBlobs, blob.digest.algorithm_name(), blob.digest.hex()),
                    blob);
    }
  }
  return blobs;
}

Status write_archive(const Layout& layout, const bundle::TarSink& sink) {
  const std::map<std::string, oci::Descriptor> blobs = TRY(reached(layout));
  bundle::TarWriter writer(sink);
  std::string last_folder;
  TRY(writer.begin(entry("blobs", bundle::TarEntry::Kind::kDirectory), 0));
  for (const auto& [path, blob] : blobs) {
    const std::string folder = sys::parent_path(path);
    if (folder != last_folder) {
      TRY(writer.begin(entry(folder, bundle::TarEntry::Kind::kDirectory), 0));
      last_folder = folder;
    }
    TRY(writer.begin(entry(path, bundle::TarEntry::Kind::kFile), blob.size_bytes));
    TRY(layout.stream_blob(blob, [&](std::string_view bytes) { return writer.write(bytes); }));
  }
  TRY(add_file(writer, kIndex, layout.index_json()));
  TRY(add_file(writer, kMarker, Layout::marker_json()));
  return writer.finish();
}

Result<Digest> digest_of_path(std::string_view path) {
  path.remove_prefix(kBlobs.size());
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return invalid_argument("blob outside its folder");
  return Digest::parse(fmt::format("{}:{}", path.substr(0, slash), path.substr(slash + 1)));
}

Status import_blob(const bundle::TarEntry& member, Layout& to) {
  const Digest digest = TRY(digest_of_path(member.path).with(member.path));
  return to.put_blob(digest, member.content);
}

std::string reference_for(const oci::Descriptor& manifest) {
  std::string reference = reference_of(manifest);
  if (!reference.empty()) return reference;
  return fmt::format("{}-{}", manifest.digest.algorithm_name(), manifest.digest.hex());
}

}  // namespace

Status copy_image(const Layout& from, const oci::Descriptor& manifest, std::string_view reference,
                  Layout& to) {
  for (const oci::Descriptor& blob : TRY(from.contents(manifest))) {
    const std::string bytes = TRY(from.read_blob(blob, limits::kBlobBytesMax));
    TRY(to.put_blob(blob.digest, bytes));
  }
  return to.set_reference(reference, manifest);
}

Status export_archive(const Layout& layout, const std::string& path) {
  sys::FileSystem& fs = layout.file_system();
  const std::string partial = path + ".partial";
  auto file = TRY(fs.open(partial, sys::OpenMode::kWrite));
  TRY(file->truncate(0));
  std::uint64_t offset = 0;
  auto written = write_archive(layout, [&](std::string_view bytes) -> Status {
    TRY(file->write_at(offset, bytes));
    offset += bytes.size();
    return ok_status();
  });
  if (!written) {
    TRY(fs.remove(partial).with(written.error().message()));
    return written;
  }
  TRY(file->sync());
  TRY(fs.rename(partial, path));
  return fs.sync_directory(sys::parent_path(path));
}

Status import_archive(const std::string& path, Layout& to, ArchiveLimits limits) {
  const std::string tar = TRY(sys::read_file(to.file_system(), path, limits.bytes_max));
  const std::vector<bundle::TarEntry> members =
      TRY(bundle::read_tar(tar, {.entries_max = kEntriesMax}).with(path));
  std::string_view index_json;
  std::string_view marker;
  for (const bundle::TarEntry& member : members) {
    if (member.kind == bundle::TarEntry::Kind::kDirectory) continue;
    if (member.kind == bundle::TarEntry::Kind::kSymlink) {
      return invalid_argument(fmt::format("{} is a link", member.path));
    }
    if (member.path == kIndex) index_json = member.content;
    if (member.path == kMarker) marker = member.content;
    if (member.path.starts_with(kBlobs)) TRY(import_blob(member, to));
  }
  TRY(check_marker(marker).with(path));
  const oci::Manifest index = TRY(oci::parse_manifest(index_json, oci::kIndexType).with(path));
  for (const oci::Descriptor& manifest : index.manifests) {
    for (const oci::Descriptor& blob : TRY(to.contents(manifest))) TRY(to.open_blob(blob));
  }
  for (const oci::Descriptor& manifest : index.manifests) {
    TRY(to.set_reference(reference_for(manifest), manifest));
  }
  return ok_status();
}

}  // namespace skerry::image
