// SPDX-License-Identifier: Apache-2.0
#include "train/booster_document.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "tests/support/golden_booster.h"

namespace skerry::train {
namespace {

// One tree: x0 < 0.5 ? 1 : (x1 in {1, 4} ? -2 : 3), and one that is a leaf.
const std::string kBooster =
    R"({"version":[1,7,4],"learner":{"attributes":{},"feature_names":[],"feature_types":["q","c"],)"
    R"("gradient_booster":{"name":"gbtree","model":{)"
    R"("gbtree_model_param":{"num_parallel_tree":"1","num_trees":"2","size_leaf_vector":"0"},)"
    R"("tree_info":[0,0],"trees":[)"
    R"({"id":0,"left_children":[1,-1,3,-1,-1],"right_children":[2,-1,4,-1,-1],)"
    R"("parents":[2147483647,0,0,2,2],"split_indices":[0,0,1,0,0],)"
    R"("split_conditions":[0.5,1,NaN,3,-2],"default_left":[1,0,0,0,0],"split_type":[0,0,1,0,0],)"
    R"("categories":[4,1],"categories_nodes":[2],"categories_segments":[0],"categories_sizes":[2],)"
    R"("base_weights":[0,0,0,0,0],"loss_changes":[1,0,Infinity,0,0],"sum_hessian":[5,2,3,1,2],)"
    R"("tree_param":{"num_deleted":"0","num_feature":"2","num_nodes":"5","size_leaf_vector":"0"}},)"
    R"({"id":1,"left_children":[-1],"right_children":[-1],"split_indices":[0],)"
    R"("split_conditions":[0.25],"default_left":[false],"tree_param":{"num_nodes":"1"}}]}},)"
    R"("learner_model_param":{"base_score":"5E-1","num_class":"0","num_feature":"2"},)"
    R"("objective":{"name":"reg:squarederror"}}})";

// The sum that XGBoost would add to the base margin of `group`, its categories cut to whole
// numbers.
float walk(const BoosterDocument& document, const float* row, std::size_t group) {
  float sum = 0;
  for (const BoosterTree& tree : document.trees) {
    if (tree.group != group) continue;
    const BoosterNode* node = &tree.nodes[0];
    while (!node->is_leaf()) {
      const float x = row[node->feature];
      bool left = x < node->value;
      if (node->is_categorical()) {
        const auto first = tree.categories.begin() + node->first_category;
        left = x < 0 || !std::binary_search(first, first + node->category_count,
                                            static_cast<std::int32_t>(x));
      }
      if (std::isnan(x)) left = node->default_left;
      node = &tree.nodes[static_cast<std::size_t>(left ? node->left : node->right)];
    }
    sum += node->value * tree.weight;
  }
  return sum;
}

std::string changed(const std::string& from, const std::string& to) {
  std::string text = kBooster;
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(BoosterDocument, ReadsNodesCategoriesAndParameters) {
  const Result<BoosterDocument> document = read_booster(kBooster);
  ASSERT_TRUE(document.ok()) << document.error().message();
  EXPECT_EQ(document->objective, "reg:squarederror");
  EXPECT_EQ(document->features, 2u);
  EXPECT_EQ(document->groups, 1u);
  EXPECT_EQ(document->base_score, (std::vector<float>{0.5F}));
  ASSERT_EQ(document->trees.size(), 2u);
  const BoosterTree& tree = document->trees[0];
  EXPECT_TRUE(tree.nodes[0].default_left);
  EXPECT_TRUE(tree.nodes[2].is_categorical());
  EXPECT_EQ(tree.categories, (std::vector<std::int32_t>{1, 4}));
  const float rows[][2] = {{0.4F, 0}, {0.5F, 4}, {0.5F, 2}, {NAN, 1}, {1, NAN}};
  const float sums[] = {1.25F, -1.75F, 3.25F, 1.25F, -1.75F};
  for (int i = 0; i < 5; ++i) EXPECT_EQ(walk(*document, rows[i], 0), sums[i]) << i;
}

// Margins differ from group to group by the base only, so differences to the first row are
// compared.
TEST(BoosterDocument, GivesTheMarginsOfEveryXgboostVersion) {
  const auto boosters = test::golden_boosters();
  ASSERT_GE(boosters.size(), 10u);
  for (const auto& [name, golden] : boosters) {
    const Result<BoosterDocument> document = read_booster(golden.booster_json);
    ASSERT_TRUE(document.ok()) << name << ": " << document.error().message();
    const std::size_t groups = document->groups;
    const std::size_t rows = golden.rows.size() / document->features;
    ASSERT_EQ(golden.margin.size(), rows * groups) << name;
    for (std::size_t i = 0; i < rows * groups; ++i) {
      const std::size_t group = i % groups;
      const float* row = golden.rows.data() + i / groups * document->features;
      const float base = golden.margin[group] - walk(*document, golden.rows.data(), group);
      EXPECT_NEAR(walk(*document, row, group) + base, golden.margin[i], 2e-6) << name << " " << i;
    }
  }
}

TEST(BoosterDocument, AcceptsEveryFormOfBaseScore) {
  EXPECT_EQ(read_booster(changed(R"("5E-1")", R"("[2.5E-1]")"))->base_score,
            (std::vector<float>{0.25F}));
  const std::string classes = changed(R"("num_class":"0")", R"("num_class":"3")");
  EXPECT_EQ(read_booster(classes)->base_score, (std::vector<float>{.5F, .5F, .5F}));
  std::string three = classes;
  three.replace(three.find(R"("5E-1")"), 6, R"("[1,-2E0,3]")");
  EXPECT_EQ(read_booster(three)->base_score, (std::vector<float>{1, -2, 3}));
}

TEST(BoosterDocument, BareWordsInsideStringsStayText) {
  const auto document = read_booster(
      changed(R"("attributes":{})", R"("attributes":{"a":"NaN \" Infinity \\","b":"NaN"})"));
  EXPECT_TRUE(document.ok()) << document.error().message();
}

TEST(BoosterDocument, AppliesDropWeights) {
  std::string dart = changed(R"("name":"gbtree","model")",
                             R"("name":"dart","weight_drop":[0.5,2],"gbtree":{"model")");
  dart.replace(dart.find(R"(},"learner_model_param")"), 1, "}}");
  const Result<BoosterDocument> document = read_booster(dart);
  ASSERT_TRUE(document.ok()) << document.error().message();
  const float row[] = {0, 0};
  EXPECT_EQ(walk(*document, row, 0), 1 * 0.5F + 0.25F * 2);
}

TEST(BoosterDocument, RefusesWhatIsNoBooster) {
  struct Case {
    std::string from;
    std::string to;
    std::string message;
  };
  const Case cases[] = {
      {R"("learner":)", R"("student":)", "learner"},
      {R"("name":"gbtree")", R"("name":"gblinear")", "gblinear"},
      {R"("num_nodes":"1")", R"("num_nodes":"1","size_leaf_vector":"3")", "vector leaves"},
      {R"("num_trees":"2")", R"("num_trees":"3")", "num_trees"},
      {R"("num_feature":"2"},"obj)", R"("num_feature":"2"},"abj)", "objective"},
      {R"("num_class":"0","num_feature":"2")", R"("num_class":"0","num_feature":"0")",
       "num_feature"},
      {R"("num_class":"0")", R"("num_class":"99999999999")", "num_class"},
      {R"("num_class":"0")", R"("num_class":"3","num_target":"2")", "classes and targets"},
      {R"("5E-1")", R"("nan")", "base_score"},
      {R"("5E-1")", R"("[1,2]")", "base_score"},
      {R"("tree_info":[0,0])", R"("tree_info":[0])", "tree_info"},
      {R"("tree_info":[0,0])", R"("tree_info":[0,1])", "tree_info"},
      {R"("tree_info":[0,0])", R"("tree_info":[0,0],"iteration_indptr":[0,2,1])", "indptr"},
      {R"("id":1)", R"("id":0)", "tree 1"},
      {R"("feature_types":["q","c"])", R"("feature_types":["q"])", "feature_types"},
      {R"("split_indices":[0,0,1,0,0])", R"("split_indices":[2,0,1,0,0])", "node 0"},
      {R"("split_indices":[0,0,1,0,0])", R"("split_indices":[0,0,1,0])", "split_indices"},
      {R"("split_indices":[0,0,1,0,0])", R"("split_indices":[0,0,1.5,0,0])", "split_indices"},
      {R"("split_conditions":[0.5,)", R"("split_conditions":[NaN,)", "not finite"},
      {R"("split_conditions":[0.5,)", R"("split_conditions":[1e39,)", "not finite"},
      {R"("split_conditions":[0.5,)", R"("split_conditions":["0.5",)", "split_conditions"},
      {R"("left_children":[1,-1,3)", R"("left_children":[-1,-1,3)", "one child"},
      {R"("left_children":[1,-1,3)", R"("left_children":[9,-1,3)", "no such child"},
      {R"("left_children":[1,-1,3)", R"("left_children":[1,-1,0)", "cycle"},
      {R"("left_children":[1,-1,3)", R"("left_children":[2,-1,3)", "two parents"},
      {R"("left_children":[1,-1,3)", R"("left_children":[1,-1,4)", "two parents"},
      {R"("num_deleted":"0")", R"("num_deleted":"1")", "deleted"},
      {R"("parents":[2147483647,0,0,2,2])", R"("parents":[2147483647,0,0,1,2])", "parent"},
      {R"("parents":[2147483647,0,0,2,2])", R"("parents":[2147483647,0,0,2])", "parents"},
      {R"("categories_nodes":[2])", R"("categories_nodes":[0])", "not categorical"},
      {R"("categories_nodes":[2])", R"("categories_nodes":[7])", "categories_nodes"},
      {R"("categories_nodes":[2])", R"("categories_nodes":[2,2])", "length"},
      {R"("categories_segments":[0])", R"("categories_segments":[1])", "ends beyond"},
      {R"("categories_sizes":[2])", R"("categories_sizes":[0])", "categories_sizes"},
      {R"("categories":[4,1])", R"("categories":[4,-1])", "categories"},
      {R"("categories":[4,1])", R"("categories":[70000,1])", "categories"},
      {R"("split_type":[0,0,1,0,0])", R"("split_type":[1,0,1,0,0])", "no set of categories"},
      {R"("sum_hessian":[5,2,3,1,2])", R"("sum_hessian":[5])", "sum_hessian"},
  };
  for (const Case& c : cases) {
    const Result<BoosterDocument> document = read_booster(changed(c.from, c.to));
    ASSERT_FALSE(document.ok()) << c.to;
    EXPECT_EQ(document.error().code(), Code::kInvalidArgument) << c.to;
    EXPECT_NE(document.error().message().find(c.message), std::string::npos)
        << c.to << ": " << document.error().message();
  }
}

TEST(BoosterDocument, RefusesTextThatIsNoJson) {
  for (const std::string text : {"", "{", "[]", "null", "NaN", "binf\x01", "{\"learner\":[]}"}) {
    EXPECT_FALSE(read_booster(text).ok()) << text;
  }
  EXPECT_FALSE(read_booster(kBooster.substr(0, kBooster.size() / 2)).ok());
}

TEST(BoosterDocument, HoldsItsLimits) {
  EXPECT_EQ(read_booster(kBooster, {.bytes_max = 100}).error().code(), Code::kResourceExhausted);
  EXPECT_EQ(read_booster(kBooster, {.nodes_max = 5}).error().code(), Code::kResourceExhausted);
  EXPECT_EQ(read_booster(kBooster, {.depth_max = 2}).error().code(), Code::kResourceExhausted);
  EXPECT_TRUE(read_booster(kBooster, {.depth_max = 3}).ok());
}

}  // namespace
}  // namespace skerry::train
