// SPDX-License-Identifier: Apache-2.0
//
// What a pipeline computes, with every short form expanded: a graph of operations in which equal
// operations exist once, and the named features that are a model's inputs.
// Format of the declaration: docs/formats/feature-pipeline.md.
// Threads: values.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "data/json.h"

namespace skerry::feature {

inline constexpr std::int64_t kWindowMax = 10'000;        // Observations.
inline constexpr std::size_t kFieldBytesMax = 128;        // Of a sensor's name or a level.
inline constexpr std::size_t kNameBytesMax = 256;         // Of a feature's name.
inline constexpr std::size_t kLevelsMax = 1'000;          // Of one categorical field.
inline constexpr std::size_t kOperandDepthMax = 8;        // Of differences inside differences.
inline constexpr std::size_t kStateBytesMax = 16u << 20;  // Windows of one asset.

enum class Operation {
  kLast,
  kLag,
  kDelta,
  kMean,
  kSd,
  kMin,
  kMax,
  kSlope,
  kEwma,
  kFirstMean,
  kDifference,
  kAge,
  kCategory,
};

// "last", "lag", ...
std::string_view operation_name(Operation operation);
// Every name, in the order of the enumeration.
const std::vector<std::string>& operation_names();

struct Node {
  Operation operation = Operation::kLast;
  std::string sensor;               // Empty for kDifference and kAge.
  std::uint32_t n = 0;              // kLag to kSlope except kLast, and kFirstMean.
  double alpha = 0;                 // kEwma.
  std::vector<std::string> levels;  // kCategory.
  std::uint32_t minuend = 0;        // kDifference: positions of earlier nodes.
  std::uint32_t subtrahend = 0;

  auto operator<=>(const Node&) const = default;
};

struct Output {
  std::string name;
  std::uint32_t node = 0;
};

struct Graph {
  std::vector<Node> nodes;      // Operands stand before the differences that use them.
  std::vector<Output> outputs;  // In the order of a model's inputs; names differ.
};

// Errors: kInvalidArgument naming the feature, as Pipeline::parse says.
Result<Graph> parse_graph(const json::Value& declaration);

// The list with one entry for each output, every parameter spelled out: equal graphs, however they
// were written, give equal lists, and parse_graph() of it gives the graph again.
json::Array canonical_declaration(const Graph& graph);

}  // namespace skerry::feature
