// SPDX-License-Identifier: Apache-2.0
#include "image/runtime_layers.h"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "bundle/tar.h"
#include "image/builder.h"
#include "image/closure.h"
#include "image/elf.h"

namespace skerry::image {
namespace {

using bundle::TarEntry;

constexpr std::uint64_t kProgramBytesMax = 1u << 30;
constexpr std::uint64_t kCaBundleBytesMax = 16u << 20;
constexpr std::string_view kCurl = "libcurl.so.4";

constexpr std::string_view kPasswd =
    "root:x:0:0:root:/:/sbin/nologin\n"
    "skerry:x:65532:65532:skerry:/var/lib/skerry:/sbin/nologin\n";
constexpr std::string_view kGroup = "root:x:0:\nskerry:x:65532:\n";
constexpr std::string_view kHosts = "127.0.0.1 localhost\n::1 localhost\n";
// The C library has these two built in.
constexpr std::string_view kNameServices = "passwd: files\ngroup: files\nhosts: files dns\n";

TarEntry file(std::string path, std::string_view content, unsigned mode = 0644) {
  return {.path = std::move(path), .content = content, .mode = mode};
}

TarEntry directory(std::string path, unsigned mode, std::uint32_t owner_id = 0) {
  return {.path = std::move(path),
          .kind = TarEntry::Kind::kDirectory,
          .mode = mode,
          .owner_id = owner_id};
}

// "/usr/bin/x" as a path in a tar.
std::string inside(std::string_view absolute) {
  absolute.remove_prefix(std::min(absolute.find_first_not_of('/'), absolute.size()));
  return std::string(absolute);
}

struct Program {
  std::string content;
  ElfFile elf;
};

Result<Program> read_program(sys::FileSystem& fs, const std::string& path) {
  Program program;
  program.content = TRY(sys::read_file(fs, path, kProgramBytesMax));
  program.elf = TRY(read_elf(program.content).with(path));
  return program;
}

struct Inputs {
  Program site;
  Program onnxruntime;
  std::string loader;
  std::string ca_bundle;
  Libraries libraries;
  std::set<std::string> without_curl;  // Names of libraries needed if there were no libcurl.
};

Result<Inputs> read_inputs(sys::FileSystem& fs, const ImageOptions& options) {
  Inputs inputs;
  inputs.site = TRY(read_program(fs, options.site_executable));
  inputs.onnxruntime = TRY(read_program(fs, options.onnxruntime_library));
  const std::string& architecture = inputs.site.elf.architecture;
  if (inputs.site.elf.interpreter.empty()) {
    return invalid_argument(options.site_executable + " names no dynamic loader");
  }
  if (inputs.onnxruntime.elf.architecture != architecture) {
    return invalid_argument(fmt::format("{} is for {}, {} for {}", options.site_executable,
                                        architecture, options.onnxruntime_library,
                                        inputs.onnxruntime.elf.architecture));
  }
  inputs.loader = TRY(sys::read_file(fs, inputs.site.elf.interpreter, kProgramBytesMax));
  inputs.ca_bundle = TRY(sys::read_file(fs, options.ca_bundle, kCaBundleBytesMax));

  // The C library opens libgcc_s by name when a thread is cancelled or unwound.
  std::vector<std::string> roots{"libgcc_s.so.1"};
  for (const Program* program : {&inputs.site, &inputs.onnxruntime}) {
    roots.insert(roots.end(), program->elf.needed.begin(), program->elf.needed.end());
  }
  ClosureOptions closure;
  closure.architecture = architecture;
  closure.interpreter = inputs.site.elf.interpreter;
  closure.folders = options.library_folders.empty() ? usual_library_folders(architecture)
                                                    : options.library_folders;
  inputs.libraries = TRY(find_closure(fs, roots, closure));
  inputs.without_curl = reachable(inputs.libraries, roots, std::string(kCurl));
  return inputs;
}

void add_libraries(const Inputs& inputs, bool curl_only, std::vector<TarEntry>& entries) {
  for (const auto& [name, library] : inputs.libraries) {
    if (inputs.without_curl.contains(name) == curl_only) continue;
    entries.push_back(file(inside(library.path), library.content));
  }
}

std::vector<TarEntry> base_entries(const Inputs& inputs) {
  std::vector<TarEntry> entries{
      file(inside(inputs.site.elf.interpreter), inputs.loader, 0755),
      file("etc/passwd", kPasswd),
      file("etc/group", kGroup),
      file("etc/hosts", kHosts),
      file("etc/nsswitch.conf", kNameServices),
      file("etc/ssl/certs/ca-certificates.crt", inputs.ca_bundle),
      directory("dev", 0755),  // Mount points, which a read-only root cannot be given later.
      directory("proc", 0755),
      directory("run", 0755),
      directory("sys", 0755),
      directory("tmp", 01777),
      directory(inside(kStateFolder), 0755, kUserId),
  };
  add_libraries(inputs, false, entries);
  return entries;
}

std::vector<TarEntry> configuration_entries(const ImageOptions& options) {
  std::vector<TarEntry> entries{directory("etc/skerry", 0755)};
  for (const ConfigurationFile& configuration : options.configuration) {
    entries.push_back(file(configuration.path, configuration.content));
  }
  return entries;
}

}  // namespace

Result<RuntimeTars> runtime_tars(sys::FileSystem& fs, const ImageOptions& options) {
  const Inputs inputs = TRY(read_inputs(fs, options));
  RuntimeTars result{.architecture = inputs.site.elf.architecture, .tars = {}};
  const auto add = [&](std::string name, std::vector<TarEntry> entries) -> Status {
    std::string tar = TRY(
        bundle::write_tar(std::move(entries), {.modified_unix_seconds = options.epoch_unix_seconds})
            .with("layer " + name));
    result.tars.push_back({.name = std::move(name), .tar = std::move(tar)});
    return ok_status();
  };
  TRY(add("base", base_entries(inputs)));
  std::vector<TarEntry> curl;
  add_libraries(inputs, true, curl);
  if (!curl.empty()) TRY(add("curl", std::move(curl)));
  TRY(add("onnxruntime", {file("usr/lib/skerry/libonnxruntime.so.1", inputs.onnxruntime.content)}));
  TRY(add("skerry-site", {file("usr/bin/skerry-site", inputs.site.content, 0755)}));
  TRY(add("configuration", configuration_entries(options)));
  return result;
}

}  // namespace skerry::image
