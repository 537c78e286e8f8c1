// SPDX-License-Identifier: Apache-2.0
//
// An XGBoost JSON model (1.7 to 3.x, gbtree and dart) as plain trees, every index checked. The
// learner loads and the converter reads nothing else, because the library's own loader trusts its
// input. Threads: values; read_booster() may be called from any thread. Source: "Introduction to
// Model IO" of the XGBoost documentation and its model schema.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace skerry::train {

struct BoosterNode {
  std::int32_t left = -1;  // Index in its tree; -1 on both sides of a leaf.
  std::int32_t right = -1;
  std::uint32_t feature = 0;
  // Inner node: x < value goes left. Leaf: what it adds to the margin. Unused by a categorical
  // split.
  float value = 0;
  bool default_left = false;  // Where a missing value goes.
  // A categorical split sends the codes BoosterTree::categories[first_category ...] right, others
  // left.
  std::uint32_t first_category = 0;
  std::uint32_t category_count = 0;  // 0: a numeric split.

  bool is_leaf() const { return left < 0; }
  bool is_categorical() const { return category_count > 0; }
};

struct BoosterTree {
  std::vector<BoosterNode> nodes;  // Node 0 is the root; deleted nodes are never reached from it.
  std::vector<std::int32_t> categories;  // Codes by node, ascending within a node.
  std::size_t group = 0;                 // The output it adds to.
  float weight = 1;                      // Factor on its leaves (dart).
};

struct BoosterDocument {
  std::string objective;
  std::size_t features = 0;
  std::size_t groups = 1;         // Outputs a row: classes, targets, else 1.
  std::vector<float> base_score;  // One for each group, in prediction space.
  std::vector<BoosterTree> trees;
};

struct BoosterLimits {
  std::size_t bytes_max = 128u << 20;  // Of JSON text.
  std::size_t nodes_max = 4u << 20;    // In all trees.
  std::size_t depth_max = 256;         // Levels of a tree: readers may recurse.
  std::size_t groups_max = 1024;
  std::int32_t category_max = 65535;  // Largest code: the library allots one bit for each.
};

// Errors: kInvalidArgument, naming tree and node, for anything that is not such a model: another
// booster (gblinear), vector leaves, no trees, an array of another length, an index out of range, a
// cycle, a number that is not finite. kResourceExhausted above a limit.
Result<BoosterDocument> read_booster(std::string_view json, const BoosterLimits& limits = {});

}  // namespace skerry::train
