// SPDX-License-Identifier: Apache-2.0
#include "train/onnx/ensemble.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace skerry::train::onnx {
namespace {

// Which edge of an emitted node waits for a child.
struct Open {
  std::int32_t source;    // Node in the booster's tree.
  std::size_t first = 0;  // Ensemble nodes whose edge leads here: [first, first + count).
  std::size_t count = 0;
  bool true_edge = false;
};

class TreeWriter {
 public:
  TreeWriter(const BoosterTree& tree, std::int64_t number, const EnsembleLimits& limits,
             Ensemble& ensemble)
      : tree_(tree),
        number_(number),
        limits_(limits),
        ensemble_(ensemble),
        start_(ensemble.nodes.size()) {}

  Status write() {
    std::vector<Open> stack = {{0}};
    while (!stack.empty()) {
      const Open open = stack.back();
      stack.pop_back();
      link(open);
      const BoosterNode& source = tree_.nodes[static_cast<std::size_t>(open.source)];
      if (source.is_leaf()) {
        TRY(write_leaf(source).with("node " + std::to_string(open.source)));
        continue;
      }
      const std::size_t first = ensemble_.nodes.size();
      if (source.category_count > limits_.categories_max) {
        return invalid_argument("node " + std::to_string(open.source) + " has a set of " +
                                std::to_string(source.category_count) + " categories, at most " +
                                std::to_string(limits_.categories_max) +
                                " can be converted: train with one column for each category");
      }
      source.is_categorical() ? write_set(source) : write_threshold(source);
      const std::size_t count = ensemble_.nodes.size() - first;
      if (ensemble_.nodes.size() > limits_.nodes_max) {
        return Error(Code::kResourceExhausted, "the ensemble has too many nodes");
      }
      // x < value is true on the left; membership in the set is true on the right.
      if (source.is_categorical()) {
        stack.push_back({source.right, first, count, true});
        stack.push_back({source.left, first + count - 1, 1, false});
      } else {
        stack.push_back({source.right, first, 1, false});
        stack.push_back({source.left, first, 1, true});
      }
    }
    return ok_status();
  }

 private:
  std::int64_t next_id() const {
    return static_cast<std::int64_t>(ensemble_.nodes.size() - start_);
  }

  // The node that is written next is the child these edges wait for.
  void link(const Open& open) {
    for (std::size_t i = open.first; i < open.first + open.count; ++i) {
      EnsembleNode& parent = ensemble_.nodes[i];
      (open.true_edge ? parent.when_true : parent.when_false) = next_id();
    }
  }

  Status write_leaf(const BoosterNode& source) {
    const float weight = source.value * tree_.weight;
    if (!std::isfinite(weight)) return invalid_argument("its weight is not finite");
    ensemble_.leaves.push_back(
        {number_, next_id(), static_cast<std::int64_t>(tree_.group), weight});
    ensemble_.nodes.push_back({.tree = number_, .id = next_id()});
    return ok_status();
  }

  void write_threshold(const BoosterNode& source) {
    ensemble_.nodes.push_back({.tree = number_,
                               .id = next_id(),
                               .feature = source.feature,
                               .value = source.value,
                               .mode = Mode::kLess,
                               .missing_is_true = source.default_left});
  }

  void write_set(const BoosterNode& source) {
    for (std::uint32_t i = 0; i < source.category_count; ++i) {
      // The false edge leads on along the chain; that of the last test is linked to the left child.
      ensemble_.nodes.push_back(
          {.tree = number_,
           .id = next_id(),
           .feature = source.feature,
           .when_false = next_id() + 1,
           .value = static_cast<float>(tree_.categories[source.first_category + i]),
           .mode = Mode::kEqual,
           .missing_is_true = !source.default_left});
    }
  }

  const BoosterTree& tree_;
  const std::int64_t number_;
  const EnsembleLimits& limits_;
  Ensemble& ensemble_;
  const std::size_t start_;
};

}  // namespace

std::string_view mode_name(Mode mode) {
  switch (mode) {
    case Mode::kLess: return "BRANCH_LT";
    case Mode::kEqual: return "BRANCH_EQ";
    case Mode::kLeaf: break;
  }
  return "LEAF";
}

Result<Ensemble> flatten(const BoosterDocument& document, const std::vector<float>& base_margins,
                         const EnsembleLimits& limits) {
  Ensemble ensemble;
  std::int64_t tree = 0;
  for (std::size_t group = 0; group < base_margins.size(); ++group) {
    if (base_margins[group] == 0) continue;
    ensemble.nodes.push_back({.tree = tree});
    ensemble.leaves.push_back({tree, 0, static_cast<std::int64_t>(group), base_margins[group]});
    ++tree;
  }
  for (std::size_t i = 0; i < document.trees.size(); ++i) {
    TreeWriter writer(document.trees[i], tree++, limits, ensemble);
    TRY(writer.write().with("tree " + std::to_string(i)));
  }
  return ensemble;
}

}  // namespace skerry::train::onnx
