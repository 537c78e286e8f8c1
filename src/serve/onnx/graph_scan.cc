// SPDX-License-Identifier: Apache-2.0
#include "serve/onnx/graph_scan.h"

#include <array>
#include <cstdint>

#include "serve/onnx/wire.h"

namespace skerry::serve::onnx {
namespace {

constexpr int kDepthMax = 64;

enum class Kind { kModel, kTraining, kFunction, kGraph, kNode, kAttribute, kSparse, kTensor };

struct Edge {
  Kind from;
  std::uint32_t field;
  Kind to;
};

// Where a message of one kind holds messages of another (onnx.proto).
constexpr std::array kEdges = {
    Edge{Kind::kModel, 7, Kind::kGraph},         Edge{Kind::kModel, 20, Kind::kTraining},
    Edge{Kind::kModel, 25, Kind::kFunction},     Edge{Kind::kTraining, 1, Kind::kGraph},
    Edge{Kind::kTraining, 2, Kind::kGraph},      Edge{Kind::kFunction, 7, Kind::kNode},
    Edge{Kind::kFunction, 11, Kind::kAttribute}, Edge{Kind::kGraph, 1, Kind::kNode},
    Edge{Kind::kGraph, 5, Kind::kTensor},        Edge{Kind::kGraph, 15, Kind::kSparse},
    Edge{Kind::kNode, 5, Kind::kAttribute},      Edge{Kind::kAttribute, 5, Kind::kTensor},
    Edge{Kind::kAttribute, 6, Kind::kGraph},     Edge{Kind::kAttribute, 10, Kind::kTensor},
    Edge{Kind::kAttribute, 11, Kind::kGraph},    Edge{Kind::kAttribute, 22, Kind::kSparse},
    Edge{Kind::kAttribute, 23, Kind::kSparse},   Edge{Kind::kSparse, 1, Kind::kTensor},
    Edge{Kind::kSparse, 2, Kind::kTensor},
};

constexpr std::uint32_t kTensorExternalData = 13;
constexpr std::uint32_t kTensorDataLocation = 14;

Status scan(std::string_view message, Kind kind, int depth) {
  if (depth > kDepthMax) return invalid_argument("the model nests graphs too deep");
  WireReader reader(message);
  while (!reader.done()) {
    const WireField field = TRY(reader.next());
    if (kind == Kind::kTensor) {
      if (field.number == kTensorExternalData ||
          (field.number == kTensorDataLocation && field.integer != 0)) {
        return invalid_argument("the model keeps tensors in another file; export it as one file");
      }
      continue;
    }
    if (!field.delimited) continue;
    for (const Edge& edge : kEdges) {
      if (edge.from == kind && edge.field == field.number)
        TRY(scan(field.bytes, edge.to, depth + 1));
    }
  }
  return ok_status();
}

}  // namespace

Status check_self_contained(std::string_view model) { return scan(model, Kind::kModel, 0); }

}  // namespace skerry::serve::onnx
