// SPDX-License-Identifier: Apache-2.0
//
// The model bundle (step 1): one deterministic uncompressed tar that is also a Triton model
// repository entry. Layout and members: docs/formats/bundle.md.
//   models/<name>/config.pbtxt
//   models/<name>/<version>/{model.onnx, skerry.json, lineage.json, card.md}
// Threads: values; a BundleView borrows its bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "data/json.h"
#include "data/tensor.h"
#include "domain/observation.h"
#include "feature/pipeline.h"
#include "stats/conformal.h"
#include "stats/detector_reference.h"

namespace skerry::bundle {

// Names, types and units of what a model takes and gives. Inputs: one FP32 tensor [-1, features].
struct Signature {
  std::vector<TensorSpec> inputs;
  std::vector<TensorSpec> outputs;  // First the prediction, then the raw margin.
  std::string output_name;          // What people call the prediction: "rul".
  std::string output_unit;          // "cycles"; may be empty.
};

// Rows with known answers that every load is checked against, without any training code.
struct CheckRows {
  struct Row {
    std::vector<float> inputs;    // Model inputs; NaN is written as null.
    std::vector<double> outputs;  // One for each output tensor.
  };
  struct Sequence {
    std::vector<Observation> observations;     // Raw sensors, in order, one life.
    std::vector<std::vector<float>> features;  // Bit-exact.
    std::vector<double> outputs;               // Prediction after each observation.
  };
  std::vector<Row> rows;            // 32
  std::vector<Sequence> sequences;  // 3 of 25 observations; none for a model without time.
};

// skerry.json: what a site needs beside the graph.
struct Manifest {
  std::string name;
  std::int64_t version = 0;
  Signature signature;
  json::Value pipeline;  // Declaration; parsed with feature::Pipeline::parse.
  Digest pipeline_digest;
  stats::DetectorReference detector;
  std::optional<stats::ConformalTable> conformal;  // Regression only.
  CheckRows checks;
};

// Names, sizes and counts fit each other: one FP32 input [-1, F] with F features of the pipeline,
// check rows of F inputs and one output for each output tensor, finite numbers except NaN in inputs
// and features, the digest that of the pipeline. Errors: kInvalidArgument naming the member.
Status check(const Manifest& manifest);

// `manifest` passes check(). Floats are written so that they read back to the same bits, NaN as
// null.
json::Object to_json(const Manifest& manifest);
// Errors: kInvalidArgument naming the member; unknown members are refused, and so is what check()
// refuses.
Result<Manifest> manifest_from_json(const json::Value& value);

// Triton's model configuration for this signature, text format of its ModelConfig message. A model
// whose tensors all begin with -1 gets max_batch_size and dims without that dimension.
std::string config_pbtxt(std::string_view name, const Signature& signature);

// Everything that goes into a bundle.
struct Bundle {
  Manifest manifest;
  std::string model_onnx;
  json::Value lineage;
  std::string card_markdown;
};

// The tar. Same bundle, same bytes. Errors: kInvalidArgument for a manifest that check() refuses or
// an empty model.
Result<std::string> pack(const Bundle& bundle);

// A bundle's parts inside a tar that the caller keeps (a verified blob, mapped or read).
// manifest_json is text still: read_manifest() parses it.
struct BundleView {
  std::string name;
  std::int64_t version = 0;
  std::string_view model_onnx;
  std::string_view manifest_json;
  std::string_view lineage_json;
  std::string_view config_pbtxt;
  std::string_view card_markdown;
};

struct BundleLimits {
  std::uint64_t model_bytes_max = 2ull << 30;    // What a protobuf file can hold.
  std::uint64_t document_bytes_max = 64u << 20;  // Each of the other members.
};

// Errors: kInvalidArgument for a tar that is damaged, holds a path outside the layout, two models,
// a link, an empty or missing member; kResourceExhausted for a member above its limit.
Result<BundleView> open(std::string_view tar, BundleLimits limits = {});

// The skerry.json of an open bundle. Errors: kInvalidArgument, also for a name or version other
// than those of its path.
Result<Manifest> read_manifest(const BundleView& view);

}  // namespace skerry::bundle
