// SPDX-License-Identifier: Apache-2.0
#include "train/onnx/ensemble.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace skerry::train::onnx {
namespace {

BoosterNode leaf(float value) { return {.value = value}; }

BoosterDocument document(BoosterTree tree) {
  BoosterDocument result;
  result.features = 2;
  result.base_score = {0};
  result.trees = {std::move(tree)};
  return result;
}

TEST(Ensemble, WritesPreOrderAndLinksChildren) {
  // Left is node 3 in the booster, right is node 1 with children 4 and 2.
  BoosterTree tree;
  tree.nodes = {{.left = 3, .right = 1, .feature = 1, .value = .5F, .default_left = true},
                {.left = 4, .right = 2, .feature = 0, .value = 2},
                leaf(10),
                leaf(20),
                leaf(30)};
  const Ensemble ensemble = *flatten(document(tree), {0}, {});
  ASSERT_EQ(ensemble.nodes.size(), 5u);
  const EnsembleNode& root = ensemble.nodes[0];
  EXPECT_EQ(root.mode, Mode::kLess);
  EXPECT_EQ(root.feature, 1);
  EXPECT_TRUE(root.missing_is_true);
  EXPECT_EQ(root.when_true, 1);
  EXPECT_EQ(root.when_false, 2);
  EXPECT_EQ(ensemble.nodes[1].mode, Mode::kLeaf);
  EXPECT_EQ(ensemble.nodes[2].when_true, 3);
  EXPECT_EQ(ensemble.nodes[2].when_false, 4);
  EXPECT_FALSE(ensemble.nodes[2].missing_is_true);
  ASSERT_EQ(ensemble.leaves.size(), 3u);
  EXPECT_EQ(ensemble.leaves[0].node, 1);
  EXPECT_EQ(ensemble.leaves[0].weight, 20);
  EXPECT_EQ(ensemble.leaves[1].weight, 30);
  EXPECT_EQ(ensemble.leaves[2].weight, 10);
}

TEST(Ensemble, TurnsASetIntoAChainWhoseTrueEdgesMeet) {
  BoosterTree tree;
  tree.categories = {1, 4, 9};
  tree.nodes = {{.left = 1, .right = 2, .feature = 1, .default_left = true, .category_count = 3},
                leaf(1),
                leaf(2)};
  const Ensemble ensemble = *flatten(document(tree), {0}, {});
  ASSERT_EQ(ensemble.nodes.size(), 5u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(ensemble.nodes[i].mode, Mode::kEqual);
    EXPECT_EQ(ensemble.nodes[i].value, static_cast<float>(tree.categories[i]));
    EXPECT_EQ(ensemble.nodes[i].when_true, 4);  // In the set: right.
    EXPECT_EQ(ensemble.nodes[i].when_false, static_cast<std::int64_t>(i) + 1);
    EXPECT_FALSE(ensemble.nodes[i].missing_is_true);  // Missing goes left: along the false edges.
  }
  EXPECT_EQ(ensemble.leaves[0].weight, 1);
  EXPECT_EQ(ensemble.leaves[1].weight, 2);
}

TEST(Ensemble, MultipliesDropWeights) {
  BoosterTree tree;
  tree.nodes = {leaf(3)};
  tree.weight = 0.5F;
  EXPECT_EQ(flatten(document(tree), {0}, {})->leaves[0].weight, 1.5F);
}

TEST(Ensemble, NumbersNodesFromZeroInEachTree) {
  BoosterTree tree;
  tree.nodes = {{.left = 1, .right = 2}, leaf(1), leaf(2)};
  BoosterDocument two = document(tree);
  two.groups = 2;
  two.trees.push_back(tree);
  two.trees[1].group = 1;
  const Ensemble ensemble = *flatten(two, {0, 0}, {});
  EXPECT_EQ(ensemble.nodes[3].tree, 1);
  EXPECT_EQ(ensemble.nodes[3].id, 0);
  EXPECT_EQ(ensemble.nodes[3].when_true, 1);
  EXPECT_EQ(ensemble.leaves[2].tree, 1);
  EXPECT_EQ(ensemble.leaves[2].target, 1);
}

TEST(Ensemble, PutsBaseMarginsFirstAsLeaves) {
  BoosterTree tree;
  tree.nodes = {{.left = 1, .right = 2}, leaf(1), leaf(2)};
  BoosterDocument three = document(tree);
  three.groups = 3;
  const Ensemble ensemble = *flatten(three, {0.5F, 0, -2}, {});
  ASSERT_EQ(ensemble.nodes.size(), 5u);
  EXPECT_EQ(ensemble.nodes[1].tree, 1);
  EXPECT_EQ(ensemble.nodes[2].tree, 2);
  EXPECT_EQ(ensemble.nodes[2].mode, Mode::kLess);
  ASSERT_EQ(ensemble.leaves.size(), 4u);
  EXPECT_EQ(ensemble.leaves[0].target, 0);
  EXPECT_EQ(ensemble.leaves[0].weight, 0.5F);
  EXPECT_EQ(ensemble.leaves[1].target, 2);
  EXPECT_EQ(ensemble.leaves[1].weight, -2);
}

TEST(Ensemble, HoldsItsLimits) {
  BoosterTree tree;
  tree.categories = {0, 1, 2};
  tree.nodes = {{.left = 1, .right = 2, .category_count = 3}, leaf(1), leaf(2)};
  const auto sets = flatten(document(tree), {0}, {.categories_max = 2});
  ASSERT_FALSE(sets.ok());
  EXPECT_EQ(sets.error().code(), Code::kInvalidArgument);
  EXPECT_NE(sets.error().message().find("tree 0: node 0"), std::string::npos);
  const auto nodes = flatten(document(tree), {0}, {.nodes_max = 2});
  EXPECT_EQ(nodes.error().code(), Code::kResourceExhausted);
}

TEST(Ensemble, RefusesAWeightThatOverflows) {
  BoosterTree tree;
  tree.nodes = {leaf(3e38F)};
  tree.weight = 10;
  EXPECT_FALSE(flatten(document(tree), {0}, {}).ok());
}

}  // namespace
}  // namespace skerry::train::onnx
