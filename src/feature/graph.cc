// SPDX-License-Identifier: Apache-2.0
#include "feature/graph.h"

#include <map>
#include <utility>

namespace skerry::feature {
namespace {

// Writes features back as JSON; an operand that is an earlier output goes by its name.
class Writer {
 public:
  explicit Writer(const Graph& graph) : graph_(graph) {}

  json::Array write() {
    json::Array list;
    for (const Output& output : graph_.outputs) {
      json::Object entry;
      entry["name"] = output.name;
      describe(graph_.nodes[output.node], entry);
      list.emplace_back(std::move(entry));
      named_.emplace(output.node, output.name);
    }
    return list;
  }

 private:
  json::Value operand(std::uint32_t node) const {
    const auto named = named_.find(node);
    if (named != named_.end()) return json::Value(named->second);
    json::Object inline_feature;
    describe(graph_.nodes[node], inline_feature);
    return inline_feature;
  }

  void describe(const Node& node, json::Object& entry) const {
    entry["op"] = operation_name(node.operation);
    if (!node.sensor.empty()) entry["sensor"] = node.sensor;
    if (node.n != 0) entry["n"] = std::int64_t{node.n};
    switch (node.operation) {
      case Operation::kEwma: entry["alpha"] = node.alpha; break;
      case Operation::kCategory: entry["levels"] = json::from_strings(node.levels); break;
      case Operation::kDifference:
        entry["of"] = json::Array{operand(node.minuend), operand(node.subtrahend)};
        break;
      default: break;
    }
  }

  const Graph& graph_;
  std::map<std::uint32_t, std::string> named_;
};

}  // namespace

const std::vector<std::string>& operation_names() {
  static const std::vector<std::string> names = {
      "last",  "lag",  "delta",      "mean",       "sd",  "min",     "max",
      "slope", "ewma", "first_mean", "difference", "age", "category"};
  return names;
}

std::string_view operation_name(Operation operation) {
  return operation_names()[static_cast<std::size_t>(operation)];
}

json::Array canonical_declaration(const Graph& graph) { return Writer(graph).write(); }

}  // namespace skerry::feature
