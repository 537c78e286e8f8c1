// SPDX-License-Identifier: Apache-2.0
//
// The proof at every load: rows with known answers, checked without any training code.
// Threads: pure functions; the model is internally synchronised.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "bundle/bundle.h"
#include "feature/pipeline.h"
#include "serve/runtime.h"

namespace skerry::serve {

// Rows within 1e-5 + 1e-5|x|, one by one and as one batch; sequences with bit-exact features.
// Errors: kFailedPrecondition naming the first row that differs, without its values.
Status run_checks(Model& model, const feature::Pipeline& pipeline, const bundle::CheckRows& checks);

// Asks a model of one FP32 input [-1, features] for `rows` rows; `features` is row-major.
Status infer_rows(Model& model, std::span<const float> features, std::size_t rows,
                  std::vector<Tensor>& out);

// Element `index` of an FP32 or FP64 tensor; NaN beyond its end or for another type.
double value_at(const Tensor& tensor, std::size_t index);

}  // namespace skerry::serve
