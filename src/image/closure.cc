// SPDX-License-Identifier: Apache-2.0
#include "image/closure.h"

#include <fmt/core.h>
#include <set>
#include "image/elf.h"

namespace skerry::image {
namespace {

Result<Library> find_library(sys::FileSystem& fs, const std::string& name,
                             const ClosureOptions& options) {
  for (const std::string& folder : options.folders) {
    const std::string path = sys::join_path(folder, name);
    if (!sys::exists(fs, path)) continue;
    Library library;
    library.path = path;
    library.content = TRY(sys::read_file(fs, path, options.library_bytes_max));
    auto elf = read_elf(library.content);
    if (!elf || elf->architecture != options.architecture) continue;
    library.elf = *std::move(elf);
    return library;
  }
  return not_found(fmt::format("library {} is in none of the {} library folders for {}", name,
                               options.folders.size(), options.architecture));
}

}  // namespace

std::vector<std::string> usual_library_folders(const std::string& architecture) {
  const std::string triplet = architecture == "arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
  return {"/lib/" + triplet, "/usr/lib/" + triplet, "/lib64", "/usr/lib64", "/lib", "/usr/lib"};
}

Result<Libraries> find_closure(sys::FileSystem& fs, const std::vector<std::string>& names,
                               const ClosureOptions& options) {
  Libraries libraries;
  const std::string loader = sys::base_name(options.interpreter);
  std::vector<std::string> waiting = names;
  while (!waiting.empty()) {
    const std::string name = std::move(waiting.back());
    waiting.pop_back();
    if (name == loader || libraries.contains(name)) continue;
    if (libraries.size() == options.libraries_max) {
      return Error(Code::kResourceExhausted,
                   fmt::format("more than {} libraries", options.libraries_max));
    }
    Library library = TRY(find_library(fs, name, options));
    waiting.insert(waiting.end(), library.elf.needed.begin(), library.elf.needed.end());
    libraries.emplace(name, std::move(library));
  }
  return libraries;
}

std::set<std::string> reachable(const Libraries& libraries, const std::vector<std::string>& names,
                                const std::string& without) {
  std::set<std::string> found;
  std::vector<std::string> waiting = names;
  while (!waiting.empty()) {
    const std::string name = std::move(waiting.back());
    waiting.pop_back();
    const auto library = libraries.find(name);
    if (name == without || library == libraries.end() || !found.insert(name).second) continue;
    const std::vector<std::string>& needed = library->second.elf.needed;
    waiting.insert(waiting.end(), needed.begin(), needed.end());
  }
  return found;
}

}  // namespace skerry::image
