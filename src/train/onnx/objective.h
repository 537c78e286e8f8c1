// SPDX-License-Identifier: Apache-2.0
//
// What an XGBoost objective does between base score, margin and prediction.
// Threads: pure functions.
// Source: regression_loss.h, multiclass_obj.cu and rank_obj of XGBoost, checked against its
// predictions.
#pragma once

#include <string_view>

#include "base/result.h"

namespace skerry::train::onnx {

// From margin to prediction.
enum class Transform { kIdentity, kSigmoid, kExp, kSign, kSoftmax, kArgMax };

struct ObjectiveMapping {
  Transform transform = Transform::kIdentity;
  // From base score (prediction space) to base margin.
  enum class BaseLink { kIdentity, kLogit, kLog } base_link = BaseLink::kIdentity;
};

// Errors: kInvalidArgument for an objective without a mapping, named.
Result<ObjectiveMapping> mapping_of(std::string_view objective);

// Computed in float, as the library does. Errors: kInvalidArgument where the link has no value.
Result<float> base_margin(const ObjectiveMapping& mapping, float base_score);

}  // namespace skerry::train::onnx
