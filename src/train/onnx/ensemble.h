// SPDX-License-Identifier: Apache-2.0
//
// Trees as the attribute arrays of TreeEnsembleRegressor, before they become a protobuf.
// Threads: values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "train/booster_document.h"

namespace skerry::train::onnx {

enum class Mode : std::uint8_t { kLeaf, kLess, kEqual };
std::string_view mode_name(Mode mode);  // "LEAF", "BRANCH_LT", "BRANCH_EQ".

struct EnsembleNode {
  std::int64_t tree = 0;
  std::int64_t id = 0;  // From 0 in each tree, in the order of the list.
  std::int64_t feature = 0;
  std::int64_t when_true = 0;
  std::int64_t when_false = 0;
  float value = 0;
  Mode mode = Mode::kLeaf;
  bool missing_is_true = false;
};

struct EnsembleLeaf {
  std::int64_t tree = 0;
  std::int64_t node = 0;
  std::int64_t target = 0;
  float weight = 0;
};

struct Ensemble {
  // Each tree is one run of nodes that starts with its root: the runtime takes the first node of a
  // tree id as root.
  std::vector<EnsembleNode> nodes;
  std::vector<EnsembleLeaf> leaves;
};

struct EnsembleLimits {
  std::size_t categories_max = 64;
  std::size_t nodes_max = 8u << 20;
};

// The base margin of each group comes first, as a tree of one leaf: the runtime then adds in
// XGBoost's order and gives its margins bit for bit. (As base_values it would be added last, which
// rounds differently.) A categorical split becomes a chain of equality tests, one for each code in
// its set, whose true edges all lead to the right child. Errors: kInvalidArgument for a set above
// the limit, named by tree and node; kResourceExhausted.
Result<Ensemble> flatten(const BoosterDocument& document, const std::vector<float>& base_margins,
                         const EnsembleLimits& limits);

}  // namespace skerry::train::onnx
