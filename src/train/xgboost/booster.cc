// SPDX-License-Identifier: Apache-2.0
#include "train/xgboost/booster.h"

#include <utility>

#include "train/booster_document.h"
#include "train/xgboost/library.h"

namespace skerry::train::xgboost {

struct Booster::Handle {
  BoosterHandleOwner booster;
  std::size_t features = 0;
};

Booster::Booster(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
Booster::Booster(Booster&&) noexcept = default;
Booster& Booster::operator=(Booster&&) noexcept = default;
Booster::~Booster() = default;

Result<Booster> Booster::load(std::string_view json) {
  const BoosterDocument document = TRY(read_booster(json));
  TRY(capture_log());
  BoosterHandle raw = nullptr;
  TRY(check(XGBoosterCreate(nullptr, 0, &raw), "XGBoosterCreate"));
  auto handle = std::make_unique<Handle>(Handle{BoosterHandleOwner(raw), document.features});
  const Status loaded = check(XGBoosterLoadModelFromBuffer(raw, json.data(), json.size()),
                              "XGBoosterLoadModelFromBuffer");
  if (!loaded) return invalid_argument(library_version() + " refuses: " + loaded.error().message());
  return Booster(std::move(handle));
}

Result<std::vector<float>> Booster::predict(const Matrix& rows, bool margin) const {
  if (rows.columns != handle_->features || rows.values.size() % rows.columns != 0) {
    return invalid_argument("the rows have " + std::to_string(rows.columns) +
                            " columns, the booster takes " + std::to_string(handle_->features));
  }
  if (rows.values.empty()) return std::vector<float>();
  const DataMatrix matrix = TRY(DataMatrix::create(rows.values, rows.columns, {}, 0));
  const std::string config = std::string(R"({"type":)") + (margin ? "1" : "0") +
                             R"(,"training":false,"iteration_begin":0,"iteration_end":0,)"
                             R"("strict_shape":true})";
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* values = nullptr;  // Belongs to the booster, until the next call.
  TRY(check(XGBoosterPredictFromDMatrix(handle_->booster.get(), matrix.get(), config.c_str(),
                                        &shape, &dimensions, &values),
            "XGBoosterPredictFromDMatrix"));
  std::size_t count = 1;
  for (bst_ulong i = 0; i < dimensions; ++i) count *= shape[i];
  return std::vector<float>(values, values + count);
}

}  // namespace skerry::train::xgboost
