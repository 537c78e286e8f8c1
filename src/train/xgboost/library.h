// SPDX-License-Identifier: Apache-2.0
//
// Owners for the library's handles and its error texts; private to this folder.
// Threads: a handle belongs to one thread at a time.
#pragma once

#include <xgboost/c_api.h>

#include <cstddef>
#include <span>
#include <string>

#include "base/result.h"

namespace skerry::train::xgboost {

// Turns a return code into a Status: the first line of the library's own text, cut to 300
// characters. Errors: kInternal.
Status check(int code, const char* call);

// Sends what the library prints on this thread to our log.
Status capture_log();

// "xgboost 1.7.4"
std::string library_version();

// A DMatrix; it copies what it is built from.
class DataMatrix {
 public:
  // `values` is row-major, NaN = missing. Labels may be empty. Errors: kInternal.
  static Result<DataMatrix> create(std::span<const float> values, std::size_t columns,
                                   std::span<const float> labels, int threads);
  DataMatrix(DataMatrix&& other) noexcept;
  DataMatrix& operator=(DataMatrix&& other) noexcept;
  ~DataMatrix();

  DMatrixHandle get() const { return handle_; }

 private:
  explicit DataMatrix(DMatrixHandle handle) : handle_(handle) {}
  DMatrixHandle handle_ = nullptr;
};

class BoosterHandleOwner {
 public:
  explicit BoosterHandleOwner(BoosterHandle handle) : handle_(handle) {}
  BoosterHandleOwner(BoosterHandleOwner&& other) noexcept;
  BoosterHandleOwner& operator=(BoosterHandleOwner&& other) noexcept;
  ~BoosterHandleOwner();

  BoosterHandle get() const { return handle_; }

 private:
  BoosterHandle handle_ = nullptr;
};

// The booster as an XGBoost JSON model. Errors: kInternal.
Result<std::string> save_json(const BoosterHandleOwner& booster);

}  // namespace skerry::train::xgboost
