// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <cmath>
#include <set>

#include "base/ids.h"
#include "bundle/bundle.h"
#include "data/tensor.h"
#include "feature/pipeline.h"

namespace skerry::bundle {
namespace {

constexpr std::size_t kRowsMax = 4096;
constexpr std::size_t kSequencesMax = 256;
constexpr std::size_t kObservationsMax = 10'000;  // The longest window of a pipeline.
constexpr std::size_t kTensorsMax = 64;
constexpr std::size_t kUnitBytesMax = 64;

bool all_finite(const std::vector<double>& numbers) {
  for (const double number : numbers) {
    if (!std::isfinite(number)) return false;
  }
  return true;
}

bool none_infinite(const std::vector<float>& numbers) {
  for (const float number : numbers) {
    if (std::isinf(number)) return false;
  }
  return true;
}

Status check_tensors(const std::vector<TensorSpec>& tensors, std::string_view what) {
  if (tensors.empty() || tensors.size() > kTensorsMax) {
    return invalid_argument(fmt::format("signature has {} {}", tensors.size(), what));
  }
  std::set<std::string> names;
  for (const TensorSpec& tensor : tensors) {
    TRY(check_external_id(tensor.name).with(fmt::format("name of a tensor in {}", what)));
    if (!names.insert(tensor.name).second) {
      return invalid_argument(fmt::format("two {} are called {}", what, tensor.name));
    }
    Shape fixed = tensor.shape;
    for (std::int64_t& dimension : fixed) dimension = dimension == -1 ? 1 : dimension;
    TRY(element_count(fixed).with(fmt::format("shape of {}", tensor.name)));
  }
  return ok_status();
}

Status check_signature(const Signature& signature, std::size_t feature_count) {
  TRY(check_tensors(signature.inputs, "inputs"));
  TRY(check_tensors(signature.outputs, "outputs"));
  const TensorSpec& input = signature.inputs.front();
  const Shape expected{-1, static_cast<std::int64_t>(feature_count)};
  if (signature.inputs.size() != 1 || input.type != DType::kFp32 || input.shape != expected) {
    return invalid_argument(
        fmt::format("signature must have one input FP32 {}, as the pipeline has "
                    "{} features",
                    format_shape(expected), feature_count));
  }
  TRY(check_external_id(signature.output_name).with("output_name"));
  if (signature.output_unit.size() > kUnitBytesMax) {
    return invalid_argument(fmt::format("output_unit is longer than {} bytes", kUnitBytesMax));
  }
  return ok_status();
}

Status check_row(const CheckRows::Row& row, std::size_t features, std::size_t outputs) {
  if (row.inputs.size() != features || row.outputs.size() != outputs) {
    return invalid_argument(fmt::format("{} inputs and {} outputs instead of {} and {}",
                                        row.inputs.size(), row.outputs.size(), features, outputs));
  }
  if (!none_infinite(row.inputs) || !all_finite(row.outputs)) {
    return invalid_argument("a number is not finite");
  }
  return ok_status();
}

Status check_sequence(const CheckRows::Sequence& sequence, std::size_t features) {
  const std::size_t length = sequence.observations.size();
  if (length > kObservationsMax || sequence.features.size() != length ||
      sequence.outputs.size() != length) {
    return invalid_argument(fmt::format("{} observations, {} rows of features, {} outputs", length,
                                        sequence.features.size(), sequence.outputs.size()));
  }
  for (const std::vector<float>& row : sequence.features) {
    if (row.size() != features) {
      return invalid_argument(fmt::format("{} features instead of {}", row.size(), features));
    }
    if (!none_infinite(row)) return invalid_argument("a feature is infinite");
  }
  if (!all_finite(sequence.outputs)) return invalid_argument("an output is not finite");
  return ok_status();
}

Status check_rows(const CheckRows& checks, std::size_t features, std::size_t outputs) {
  if (checks.rows.size() > kRowsMax || checks.sequences.size() > kSequencesMax) {
    return invalid_argument(fmt::format("{} rows and {} sequences are too many", checks.rows.size(),
                                        checks.sequences.size()));
  }
  for (std::size_t i = 0; i < checks.rows.size(); ++i) {
    TRY(check_row(checks.rows[i], features, outputs).with(fmt::format("rows[{}]", i)));
  }
  for (std::size_t i = 0; i < checks.sequences.size(); ++i) {
    TRY(check_sequence(checks.sequences[i], features).with(fmt::format("sequences[{}]", i)));
  }
  return ok_status();
}

}  // namespace

Status check(const Manifest& manifest) {
  TRY(check_name(manifest.name).with("name"));
  if (manifest.version < 1) {
    return invalid_argument(fmt::format("version {} is not 1 or more", manifest.version));
  }
  const feature::Pipeline pipeline =
      TRY(feature::Pipeline::parse(manifest.pipeline).with("pipeline"));
  if (pipeline.digest() != manifest.pipeline_digest) {
    return invalid_argument(fmt::format("pipeline_digest is {}, the pipeline has {}",
                                        manifest.pipeline_digest.to_string(),
                                        pipeline.digest().to_string()));
  }
  TRY(check_signature(manifest.signature, pipeline.names().size()).with("signature"));
  return check_rows(manifest.checks, pipeline.names().size(), manifest.signature.outputs.size())
      .with("checks");
}

}  // namespace skerry::bundle
