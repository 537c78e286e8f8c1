// SPDX-License-Identifier: Apache-2.0
#include "bundle/bundle.h"

#include <fmt/core.h>

#include <charconv>

#include "base/ids.h"
#include "bundle/tar.h"
#include "data/json.h"

namespace skerry::bundle {
namespace {

constexpr std::string_view kRoot = "models";
constexpr std::size_t kEntriesMax = 16;  // Three folders and five files, with room for PAX headers.

TarEntry file(std::string path, std::string_view content) {
  return {.path = std::move(path), .content = content};
}

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

Result<std::int64_t> parse_version(std::string_view text) {
  std::int64_t version = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (code != std::errc() || end != text.data() + text.size() || version < 1 ||
      text.front() == '0') {
    return invalid_argument(fmt::format("folder {} is not a version number", text));
  }
  return version;
}

// Collects the members of a bundle from the entries of its tar.
class Collector {
 public:
  explicit Collector(BundleLimits limits) : limits_(limits) {}

  Status add(const TarEntry& entry) {
    const std::vector<std::string_view> parts = split(entry.path);
    const bool directory = entry.kind == TarEntry::Kind::kDirectory;
    if (parts[0] != kRoot || entry.kind == TarEntry::Kind::kSymlink ||
        parts.size() > (directory ? 3u : 4u)) {
      return outside(entry);
    }
    if (parts.size() > 1) TRY(set_name(parts[1]));
    if (directory) return parts.size() == 3 ? set_version(parts[2]) : ok_status();
    if (parts.size() == 3 && parts[2] == "config.pbtxt") return set(view_.config_pbtxt, entry);
    if (parts.size() != 4) return outside(entry);
    TRY(set_version(parts[2]));
    if (parts[3] == "model.onnx") return set(view_.model_onnx, entry, limits_.model_bytes_max);
    if (parts[3] == "skerry.json") return set(view_.manifest_json, entry);
    if (parts[3] == "lineage.json") return set(view_.lineage_json, entry);
    if (parts[3] == "card.md") return set(view_.card_markdown, entry);
    return outside(entry);
  }

  Result<BundleView> finish() const {
    const std::pair<std::string_view, std::string_view> members[] = {
        {"config.pbtxt", view_.config_pbtxt},
        {"model.onnx", view_.model_onnx},
        {"skerry.json", view_.manifest_json},
        {"lineage.json", view_.lineage_json},
        {"card.md", view_.card_markdown}};
    for (const auto& [name, content] : members) {
      if (content.empty()) return invalid_argument(fmt::format("{} is missing or empty", name));
    }
    return view_;
  }

 private:
  static Error outside(const TarEntry& entry) {
    return invalid_argument(fmt::format("{} does not belong in a bundle", entry.path));
  }

  Status set_name(std::string_view name) {
    if (view_.name.empty()) {
      TRY(check_name(name).with("model folder"));
      view_.name = std::string(name);
    }
    if (view_.name == name) return ok_status();
    return invalid_argument(fmt::format("two models, {} and {}", view_.name, name));
  }

  Status set_version(std::string_view text) {
    const std::int64_t version = TRY(parse_version(text));
    if (view_.version == 0) view_.version = version;
    if (view_.version == version) return ok_status();
    return invalid_argument(fmt::format("two versions, {} and {}", view_.version, version));
  }

  Status set(std::string_view& member, const TarEntry& entry) {
    return set(member, entry, limits_.document_bytes_max);
  }
  static Status set(std::string_view& member, const TarEntry& entry, std::uint64_t bytes_max) {
    if (entry.content.size() > bytes_max) {
      return Error(Code::kResourceExhausted, fmt::format("{} of {} bytes is above {}", entry.path,
                                                         entry.content.size(), bytes_max));
    }
    member = entry.content;
    return ok_status();
  }

  const BundleLimits limits_;
  BundleView view_;
};

}  // namespace

Result<std::string> pack(const Bundle& bundle) {
  const Manifest& manifest = bundle.manifest;
  TRY(check(manifest).with("manifest"));
  const std::string manifest_json = json::dump(to_json(manifest)) + "\n";
  const std::string lineage_json = json::dump_pretty(bundle.lineage);
  const std::string config = config_pbtxt(manifest.name, manifest.signature);
  const std::string model = fmt::format("{}/{}", kRoot, manifest.name);
  const std::string version = fmt::format("{}/{}", model, manifest.version);
  std::string tar = TRY(write_tar(
      {file(model + "/config.pbtxt", config), file(version + "/model.onnx", bundle.model_onnx),
       file(version + "/skerry.json", manifest_json), file(version + "/lineage.json", lineage_json),
       file(version + "/card.md", bundle.card_markdown)}));
  TRY(open(tar));  // Nothing is handed out that a site would refuse to open.
  return tar;
}

Result<BundleView> open(std::string_view tar, BundleLimits limits) {
  const std::vector<TarEntry> entries =
      TRY(read_tar(tar, {.entries_max = kEntriesMax}).with("bundle"));
  Collector collector(limits);
  for (const TarEntry& entry : entries) TRY(collector.add(entry).with("bundle"));
  return collector.finish().with("bundle");
}

Result<Manifest> read_manifest(const BundleView& view) {
  const json::Value value = TRY(json::parse(view.manifest_json).with("skerry.json"));
  Manifest manifest = TRY(manifest_from_json(value).with("skerry.json"));
  if (manifest.name == view.name && manifest.version == view.version) return manifest;
  return invalid_argument(fmt::format("skerry.json of {} {} stands in the folder of {} {}",
                                      manifest.name, manifest.version, view.name, view.version));
}

}  // namespace skerry::bundle
