// SPDX-License-Identifier: Apache-2.0
#include "train/xgboost/library.h"

#include <cstdint>
#include <string_view>
#include <utility>

#include "base/log.h"

namespace skerry::train::xgboost {
namespace {

constexpr std::size_t kMessageMax = 300;

// The library appends a stack trace to its first line.
std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find('\n')).substr(0, kMessageMax);
}

void forward(const char* line) { log::info("xgboost: {}", first_line(line)); }

// The description of an array in memory that the API reads (NumPy's array interface, version 3).
std::string array_interface(const void* data, std::string_view shape) {
  return "{\"data\":[" + std::to_string(reinterpret_cast<std::uintptr_t>(data)) +
         ",true],\"shape\":[" + std::string(shape) + "],\"typestr\":\"<f4\",\"version\":3}";
}

}  // namespace

Status check(int code, const char* call) {
  if (code == 0) return ok_status();
  return internal_error(std::string(call) + ": " + std::string(first_line(XGBGetLastError())));
}

Status capture_log() { return check(XGBRegisterLogCallback(forward), "XGBRegisterLogCallback"); }

std::string library_version() {
  int major = 0;
  int minor = 0;
  int patch = 0;
  XGBoostVersion(&major, &minor, &patch);
  return "xgboost " + std::to_string(major) + "." + std::to_string(minor) + "." +
         std::to_string(patch);
}

Result<DataMatrix> DataMatrix::create(std::span<const float> values, std::size_t columns,
                                      std::span<const float> labels, int threads) {
  const std::string shape = std::to_string(values.size() / columns) + "," + std::to_string(columns);
  const std::string config = "{\"missing\":NaN,\"nthread\":" + std::to_string(threads) + "}";
  DMatrixHandle handle = nullptr;
  TRY(check(XGDMatrixCreateFromDense(array_interface(values.data(), shape).c_str(), config.c_str(),
                                     &handle),
            "XGDMatrixCreateFromDense"));
  DataMatrix matrix(handle);
  if (!labels.empty()) {
    const std::string labels_interface =
        array_interface(labels.data(), std::to_string(labels.size()));
    TRY(check(XGDMatrixSetInfoFromInterface(handle, "label", labels_interface.c_str()),
              "XGDMatrixSetInfoFromInterface"));
  }
  return matrix;
}

DataMatrix::DataMatrix(DataMatrix&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)) {}

DataMatrix& DataMatrix::operator=(DataMatrix&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

DataMatrix::~DataMatrix() {
  if (handle_ != nullptr) XGDMatrixFree(handle_);
}

BoosterHandleOwner::BoosterHandleOwner(BoosterHandleOwner&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)) {}

BoosterHandleOwner& BoosterHandleOwner::operator=(BoosterHandleOwner&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

BoosterHandleOwner::~BoosterHandleOwner() {
  if (handle_ != nullptr) XGBoosterFree(handle_);
}

Result<std::string> save_json(const BoosterHandleOwner& booster) {
  bst_ulong length = 0;
  const char* bytes = nullptr;  // Belongs to the booster, until the next call.
  TRY(check(XGBoosterSaveModelToBuffer(booster.get(), R"({"format":"json"})", &length, &bytes),
            "XGBoosterSaveModelToBuffer"));
  return std::string(bytes, length);
}

}  // namespace skerry::train::xgboost
