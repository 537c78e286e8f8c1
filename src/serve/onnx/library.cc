// SPDX-License-Identifier: Apache-2.0
#include "serve/onnx/library.h"

#include <dlfcn.h>

#include <array>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "base/log.h"

namespace skerry::serve::onnx {
namespace {

constexpr std::array kTypes = {
    std::pair{ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL, DType::kBool},
    std::pair{ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8, DType::kUint8},
    std::pair{ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16, DType::kUint16},
    std::pair{ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32, DType::kUint32},
    std::pair{ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64, DType::kUint64},
    std::pair{ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8, DType::kInt8},
    std::pair{ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16, DType::kInt16},
    std::pair{ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32, DType::kInt32},
    std::pair{ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64, DType::kInt64},
    std::pair{ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16, DType::kFp16},
    std::pair{ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16, DType::kBf16},
    std::pair{ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, DType::kFp32},
    std::pair{ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE, DType::kFp64},
    std::pair{ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING, DType::kBytes},
};

// ONNX Runtime writes to standard error unless it is given somewhere else to write.
void ORT_API_CALL to_log(void*, OrtLoggingLevel, const char*, const char*, const char*,
                         const char* message) {
  log::debug("onnxruntime: {}", message);
}

Code code_of(OrtErrorCode code) {
  switch (code) {
    case ORT_INVALID_ARGUMENT:
    case ORT_INVALID_PROTOBUF:
    case ORT_INVALID_GRAPH:
    case ORT_NO_MODEL:
    case ORT_NOT_IMPLEMENTED:  // An operator this library does not have.
    case ORT_NO_SUCHFILE: return Code::kInvalidArgument;
    default: return Code::kInternal;
  }
}

}  // namespace

std::optional<DType> dtype_from_onnx(ONNXTensorElementDataType type) {
  for (const auto& [onnx, dtype] : kTypes) {
    if (onnx == type) return dtype;
  }
  return std::nullopt;
}

ONNXTensorElementDataType onnx_from_dtype(DType type) {
  for (const auto& [onnx, dtype] : kTypes) {
    if (dtype == type) return onnx;
  }
  return ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
}

Library::Library(const OrtApi* api, std::string version)
    : api_(api),
      version_(std::move(version)),
      environment_(nullptr, api->ReleaseEnv),
      cpu_memory_(nullptr, api->ReleaseMemoryInfo) {}

Status Library::check(OrtStatus* status) const {
  if (status == nullptr) return ok_status();
  const Handle<OrtStatus> owned(status, api_->ReleaseStatus);
  std::string_view text = api_->GetErrorMessage(status);
  text = text.substr(0, text.find('\n'));
  return Error(code_of(api_->GetErrorCode(status)), "onnxruntime: " + std::string(text));
}

Status Library::check_graph(OrtStatus* status) const {
  const Status checked = check(status);
  if (checked) return checked;
  return invalid_argument(checked.error().message());
}

Result<std::shared_ptr<const Library>> Library::open(const std::string& path) {
  // Builds from 1.29 on start a telemetry client unless this is set before the library is opened.
  ::setenv("ORT_DISABLE_TELEMETRY", "1", 1);
  // Never unloaded: its static destructors are not made for that.
  void* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (handle == nullptr) return unavailable("open ONNX Runtime: " + std::string(::dlerror()));
  auto* base_function =
      reinterpret_cast<const OrtApiBase*(ORT_API_CALL*)()>(::dlsym(handle, "OrtGetApiBase"));
  if (base_function == nullptr) return unavailable(path + " is not ONNX Runtime");
  const OrtApiBase* base = base_function();
  const OrtApi* api = base->GetApi(ORT_API_VERSION);
  if (api == nullptr) {
    return unavailable(path + " is ONNX Runtime " + base->GetVersionString() +
                       "; 1.21 or newer is needed");
  }
  std::shared_ptr<Library> library(new Library(api, base->GetVersionString()));
  OrtEnv* environment = nullptr;
  TRY(library->check(api->CreateEnvWithCustomLogger(to_log, nullptr, ORT_LOGGING_LEVEL_ERROR,
                                                    "skerry", &environment)));
  library->environment_.reset(environment);
  OrtMemoryInfo* memory = nullptr;
  TRY(library->check(api->CreateCpuMemoryInfo(OrtDeviceAllocator, OrtMemTypeDefault, &memory)));
  library->cpu_memory_.reset(memory);
  return std::shared_ptr<const Library>(std::move(library));
}

}  // namespace skerry::serve::onnx
