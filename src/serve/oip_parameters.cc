// SPDX-License-Identifier: Apache-2.0
#include "serve/oip_parameters.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace skerry::serve {
namespace {

Error unimplemented(std::string message) { return {Code::kUnimplemented, std::move(message)}; }

Error wrong_type(std::string_view name, const char* type) {
  return invalid_argument("the parameter " + std::string(name) + " is not " + type);
}

// Calls `take(name, value)` for each parameter.
template <typename Take>
Status for_each(const fast_json::Value& parameters, const Take& take) {
  if (parameters.kind() != fast_json::Kind::kObject)
    return invalid_argument("parameters is not an object");
  fast_json::ObjectCursor cursor(parameters);
  std::string_view name;
  for (fast_json::Value value; cursor.next(name, value);) {
    if (name.starts_with("shared_memory_")) return unimplemented("shared memory is not offered");
    TRY(take(name, value));
  }
  return ok_status();
}

}  // namespace

Result<RequestParameters> read_request_parameters(const fast_json::Value& parameters) {
  RequestParameters read;
  TRY(for_each(parameters, [&](std::string_view name, const fast_json::Value& value) -> Status {
    if (name == "binary_data_output") {
      const auto flag = value.boolean();
      if (!flag) return wrong_type(name, "a bool");
      read.binary_data_output = *flag;
    } else if (name == "ack") {
      const auto ack = value.string();
      if (!ack) return wrong_type(name, "a string");
      if (*ack == "durable")
        return unimplemented("ack = durable is not offered: answers are not stored");
    } else if (name == "asset") {
      if (!value.string()) return wrong_type(name, "a string");
    } else if (name == "sequence_id" && value.unsigned_integer() != 0u) {
      return unimplemented("sequences are not offered");
    }
    return ok_status();
  }));
  return read;
}

Result<std::optional<std::size_t>> read_input_parameters(const fast_json::Value& parameters) {
  std::optional<std::size_t> bytes;
  TRY(for_each(parameters, [&](std::string_view name, const fast_json::Value& value) -> Status {
    if (name != "binary_data_size") return ok_status();
    bytes = value.unsigned_integer();
    if (!bytes) return wrong_type(name, "a size");
    return ok_status();
  }));
  return bytes;
}

Result<bool> read_output_parameters(const fast_json::Value& parameters, bool fallback) {
  bool binary = fallback;
  TRY(for_each(parameters, [&](std::string_view name, const fast_json::Value& value) -> Status {
    if (name == "classification" && value.unsigned_integer() != 0u) {
      return unimplemented("classification is not offered");
    }
    if (name != "binary_data") return ok_status();
    const auto flag = value.boolean();
    if (!flag) return wrong_type(name, "a bool");
    binary = *flag;
    return ok_status();
  }));
  return binary;
}

}  // namespace skerry::serve
