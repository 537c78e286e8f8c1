// SPDX-License-Identifier: Apache-2.0
#include "loop/baked_bundle.h"

#include <deque>
#include <vector>

#include "bundle/tar.h"

namespace skerry::loop {
namespace {

constexpr int kDepthMax = 3;  // models/<name>/<version>/<file>
constexpr std::size_t kFilesMax = 64;

// Collects the files below a folder; a deque keeps the contents in place while it grows.
class Collector {
 public:
  Collector(sys::FileSystem& files, std::uint64_t bytes_max) : files_(files), left_(bytes_max) {}

  Status collect(const std::string& folder, const std::string& prefix, int depth) {
    if (depth > kDepthMax) return invalid_argument(folder + " nests deeper than a bundle does");
    for (const std::string& name : TRY(files_.list(folder))) {
      const std::string path = sys::join_path(folder, name);
      const std::string inside = sys::join_path(prefix, name);
      if (TRY(files_.info(path)).directory) {
        TRY(collect(path, inside, depth + 1));
        continue;
      }
      if (contents_.size() == kFilesMax) return invalid_argument(folder + " has too many files");
      contents_.push_back(TRY(sys::read_file(files_, path, left_)));
      left_ -= contents_.back().size();
      bundle::TarEntry entry;
      entry.path = inside;
      entry.content = contents_.back();
      entries_.push_back(std::move(entry));
    }
    return ok_status();
  }

  Result<std::string> tar() { return bundle::write_tar(std::move(entries_)); }

 private:
  sys::FileSystem& files_;
  std::uint64_t left_;
  std::deque<std::string> contents_;
  std::vector<bundle::TarEntry> entries_;
};

}  // namespace

Result<std::string> read_bundle(sys::FileSystem& files, const std::string& path,
                                std::uint64_t bytes_max) {
  if (!TRY(files.info(path)).directory) return sys::read_file(files, path, bytes_max);
  Collector collector(files, bytes_max);
  TRY(collector.collect(path, "models", 1));
  return collector.tar();
}

}  // namespace skerry::loop
