// SPDX-License-Identifier: Apache-2.0
#include "image/builder.h"

#include <fmt/core.h>

#include <algorithm>

#include "bundle/bundle.h"
#include "data/json.h"
#include "domain/oci.h"
#include "image/gzip.h"
#include "image/layout.h"
#include "image/runtime_layers.h"
#include "sys/clock.h"

namespace skerry::image {
namespace {

// The folder that every bundle has at its top.
constexpr std::string_view kModelFolder = "models";

std::string created(const ImageOptions& options) {
  return sys::format_time(sys::Time(std::chrono::seconds(options.epoch_unix_seconds)));
}

oci::Annotations annotations(const bundle::BundleView& model) {
  return {{"org.opencontainers.image.title", model.name},
          {"org.opencontainers.image.version", std::to_string(model.version)}};
}

json::Object rootfs(const std::vector<Layer>& layers) {
  json::Array diff_ids;
  for (const Layer& layer : layers) diff_ids.emplace_back(layer.diff_id.to_string());
  json::Object object;
  object["type"] = "layers";
  object["diff_ids"] = std::move(diff_ids);
  return object;
}

json::Array history(const std::vector<Layer>& layers, const std::string& time) {
  json::Array entries;
  for (const Layer& layer : layers) {
    json::Object entry;
    entry["created"] = time;
    entry["created_by"] = "skerry: " + layer.name;
    entries.emplace_back(std::move(entry));
  }
  return entries;
}

// Members that are sets in the image format: names with empty objects.
json::Object name_set(const std::vector<std::string>& names) {
  json::Object object;
  for (const std::string& name : names) object[name] = json::Object();
  return object;
}

json::Object run_config(const ImageOptions& options) {
  json::Object config;
  config["User"] = fmt::format("{0}:{0}", kUserId);
  config["ExposedPorts"] = name_set(options.exposed_ports);
  config["Env"] = json::from_strings(options.environment);
  config["Entrypoint"] = json::from_strings(options.entrypoint);
  config["Volumes"] = name_set({std::string(kStateFolder)});
  config["WorkingDir"] = "/";
  config["StopSignal"] = "SIGTERM";
  return config;
}

// An image-spec configuration over `layers`.
std::string image_config(const ImageOptions& options, const std::string& architecture,
                         json::Object config, const std::vector<Layer>& layers) {
  const std::string time = created(options);
  json::Object object;
  object["created"] = time;
  object["architecture"] = architecture;
  object["os"] = "linux";
  object["config"] = std::move(config);
  object["rootfs"] = rootfs(layers);
  object["history"] = history(layers, time);
  return json::dump(object);
}

// ModelPack's configuration: what a model hub shows without pulling.
std::string model_config(const bundle::BundleView& model, const Digest& diff_id) {
  json::Object descriptor;
  descriptor["name"] = model.name;
  descriptor["version"] = std::to_string(model.version);
  json::Object capabilities;  // The list of modalities has none for tables.
  capabilities["inputTypes"] = json::Array{"other"};
  capabilities["outputTypes"] = json::Array{"other"};
  json::Object config;
  config["format"] = "onnx";
  config["precision"] = "float32";
  config["capabilities"] = std::move(capabilities);
  json::Object model_fs;
  model_fs["type"] = "layers";
  model_fs["diffIds"] = json::Array{diff_id.to_string()};
  json::Object object;
  object["descriptor"] = std::move(descriptor);
  object["config"] = std::move(config);
  object["modelfs"] = std::move(model_fs);
  return json::dump(object);
}

// Writes the three images into a layout.
class Build {
 public:
  Build(const ImageOptions& options, std::string_view bundle_tar, bundle::BundleView model,
        Layout& out)
      : options_(options), tar_(bundle_tar), model_(std::move(model)), out_(out) {}

  Result<BuiltImages> run() {
    const Layer model = TRY(model_layer());
    const RuntimeTars runtime = TRY(runtime_tars(out_.file_system(), options_));
    std::vector<Layer> layers = TRY(runtime_layers(runtime));
    layers.push_back(model);
    const std::string reference = fmt::format("v{}", model_.version);
    const oci::Descriptor artifact = TRY(put_artifact(model));
    const oci::Descriptor data = TRY(put_data_image(model, runtime.architecture));
    const oci::Descriptor image = TRY(put_runnable_image(layers, runtime.architecture));
    TRY(out_.set_reference(reference, artifact));
    TRY(out_.set_reference(reference + "-data", data));
    TRY(out_.set_reference(reference + "-image", image));
    oci::Descriptor listed_artifact = TRY(out_.find(reference));
    oci::Descriptor listed_data = TRY(out_.find(reference + "-data"));
    oci::Descriptor listed_image = TRY(out_.find(reference + "-image"));
    return BuiltImages{.artifact = std::move(listed_artifact),
                       .data_image = std::move(listed_data),
                       .image = std::move(listed_image),
                       .layers = std::move(layers)};
  }

 private:
  Result<Layer> model_layer() {
    const oci::Descriptor descriptor = TRY(out_.put_blob(oci::kLayerTarType, tar_));
    return Layer{.name = "model",
                 .descriptor = descriptor,
                 .diff_id = descriptor.digest,
                 .unpacked_bytes = tar_.size()};
  }

  Result<std::vector<Layer>> runtime_layers(const RuntimeTars& runtime) {
    LayerCache cache(out_.file_system(), options_.cache_folder, options_.compression_level);
    std::vector<Layer> layers;
    for (const RuntimeTar& part : runtime.tars) {
      const Digest diff_id = Digest::of(part.tar);
      const std::string bytes = TRY(cache.compressed(part.tar, diff_id));
      const oci::Descriptor descriptor = TRY(out_.put_blob(oci::kLayerGzipType, bytes));
      layers.push_back({.name = part.name,
                        .descriptor = descriptor,
                        .diff_id = diff_id,
                        .unpacked_bytes = part.tar.size()});
    }
    return layers;
  }

  Result<oci::Descriptor> put_artifact(const Layer& model) {
    oci::Manifest manifest;
    manifest.media_type = std::string(oci::kManifestType);
    manifest.artifact_type = std::string(oci::kModelArtifactType);
    manifest.config =
        TRY(out_.put_blob(oci::kModelConfigType, model_config(model_, model.diff_id)));
    oci::Descriptor weight = model.descriptor;
    weight.media_type = std::string(oci::kModelWeightTarType);
    weight.annotations = {{"org.cncf.model.filepath", std::string(kModelFolder)},
                          {"org.opencontainers.image.title", std::string(kModelFolder)}};
    manifest.layers = {weight};
    oci::Descriptor descriptor = TRY(put_manifest(std::move(manifest)));
    descriptor.artifact_type = std::string(oci::kModelArtifactType);
    return descriptor;
  }

  Result<oci::Descriptor> put_data_image(const Layer& model, const std::string& architecture) {
    return put_image(image_config(options_, architecture, json::Object(), {model}), {model});
  }

  Result<oci::Descriptor> put_runnable_image(const std::vector<Layer>& layers,
                                             const std::string& architecture) {
    oci::Descriptor image =
        TRY(put_image(image_config(options_, architecture, run_config(options_), layers), layers));
    image.platform = oci::Platform{.architecture = architecture};
    oci::Manifest index;
    index.media_type = std::string(oci::kIndexType);
    index.manifests = {image};
    return put_manifest(std::move(index));
  }

  Result<oci::Descriptor> put_image(const std::string& config, const std::vector<Layer>& layers) {
    oci::Manifest manifest;
    manifest.media_type = std::string(oci::kManifestType);
    manifest.config = TRY(out_.put_blob(oci::kConfigType, config));
    for (const Layer& layer : layers) manifest.layers.push_back(layer.descriptor);
    return put_manifest(std::move(manifest));
  }

  Result<oci::Descriptor> put_manifest(oci::Manifest manifest) {
    manifest.annotations = annotations(model_);
    return out_.put_blob(manifest.media_type, oci::format_manifest(manifest));
  }

  const ImageOptions& options_;
  const std::string_view tar_;
  const bundle::BundleView model_;
  Layout& out_;
};

}  // namespace

std::uint64_t BuiltImages::compressed_bytes() const {
  std::uint64_t bytes = 0;
  for (const Layer& layer : layers) bytes += layer.descriptor.size_bytes;
  return bytes;
}

std::uint64_t BuiltImages::unpacked_bytes() const {
  std::uint64_t bytes = 0;
  for (const Layer& layer : layers) bytes += layer.unpacked_bytes;
  return bytes;
}

Result<BuiltImages> build(const ImageOptions& options, std::string_view bundle_tar, Layout& out) {
  bundle::BundleView model = TRY(bundle::open(bundle_tar));
  return Build(options, bundle_tar, std::move(model), out).run();
}

}  // namespace skerry::image
