// SPDX-License-Identifier: Apache-2.0
#include "train/booster_document.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "base/limits.h"
#include "data/json.h"
#include "data/number.h"

namespace skerry::train {
namespace {

constexpr std::int64_t kInt32Max = std::numeric_limits<std::int32_t>::max();

std::string quoted(std::string_view key) { return "\"" + std::string(key) + "\""; }

Error too_large(const std::string& what) { return {Code::kResourceExhausted, what}; }

// XGBoost writes NaN and Infinity as bare words, which JSON does not have; they become null. 1.7
// puts NaN where a categorical split has no threshold.
std::string without_bare_words(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 16);
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = text.substr(i);
    if (in_string && text[i] == '\\') {
      out += rest.substr(0, 2);
      ++i;
      continue;
    }
    if (text[i] == '"') in_string = !in_string;
    std::size_t word = 0;
    for (const std::string_view bare : {"NaN", "-Infinity", "Infinity"}) {
      if (!in_string && rest.starts_with(bare)) word = bare.size();
    }
    if (word == 0) {
      out.push_back(text[i]);
    } else {
      out += "null";
      i += word - 1;
    }
  }
  return out;
}

// XGBoost writes the parameters of a model as strings.
Result<std::int64_t> int_text(const json::Object& object, std::string_view key, std::int64_t low,
                              std::int64_t high) {
  const std::string text = TRY(json::get_string(object, key));
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || value < low || value > high) {
    return invalid_argument(quoted(key) + " is not a whole number from " + std::to_string(low) +
                            " to " + std::to_string(high));
  }
  return value;
}

Result<std::int64_t> int_text_or(const json::Object& object, std::string_view key, std::int64_t low,
                                 std::int64_t high, std::int64_t fallback) {
  if (!object.contains(key)) return fallback;
  return int_text(object, key, low, high);
}

Status check_length(const json::Array& array, std::string_view key, std::size_t size) {
  if (array.size() == size) return ok_status();
  return invalid_argument(quoted(key) + " has " + std::to_string(array.size()) + " members, not " +
                          std::to_string(size));
}

// Whole numbers in [low, high]; true and false count as 1 and 0.
Result<std::vector<std::int32_t>> int_array(const json::Object& object, std::string_view key,
                                            std::int64_t low, std::int64_t high) {
  const json::Array& array = *TRY(json::get_array(object, key));
  std::vector<std::int32_t> values;
  values.reserve(array.size());
  for (const json::Value& value : array) {
    std::int64_t number = low - 1;
    if (value.is_int64()) number = value.get_int64();
    if (value.is_bool()) number = value.get_bool() ? 1 : 0;
    if (number < low || number > high) {
      return invalid_argument(quoted(key) + " member " + std::to_string(values.size()) +
                              " is not a whole number from " + std::to_string(low) + " to " +
                              std::to_string(high));
    }
    values.push_back(static_cast<std::int32_t>(number));
  }
  return values;
}

// Numbers as floats; null and whatever a float cannot hold become NaN, for the caller to judge.
Result<std::vector<float>> float_array(const json::Object& object, std::string_view key) {
  const json::Array& array = *TRY(json::get_array(object, key));
  std::vector<float> values;
  values.reserve(array.size());
  for (const json::Value& value : array) {
    if (!value.is_number() && !value.is_null()) {
      return invalid_argument(quoted(key) + " holds something that is not a number");
    }
    const double number =
        value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.to_number<double>();
    const bool fits = std::abs(number) <= std::numeric_limits<float>::max();
    values.push_back(fits ? static_cast<float>(number) : std::numeric_limits<float>::quiet_NaN());
  }
  return values;
}

class TreeReader {
 public:
  TreeReader(const json::Object& object, std::size_t features, const BoosterLimits& limits)
      : object_(object), features_(features), limits_(limits) {}

  Result<BoosterTree> read() {
    TRY(read_nodes());
    TRY(read_categories());
    TRY(check_shape());
    return std::move(tree_);
  }

 private:
  Status read_nodes() {
    const json::Object& param = *TRY(json::get_object(object_, "tree_param"));
    if (TRY(int_text_or(param, "size_leaf_vector", 0, kInt32Max, 1)) > 1) {
      return invalid_argument("vector leaves are not supported: train with one output per tree");
    }
    const auto left = TRY(int_array(object_, "left_children", -1, kInt32Max));
    const auto right = TRY(int_array(object_, "right_children", -1, kInt32Max));
    const auto feature = TRY(int_array(object_, "split_indices", 0, kInt32Max));
    const auto value = TRY(float_array(object_, "split_conditions"));
    const auto default_left = TRY(int_array(object_, "default_left", 0, 1));
    const std::size_t count = left.size();
    if (count == 0) return invalid_argument("a tree without nodes");
    if (count > limits_.nodes_max) return too_large("too many nodes");
    (void)TRY(int_text(param, "num_nodes", static_cast<std::int64_t>(count),
                       static_cast<std::int64_t>(count)));
    deleted_ = static_cast<std::size_t>(TRY(int_text_or(param, "num_deleted", 0, kInt32Max, 0)));
    for (const std::string_view key :
         {"right_children", "split_indices", "split_conditions", "default_left"}) {
      TRY(check_length(*TRY(json::get_array(object_, key)), key, count));
    }
    for (const std::string_view key :
         {"parents", "base_weights", "loss_changes", "sum_hessian", "split_type"}) {
      if (!object_.contains(key)) continue;  // Statistics only, and absent in old or foreign files.
      TRY(check_length(*TRY(json::get_array(object_, key)), key, count));
    }
    tree_.nodes.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      BoosterNode& node = tree_.nodes[i];
      node.left = left[i];
      node.right = right[i];
      node.feature = static_cast<std::uint32_t>(feature[i]);
      node.value = value[i];
      node.default_left = default_left[i] == 1;
    }
    return ok_status();
  }

  Status read_categories() {
    is_categorical_.assign(tree_.nodes.size(), 0);
    if (object_.contains("split_type")) {
      is_categorical_ = TRY(int_array(object_, "split_type", 0, 1));
    }
    if (!object_.contains("categories_nodes")) return ok_status();
    const auto last = static_cast<std::int64_t>(tree_.nodes.size()) - 1;
    const auto nodes = TRY(int_array(object_, "categories_nodes", 0, last));
    const auto codes = TRY(int_array(object_, "categories", 0, limits_.category_max));
    const auto code_count = static_cast<std::int64_t>(codes.size());
    const auto begins = TRY(int_array(object_, "categories_segments", 0, code_count));
    const auto sizes = TRY(int_array(object_, "categories_sizes", 1, code_count));
    if (begins.size() != nodes.size() || sizes.size() != nodes.size()) {
      return invalid_argument("the lists of categorical splits differ in length");
    }
    if (std::adjacent_find(nodes.begin(), nodes.end(), std::greater_equal<>()) != nodes.end()) {
      return invalid_argument("\"categories_nodes\" does not ascend");
    }
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      TRY(take_set(static_cast<std::size_t>(nodes[i]), codes, begins[i], sizes[i])
              .with("node " + std::to_string(nodes[i])));
    }
    return ok_status();
  }

  Status take_set(std::size_t index, const std::vector<std::int32_t>& codes, std::int64_t begin,
                  std::int64_t size) {
    if (begin + size > static_cast<std::int64_t>(codes.size())) {
      return invalid_argument("its set of categories ends beyond \"categories\"");
    }
    // Sets may overlap in the file, so the copies could outgrow it.
    if (tree_.categories.size() + static_cast<std::size_t>(size) > limits_.nodes_max) {
      return too_large("too many categories");
    }
    BoosterNode& node = tree_.nodes[index];
    if (is_categorical_[index] == 0) return invalid_argument("its split is not categorical");
    node.first_category = static_cast<std::uint32_t>(tree_.categories.size());
    std::vector<std::int32_t> set(codes.begin() + begin, codes.begin() + begin + size);
    std::sort(set.begin(), set.end());
    set.erase(std::unique(set.begin(), set.end()), set.end());
    node.category_count = static_cast<std::uint32_t>(set.size());
    tree_.categories.insert(tree_.categories.end(), set.begin(), set.end());
    return ok_status();
  }

  Status check_node(const BoosterNode& node, bool categorical) const {
    const auto count = static_cast<std::int64_t>(tree_.nodes.size());
    if ((node.left < 0) != (node.right < 0)) return invalid_argument("has one child only");
    if (node.left >= count || node.right >= count) return invalid_argument("has no such child");
    if (!node.is_leaf() && node.feature >= features_) {
      return invalid_argument("splits feature " + std::to_string(node.feature) + " of " +
                              std::to_string(features_));
    }
    if (!node.is_leaf() && categorical != node.is_categorical()) {
      return invalid_argument("has no set of categories");
    }
    const bool value_counts = node.is_leaf() || !categorical;
    if (value_counts && !std::isfinite(node.value)) {
      return invalid_argument("has a threshold or weight that is not finite");
    }
    return ok_status();
  }

  // Walks from the root; a node met twice means a cycle or two parents.
  Status check_shape() const {
    struct Visit {
      std::int32_t node;
      std::size_t depth;
    };
    std::vector<char> seen(tree_.nodes.size(), 0);
    std::vector<Visit> open = {{0, 1}};
    std::size_t reached = 0;
    while (!open.empty()) {
      const Visit visit = open.back();
      open.pop_back();
      const auto index = static_cast<std::size_t>(visit.node);
      const std::string place = "node " + std::to_string(index);
      if (seen[index] != 0) return invalid_argument(place + " has two parents or lies on a cycle");
      seen[index] = 1;
      ++reached;
      if (visit.depth > limits_.depth_max) return too_large(place + " lies too deep");
      const BoosterNode& node = tree_.nodes[index];
      TRY(check_node(node, is_categorical_[index] == 1).with(place));
      if (node.is_leaf()) continue;
      open.push_back({node.left, visit.depth + 1});
      open.push_back({node.right, visit.depth + 1});
    }
    if (reached + deleted_ != tree_.nodes.size()) {
      return invalid_argument(std::to_string(tree_.nodes.size() - reached) +
                              " nodes are out of reach, " + std::to_string(deleted_) +
                              " are said to be deleted");
    }
    return check_parents();
  }

  // The library walks upwards as well.
  Status check_parents() const {
    if (!object_.contains("parents")) return ok_status();
    const auto parents = TRY(int_array(object_, "parents", -1, kInt32Max));
    for (std::size_t i = 0; i < tree_.nodes.size(); ++i) {
      const BoosterNode& node = tree_.nodes[i];
      if (node.is_leaf() || node.left >= static_cast<std::int64_t>(parents.size())) continue;
      for (const std::int32_t child : {node.left, node.right}) {
        if (static_cast<std::size_t>(child) >= parents.size() ||
            parents[static_cast<std::size_t>(child)] != static_cast<std::int32_t>(i)) {
          return invalid_argument("node " + std::to_string(i) + " is not the parent of its child");
        }
      }
    }
    return ok_status();
  }

  const json::Object& object_;
  const std::size_t features_;
  const BoosterLimits& limits_;
  BoosterTree tree_;
  std::vector<std::int32_t> is_categorical_;  // As the file says, by node.
  std::size_t deleted_ = 0;
};

// "5E-1" up to 3.0, "[5E-1]" or one number for each output from 3.1.
Result<std::vector<float>> read_base_score(std::string_view text, std::size_t groups) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  std::vector<float> scores;
  while (scores.size() < groups) {
    const std::size_t comma = text.find(',');
    const double score = TRY(parse_number(text.substr(0, comma)).with("\"base_score\""));
    if (!(std::abs(score) <= std::numeric_limits<float>::max())) {
      return invalid_argument("\"base_score\" is not finite");
    }
    scores.push_back(static_cast<float>(score));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
    if (scores.size() == groups) return invalid_argument("\"base_score\" has too many numbers");
  }
  if (scores.size() == 1) scores.resize(groups, scores.front());
  if (scores.size() != groups) return invalid_argument("\"base_score\" has too few numbers");
  return scores;
}

Status read_learner(const json::Object& learner, const BoosterLimits& limits,
                    BoosterDocument& document) {
  document.objective = TRY(json::get_string(*TRY(json::get_object(learner, "objective")), "name"));
  const json::Object& param = *TRY(json::get_object(learner, "learner_model_param"));
  const auto groups_max = static_cast<std::int64_t>(limits.groups_max);
  const auto features =
      TRY(int_text(param, "num_feature", 1, static_cast<std::int64_t>(limits::kFeaturesMax)));
  const auto classes = TRY(int_text_or(param, "num_class", 0, groups_max, 0));
  const auto targets = TRY(int_text_or(param, "num_target", 0, groups_max, 1));
  if (classes > 1 && targets > 1) return invalid_argument("both classes and targets");
  document.features = static_cast<std::size_t>(features);
  document.groups = static_cast<std::size_t>(std::max<std::int64_t>({classes, targets, 1}));
  document.base_score =
      TRY(read_base_score(TRY(json::get_string(param, "base_score")), document.groups));
  for (const std::string_view key : {"feature_names", "feature_types"}) {
    if (!learner.contains(key)) continue;
    const std::vector<std::string> list = TRY(json::get_strings(learner, key));
    if (!list.empty() && list.size() != document.features) {
      return invalid_argument(quoted(key) + " has " + std::to_string(list.size()) +
                              " members for " + std::to_string(document.features) + " features");
    }
  }
  return ok_status();
}

Status check_rounds(const json::Object& model, std::size_t trees) {
  const auto count = static_cast<std::int64_t>(trees);
  const json::Object& param = *TRY(json::get_object(model, "gbtree_model_param"));
  (void)TRY(int_text(param, "num_trees", count, count));
  (void)TRY(int_text_or(param, "num_parallel_tree", 0, count, 1));
  if (!model.contains("iteration_indptr")) return ok_status();
  const auto starts = TRY(int_array(model, "iteration_indptr", 0, count));
  if (starts.empty() || starts.front() != 0 || starts.back() != count ||
      !std::is_sorted(starts.begin(), starts.end())) {
    return invalid_argument("\"iteration_indptr\" does not run from 0 to the number of trees");
  }
  return ok_status();
}

Status read_trees(const json::Object& model, const BoosterLimits& limits,
                  BoosterDocument& document) {
  const json::Array& trees = *TRY(json::get_array(model, "trees"));
  if (trees.empty()) return invalid_argument("the booster has no trees");
  TRY(check_rounds(model, trees.size()));
  const auto groups =
      TRY(int_array(model, "tree_info", 0, static_cast<std::int64_t>(document.groups) - 1));
  if (groups.size() != trees.size()) {
    return invalid_argument("\"tree_info\" has " + std::to_string(groups.size()) + " members for " +
                            std::to_string(trees.size()) + " trees");
  }
  std::size_t nodes = 0;
  for (std::size_t i = 0; i < trees.size(); ++i) {
    const std::string place = "tree " + std::to_string(i);
    const json::Object& object = *TRY(json::as_object(trees[i], place));
    const auto id = TRY(json::get_int_or(object, "id", static_cast<std::int64_t>(i)).with(place));
    if (id != static_cast<std::int64_t>(i)) return invalid_argument(place + " has another id");
    document.trees.push_back(TRY(TreeReader(object, document.features, limits).read().with(place)));
    document.trees.back().group = static_cast<std::size_t>(groups[i]);
    nodes += document.trees.back().nodes.size() + document.trees.back().categories.size();
    if (nodes > limits.nodes_max) return too_large("the booster has too many nodes");
  }
  return ok_status();
}

Status read_weights(const json::Object& dart, BoosterDocument& document) {
  const std::vector<float> weights = TRY(float_array(dart, "weight_drop"));
  if (weights.size() != document.trees.size()) {
    return invalid_argument("\"weight_drop\" has " + std::to_string(weights.size()) +
                            " members for " + std::to_string(document.trees.size()) + " trees");
  }
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!std::isfinite(weights[i])) return invalid_argument("\"weight_drop\" is not finite");
    document.trees[i].weight = weights[i];
  }
  return ok_status();
}

Result<BoosterDocument> read_document(const json::Value& root, const BoosterLimits& limits) {
  const json::Object& learner =
      *TRY(json::get_object(*TRY(json::as_object(root, "the document")), "learner"));
  BoosterDocument document;
  TRY(read_learner(learner, limits, document));
  const json::Object& booster = *TRY(json::get_object(learner, "gradient_booster"));
  const std::string name = TRY(json::get_string(booster, "name"));
  if (name == "gbtree") {
    TRY(read_trees(*TRY(json::get_object(booster, "model")), limits, document));
  } else if (name == "dart") {
    const json::Object& trees = *TRY(json::get_object(booster, "gbtree"));
    TRY(read_trees(*TRY(json::get_object(trees, "model")), limits, document));
    TRY(read_weights(booster, document));
  } else {
    return invalid_argument("\"" + name + "\" is neither gbtree nor dart");
  }
  return document;
}

}  // namespace

Result<BoosterDocument> read_booster(std::string_view text, const BoosterLimits& limits) {
  if (text.size() > limits.bytes_max) {
    return too_large("booster: larger than " + std::to_string(limits.bytes_max) + " bytes");
  }
  const json::ParseLimits parse_limits{.bytes_max = 2 * limits.bytes_max};
  const json::Value root = TRY(json::parse(without_bare_words(text), parse_limits).with("booster"));
  return read_document(root, limits).with("booster");
}

}  // namespace skerry::train
