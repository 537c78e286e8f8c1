// SPDX-License-Identifier: Apache-2.0
#include "train/onnx/objective.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace skerry::train::onnx {
namespace {

using Link = ObjectiveMapping::BaseLink;

struct Entry {
  std::string_view objective;
  ObjectiveMapping mapping;
};

constexpr std::array kEntries = {
    Entry{"reg:squarederror", {}},
    Entry{"reg:linear", {}},  // The old name of reg:squarederror.
    Entry{"reg:squaredlogerror", {}},
    Entry{"reg:absoluteerror", {}},
    Entry{"reg:pseudohubererror", {}},
    Entry{"reg:quantileerror", {}},
    Entry{"rank:pairwise", {}},
    Entry{"rank:ndcg", {}},
    Entry{"rank:map", {}},
    Entry{"binary:logitraw", {}},
    Entry{"binary:hinge", {Transform::kSign, Link::kIdentity}},
    Entry{"binary:logistic", {Transform::kSigmoid, Link::kLogit}},
    Entry{"reg:logistic", {Transform::kSigmoid, Link::kLogit}},
    Entry{"count:poisson", {Transform::kExp, Link::kLog}},
    Entry{"reg:gamma", {Transform::kExp, Link::kLog}},
    Entry{"reg:tweedie", {Transform::kExp, Link::kLog}},
    Entry{"survival:cox", {Transform::kExp, Link::kLog}},
    Entry{"survival:aft", {Transform::kExp, Link::kLog}},
    Entry{"multi:softprob", {Transform::kSoftmax, Link::kIdentity}},
    Entry{"multi:softmax", {Transform::kArgMax, Link::kIdentity}},
};

}  // namespace

Result<ObjectiveMapping> mapping_of(std::string_view objective) {
  const auto found = std::find_if(kEntries.begin(), kEntries.end(),
                                  [&](const Entry& entry) { return entry.objective == objective; });
  if (found != kEntries.end()) return found->mapping;
  return invalid_argument("objective \"" + std::string(objective) + "\" has no mapping to ONNX");
}

Result<float> base_margin(const ObjectiveMapping& mapping, float base_score) {
  float margin = base_score;
  if (mapping.base_link == Link::kLogit) margin = -std::log(1.0F / base_score - 1.0F);
  if (mapping.base_link == Link::kLog) margin = std::log(base_score);
  if (std::isfinite(margin)) return margin;
  return invalid_argument("\"base_score\" " + std::to_string(base_score) +
                          " has no margin under this objective");
}

}  // namespace skerry::train::onnx
