// SPDX-License-Identifier: Apache-2.0
#include "train/onnx/convert.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <onnx/onnx_pb.h>

#include <initializer_list>
#include <utility>
#include <vector>

#include "train/booster_document.h"
#include "train/onnx/ensemble.h"
#include "train/onnx/objective.h"

namespace skerry::train::onnx {
namespace {

namespace pb = ::onnx;

constexpr std::int64_t kIrVersion = 8;
constexpr std::int64_t kOpset = 13;
constexpr std::int64_t kMlOpset = 1;

pb::AttributeProto& attribute(pb::NodeProto& node, const char* name,
                              pb::AttributeProto::AttributeType type) {
  pb::AttributeProto& added = *node.add_attribute();
  added.set_name(name);
  added.set_type(type);
  return added;
}

void add_int(pb::NodeProto& node, const char* name, std::int64_t value) {
  attribute(node, name, pb::AttributeProto::INT).set_i(value);
}

void add_text(pb::NodeProto& node, const char* name, const char* value) {
  attribute(node, name, pb::AttributeProto::STRING).set_s(value);
}

// One integer for each item, chosen by `get`.
template <typename Item, typename Get>
void add_ints(pb::NodeProto& node, const char* name, const std::vector<Item>& items, Get get) {
  pb::AttributeProto& list = attribute(node, name, pb::AttributeProto::INTS);
  list.mutable_ints()->Reserve(static_cast<int>(items.size()));
  for (const Item& item : items) list.add_ints(get(item));
}

template <typename Item, typename Get>
void add_floats(pb::NodeProto& node, const char* name, const std::vector<Item>& items, Get get) {
  pb::AttributeProto& list = attribute(node, name, pb::AttributeProto::FLOATS);
  list.mutable_floats()->Reserve(static_cast<int>(items.size()));
  for (const Item& item : items) list.add_floats(get(item));
}

pb::NodeProto& operation(pb::GraphProto& graph, const char* type,
                         std::initializer_list<std::string> inputs, const std::string& output) {
  pb::NodeProto& node = *graph.add_node();
  node.set_op_type(type);
  node.set_name(output);
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(output);
  return node;
}

// FP32 [rows, columns] with a free number of rows.
void describe(pb::ValueInfoProto& info, const std::string& name, std::size_t columns) {
  info.set_name(name);
  pb::TypeProto::Tensor& tensor = *info.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(pb::TensorProto::FLOAT);
  tensor.mutable_shape()->add_dim()->set_dim_param("rows");
  tensor.mutable_shape()->add_dim()->set_dim_value(static_cast<std::int64_t>(columns));
}

void add_ensemble(pb::GraphProto& graph, const Ensemble& ensemble, std::size_t targets,
                  const std::string& input, const std::string& output) {
  using Node = EnsembleNode;
  using Leaf = EnsembleLeaf;
  pb::NodeProto& node = operation(graph, "TreeEnsembleRegressor", {input}, output);
  node.set_domain("ai.onnx.ml");
  const std::vector<Node>& nodes = ensemble.nodes;
  add_ints(node, "nodes_treeids", nodes, [](const Node& n) { return n.tree; });
  add_ints(node, "nodes_nodeids", nodes, [](const Node& n) { return n.id; });
  add_ints(node, "nodes_featureids", nodes, [](const Node& n) { return n.feature; });
  add_floats(node, "nodes_values", nodes, [](const Node& n) { return n.value; });
  pb::AttributeProto& modes = attribute(node, "nodes_modes", pb::AttributeProto::STRINGS);
  for (const Node& n : nodes) modes.add_strings(std::string(mode_name(n.mode)));
  add_ints(node, "nodes_truenodeids", nodes, [](const Node& n) { return n.when_true; });
  add_ints(node, "nodes_falsenodeids", nodes, [](const Node& n) { return n.when_false; });
  add_ints(node, "nodes_missing_value_tracks_true", nodes,
           [](const Node& n) { return n.missing_is_true ? 1 : 0; });
  const std::vector<Leaf>& leaves = ensemble.leaves;
  add_ints(node, "target_treeids", leaves, [](const Leaf& l) { return l.tree; });
  add_ints(node, "target_nodeids", leaves, [](const Leaf& l) { return l.node; });
  add_ints(node, "target_ids", leaves, [](const Leaf& l) { return l.target; });
  add_floats(node, "target_weights", leaves, [](const Leaf& l) { return l.weight; });
  add_int(node, "n_targets", static_cast<std::int64_t>(targets));
  add_text(node, "aggregate_function", "SUM");
  add_text(node, "post_transform", "NONE");
}

// XGBoost cuts a categorical code down to a whole number; ONNX compares the float. Floor does the
// same for every code that can be in a set, and what lies below zero is in none either way. Returns
// the name of what the ensemble reads. Errors: kInvalidArgument for a feature of both kinds.
Result<std::string> add_code_floor(pb::GraphProto& graph, const Ensemble& ensemble,
                                   std::size_t features, const std::string& input) {
  std::vector<char> numeric(features, 0);
  std::vector<char> categorical(features, 0);
  bool any = false;
  for (const EnsembleNode& node : ensemble.nodes) {
    const auto feature = static_cast<std::size_t>(node.feature);
    if (node.mode == Mode::kLess) numeric[feature] = 1;
    if (node.mode == Mode::kEqual) categorical[feature] = 1;
    any = any || node.mode == Mode::kEqual;
  }
  if (!any) return input;
  pb::TensorProto& mask = *graph.add_initializer();
  mask.set_name(input + "_is_category");
  mask.set_data_type(pb::TensorProto::BOOL);
  mask.add_dims(1);
  mask.add_dims(static_cast<std::int64_t>(features));
  for (std::size_t i = 0; i < features; ++i) {
    if (categorical[i] != 0 && numeric[i] != 0) {
      return invalid_argument("feature " + std::to_string(i) +
                              " is split both as a number and as a category");
    }
    mask.add_int32_data(categorical[i]);
  }
  operation(graph, "Floor", {input}, input + "_floor");
  operation(graph, "Where", {mask.name(), input + "_floor", input}, input + "_codes");
  return input + "_codes";
}

void add_transform(pb::GraphProto& graph, Transform transform, const ConvertOptions& options) {
  const std::string& margin = options.margin_name;
  const std::string& output = options.prediction_name;
  switch (transform) {
    case Transform::kIdentity: operation(graph, "Identity", {margin}, output); return;
    case Transform::kSigmoid: operation(graph, "Sigmoid", {margin}, output); return;
    case Transform::kExp: operation(graph, "Exp", {margin}, output); return;
    case Transform::kSoftmax:
      add_int(operation(graph, "Softmax", {margin}, output), "axis", 1);
      return;
    case Transform::kSign: {
      pb::TensorProto& zero = *graph.add_initializer();
      zero.set_name(output + "_zero");
      zero.set_data_type(pb::TensorProto::FLOAT);
      zero.add_float_data(0);
      operation(graph, "Greater", {margin, zero.name()}, output + "_above");
      break;
    }
    case Transform::kArgMax: {
      pb::NodeProto& node = operation(graph, "ArgMax", {margin}, output + "_above");
      add_int(node, "axis", 1);
      add_int(node, "keepdims", 1);
      break;
    }
  }
  add_int(operation(graph, "Cast", {output + "_above"}, output), "to", pb::TensorProto::FLOAT);
}

pb::ModelProto empty_model(const std::string& graph_name) {
  pb::ModelProto model;
  model.set_ir_version(kIrVersion);
  model.set_producer_name("skerry");
  pb::OperatorSetIdProto& standard = *model.add_opset_import();
  standard.set_domain("");
  standard.set_version(kOpset);
  pb::OperatorSetIdProto& trees = *model.add_opset_import();
  trees.set_domain("ai.onnx.ml");
  trees.set_version(kMlOpset);
  model.mutable_graph()->set_name(graph_name);
  return model;
}

Result<std::string> serialise(const pb::ModelProto& model) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    if (!model.SerializeToCodedStream(&coded)) return internal_error("cannot serialise the graph");
  }
  return bytes;
}

Status check_options(const ConvertOptions& options, const BoosterDocument& document) {
  if (options.feature_count != document.features) {
    return invalid_argument("the booster takes " + std::to_string(document.features) +
                            " features, not " + std::to_string(options.feature_count));
  }
  const bool distinct = options.input_name != options.margin_name &&
                        options.input_name != options.prediction_name &&
                        options.margin_name != options.prediction_name;
  if (distinct && !options.graph_name.empty() && !options.input_name.empty() &&
      !options.margin_name.empty() && !options.prediction_name.empty()) {
    return ok_status();
  }
  return invalid_argument("the graph, its input and its outputs need distinct names");
}

}  // namespace

Result<Graph> convert(std::string_view booster_json, const ConvertOptions& options) {
  const BoosterDocument document = TRY(read_booster(booster_json));
  TRY(check_options(options, document));
  const ObjectiveMapping mapping = TRY(mapping_of(document.objective));
  std::vector<float> base_margins;
  for (const float score : document.base_score) {
    base_margins.push_back(TRY(base_margin(mapping, score)));
  }
  const Ensemble ensemble =
      TRY(flatten(document, base_margins, {options.categories_max, options.ensemble_nodes_max}));

  pb::ModelProto model = empty_model(options.graph_name);
  pb::GraphProto& graph = *model.mutable_graph();
  describe(*graph.add_input(), options.input_name, document.features);
  const bool one_column = mapping.transform == Transform::kArgMax;
  describe(*graph.add_output(), options.prediction_name, one_column ? 1 : document.groups);
  describe(*graph.add_output(), options.margin_name, document.groups);
  const std::string input =
      TRY(add_code_floor(graph, ensemble, document.features, options.input_name));
  add_ensemble(graph, ensemble, document.groups, input, options.margin_name);
  add_transform(graph, mapping.transform, options);
  return Graph{TRY(serialise(model)), document.trees.size(), ensemble.nodes.size()};
}

}  // namespace skerry::train::onnx
