// SPDX-License-Identifier: Apache-2.0
//
// Builds a model's three images around one blob, the bundle's tar (step 1), without a container
// engine: a ModelPack artifact, a data image, and a runnable image from scratch. Same inputs, same
// digests. Threads: build() may be called from any thread, one at a time for a Layout. Blocks: on
// disk. Format: docs/formats/image.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "domain/oci.h"
#include "image/layout.h"

namespace skerry::image {

// A file of the configuration layer.
struct ConfigurationFile {
  std::string path;  // In the image, without a leading '/': "etc/skerry/site.yaml".
  std::string content;
};

struct ImageOptions {
  std::string site_executable;      // Path of skerry-site; its ELF machine is the image's platform.
  std::string onnxruntime_library;  // Path of libonnxruntime.so.
  std::string ca_bundle = "/etc/ssl/certs/ca-certificates.crt";
  // Where shared libraries are looked for; empty = the usual folders of the platform.
  std::vector<std::string> library_folders;
  std::vector<ConfigurationFile> configuration;
  std::int64_t epoch_unix_seconds = 0;  // SOURCE_DATE_EPOCH: time of every file and of the images.
  int compression_level = 9;            // zlib's, for the runtime layers.
  std::string cache_folder;             // Compressed layers by DiffID; empty = compress each time.

  std::vector<std::string> entrypoint = {"/usr/bin/skerry-site", "run"};
  std::vector<std::string> environment = {
      "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt",
      "SKERRY_STATE=/var/lib/skerry",
      "SKERRY_ORT_LIBRARY=/usr/lib/skerry/libonnxruntime.so.1",
      "SKERRY_MODELS=/models",
  };
  std::vector<std::string> exposed_ports = {"8100/tcp", "8102/tcp"};
};

struct Layer {
  std::string name;  // "base", "curl", "onnxruntime", "skerry-site", "configuration", "model"
  oci::Descriptor descriptor;
  Digest diff_id;
  std::uint64_t unpacked_bytes = 0;  // Of the tar.
};

// Descriptors as the layout's index lists them, with their reference.
struct BuiltImages {
  oci::Descriptor artifact;    // "v<version>"
  oci::Descriptor data_image;  // "v<version>-data"
  oci::Descriptor image;       // "v<version>-image": an index of one platform.
  std::vector<Layer> layers;   // Of the runnable image, in order; the last is the model.

  std::uint64_t compressed_bytes() const;  // What a site pulls.
  std::uint64_t unpacked_bytes() const;    // What it takes on disk.
};

// Packs into `out`. Errors: kInvalidArgument for a bundle that open() refuses or an option out of
// range, kNotFound for a missing file or library, kResourceExhausted on a full disk. References
// that `out` had before stay valid.
Result<BuiltImages> build(const ImageOptions& options, std::string_view bundle_tar, Layout& out);

}  // namespace skerry::image
