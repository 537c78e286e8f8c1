// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "app/commands.h"
#include "app/image_options.h"
#include "app/progress.h"
#include "app/state.h"
#include "bundle/bundle.h"
#include "domain/model_ref.h"
#include "image/layout.h"
#include "loop/image_transfer.h"
#include "loop/registry_bytes.h"
#include "loop/run_store.h"

namespace skerry::app {
namespace {

constexpr std::uint64_t kBundleBytesMax = 4ull << 30;

// The layout that `model build` fills and `model push` reads: one for each model.
std::string layout_folder(const std::string& state, const std::string& model) {
  return sys::join_path(state, "images/" + model);
}

bool is_archive(const std::string& path) { return path.ends_with(".tar"); }

// The registry of the settings, with the HTTP client that it uses.
struct OpenRegistry {
  std::unique_ptr<net::Client> client;
  std::unique_ptr<registry::Registry> registry;
};

Result<OpenRegistry> connect(const Invocation& call) {
  OpenRegistry open;
  open.client = TRY(make_client(call.settings()));
  open.registry = TRY(open_registry(call.settings(), call.value("state"), *open.client));
  return open;
}

std::string layer_table(const image::BuiltImages& built) {
  std::string text =
      fmt::format("  {:<16} {:>14} {:>14}\n", "layer", "compressed MB", "on disk MB");
  const auto row = [](const std::string& name, std::uint64_t compressed, std::uint64_t unpacked) {
    return fmt::format("  {:<16} {:>14.1f} {:>14.1f}\n", name,
                       static_cast<double>(compressed) / 1e6, static_cast<double>(unpacked) / 1e6);
  };
  for (const image::Layer& layer : built.layers) {
    text += row(layer.name, layer.descriptor.size_bytes, layer.unpacked_bytes);
  }
  return text + row("all", built.compressed_bytes(), built.unpacked_bytes());
}

json::Object built_json(const image::BuiltImages& built) {
  json::Array layers;
  for (const image::Layer& layer : built.layers) {
    json::Object entry;
    entry["name"] = layer.name;
    entry["digest"] = layer.descriptor.digest.to_string();
    entry["compressed_bytes"] = layer.descriptor.size_bytes;
    entry["unpacked_bytes"] = layer.unpacked_bytes;
    layers.push_back(std::move(entry));
  }
  json::Object out;
  out["artifact"] = built.artifact.digest.to_string();
  out["data_image"] = built.data_image.digest.to_string();
  out["image"] = built.image.digest.to_string();
  out["layers"] = std::move(layers);
  out["compressed_bytes"] = built.compressed_bytes();
  out["unpacked_bytes"] = built.unpacked_bytes();
  return out;
}

Result<Output> build(const Invocation& call) {
  sys::FileSystem& fs = sys::real_file_system();
  loop::RunStore runs(fs, sys::join_path(call.value("state"), "runs"));
  const loop::RunRecord run = TRY(runs.load(call.value("RUN")));
  if (run.state != loop::RunState::kSucceeded && !call.flag("--force")) {
    return failed_precondition("run " + run.id + " is " +
                               std::string(loop::run_state_name(run.state)) +
                               "; only a run that succeeded is packaged (--force packages one that "
                               "failed a gate)");
  }
  const std::string tar =
      TRY(sys::read_file(fs, runs.path_of(run.id, loop::kBundleFile), kBundleBytesMax));
  const std::string& out = call.value("--out");
  const std::string folder =
      out.empty() || is_archive(out) ? layout_folder(call.value("state"), run.model) : out;
  image::Layout layout = TRY(image::Layout::create(fs, folder));
  const image::BuiltImages built =
      TRY(image::build(TRY(image_options(call.settings(), call.value("state"))), tar, layout));
  if (is_archive(out)) TRY(image::export_archive(layout, out));
  std::string text = fmt::format(
      "✓ {}:{} in {}\n\n  artifact    {}\n  data image  {}\n  image       {}\n\n{}\n  Next  skerry "
      "model push {}:{}\n",
      run.model, version_tag(run.version), out.empty() ? folder : out,
      built.artifact.digest.to_string(), built.data_image.digest.to_string(),
      built.image.digest.to_string(), layer_table(built), run.model, version_tag(run.version));
  return Output{std::move(text), built_json(built), 0};
}

Result<Output> push(const Invocation& call) {
  const ModelRef model = TRY(ModelRef::parse(call.value("MODEL")));
  const std::string& from = call.value("--from");
  sys::FileSystem& fs = sys::real_file_system();
  const std::string folder =
      from.empty() || is_archive(from) ? layout_folder(call.value("state"), model.name) : from;
  image::Layout layout =
      TRY(is_archive(from) ? image::Layout::create(fs, folder) : image::Layout::open(fs, folder));
  if (is_archive(from)) TRY(image::import_archive(from, layout));
  OpenRegistry open = TRY(connect(call));
  json::Object pushed;
  std::string text;
  ProgressLine progress(call.json());
  for (const char* suffix : {"", "-data", "-image"}) {
    const std::string tag = model.tag + suffix;
    const oci::Descriptor root = TRY(layout.find(tag).with(model.name));
    TRY(loop::push_image(layout, root, *open.registry, model.repository(), tag,
                         [&](std::uint64_t done, std::uint64_t total) {
                           const double share =
                               total == 0 ? 1.0
                                          : static_cast<double>(done) / static_cast<double>(total);
                           progress.update("push " + tag, share);
                         }));
    pushed[tag] = root.digest.to_string();
    text += fmt::format("✓ {}:{}  {}\n", model.repository(), tag, root.digest.to_string());
  }
  return Output{std::move(text), std::move(pushed), 0};
}

Result<Output> pull(const Invocation& call) {
  const ModelRef model = TRY(ModelRef::parse(call.value("MODEL")));
  const std::string& out = call.value("--out");
  sys::FileSystem& fs = sys::real_file_system();
  const std::string folder =
      out.empty() || is_archive(out) ? layout_folder(call.value("state"), model.name) : out;
  image::Layout layout = TRY(image::Layout::create(fs, folder));
  OpenRegistry open = TRY(connect(call));
  const oci::Descriptor root = TRY(loop::pull_image(*open.registry, model.repository(), model.tag,
                                                    layout, model.tag, kBundleBytesMax));
  if (is_archive(out)) TRY(image::export_archive(layout, out));
  return Output{fmt::format("✓ {} in {}  {}\n", model.to_string(), out.empty() ? folder : out,
                            root.digest.to_string()),
                json::Object{{"digest", root.digest.to_string()}}, 0};
}

Result<Output> list(const Invocation& call) {
  OpenRegistry open = TRY(connect(call));
  std::string text = fmt::format("{:<28} {:<16} {}\n", "model", "tag", "digest");
  json::Array rows;
  for (const std::string& repository : TRY(open.registry->repositories())) {
    if (!repository.starts_with("models/")) continue;
    const std::string name = repository.substr(std::string_view("models/").size());
    for (const std::string& tag : TRY(open.registry->tags(repository))) {
      const Digest digest = TRY(open.registry->resolve(repository, tag)).digest;
      text += fmt::format("{:<28} {:<16} {}\n", name, tag, digest.to_string());
      rows.push_back(json::Object{{"name", name}, {"tag", tag}, {"digest", digest.to_string()}});
    }
  }
  return Output{std::move(text), std::move(rows), 0};
}

Result<Output> inspect(const Invocation& call) {
  const ModelRef model = TRY(ModelRef::parse(call.value("MODEL")));
  OpenRegistry open = TRY(connect(call));
  const oci::Descriptor root = TRY(open.registry->resolve(model.repository(), model.tag));
  const auto stored = TRY(open.registry->get_manifest(model.repository(), root.digest.to_string()));
  SKERRY_CHECK(stored.has_value());  // Nothing was named as known.
  const oci::Manifest manifest = TRY(oci::parse_manifest(stored->bytes, stored->media_type));
  if (manifest.artifact_type != oci::kModelArtifactType || manifest.layers.size() != 1) {
    return invalid_argument(model.to_string() +
                            " is no model artifact; name its plain version tag");
  }
  const std::string tar =
      TRY(loop::read_blob(*open.registry, model.repository(), manifest.layers[0], kBundleBytesMax));
  const bundle::BundleView view = TRY(bundle::open(tar));
  const bundle::Manifest bundle =
      TRY(bundle::manifest_from_json(TRY(json::parse(view.manifest_json))));
  json::Object out;
  out["digest"] = root.digest.to_string();
  out["name"] = bundle.name;
  out["version"] = bundle.version;
  out["pipeline"] = bundle.pipeline_digest.to_string();
  out["lineage"] = TRY(json::parse(view.lineage_json));
  return Output{fmt::format("{}\n\n{}", root.digest.to_string(), view.card_markdown),
                std::move(out), 0};
}

}  // namespace

std::vector<Command> model_commands() {
  const Argument reference{"MODEL", "NAME:TAG, for example turbofan-rul:v1", {}};
  return {
      {"model build",
       "Package a run as model artifact, data image and runnable image",
       {{"RUN", "Id of the run", {}}},
       {{"--out", "OCI layout folder, or a .tar file, instead of the state folder", ""},
        {"--force", "Package a run that failed a gate", "", false, true}},
       build},
      {"model push",
       "Push a built model and its images to the registry",
       {reference},
       {{"--from", "OCI layout folder or .tar file instead of the state folder", ""}},
       push},
      {"model pull",
       "Pull a model or image from the registry",
       {reference},
       {{"--out", "OCI layout folder, or a .tar file", ""}},
       pull},
      {"model ls", "List the models of the registry", {}, {}, list},
      {"model inspect", "Show a model's card and lineage", {reference}, {}, inspect},
  };
}

}  // namespace skerry::app
