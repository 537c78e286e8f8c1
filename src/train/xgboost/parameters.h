// SPDX-License-Identifier: Apache-2.0
//
// Checks what a fit is asked to do before the library sees it; private to this folder.
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "train/trainer.h"

namespace skerry::train::xgboost {

// Errors: kInvalidArgument naming the parameter and its range.
Status check_parameters(const LearnerParameters& parameters);

// Errors: kInvalidArgument naming `what`, row and column: no rows, a width that does not fit, an
// infinite value, a label that is not finite or, for binary:logistic, not 0 or 1.
Status check_rows(const Matrix& rows, std::string_view what, const std::string& objective);

// Errors: kInvalidArgument where a classifier would see one class only.
Status check_classes(const Matrix& rows, const std::string& objective);

// As the library names them; `parameters` passed the check.
std::vector<std::pair<std::string, std::string>> library_parameters(
    const LearnerParameters& parameters);

}  // namespace skerry::train::xgboost
