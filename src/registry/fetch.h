// SPDX-License-Identifier: Apache-2.0
//
// A blob from a registry into a file, whatever happens to the line or the process in between (step
// 2). Threads: one call for each path at a time. Blocks: on network and disk.
#pragma once

#include <string>

#include "base/result.h"
#include "domain/oci.h"
#include "registry/registry.h"
#include "sys/files.h"

namespace skerry::registry {

struct FetchOptions {
  int attempts_max = 5;  // That bring no byte; one that does starts the count again.
};

// Leaves the blob at `path`, synced, after its size and digest were checked. What came before a cut
// stays in `<path>.partial`, where the next call goes on, after a restart too. Errors: kDataLoss
// when the bytes have another digest (the partial file is removed: the next call begins afresh),
// kNotFound, kUnavailable after attempts_max, kResourceExhausted on a full disk.
Status fetch_blob(Registry& registry, const std::string& repository,
                  const oci::Descriptor& descriptor, sys::FileSystem& fs, const std::string& path,
                  FetchOptions options = {});

}  // namespace skerry::registry
