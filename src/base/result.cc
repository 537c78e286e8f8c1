// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

#include <array>

namespace skerry {
namespace {

struct CodeRow {
  Code code;
  std::string_view name;
  int http;
};

constexpr std::array<CodeRow, 16> kCodes{{
    {Code::kCancelled, "CANCELLED", 400},
    {Code::kUnknown, "UNKNOWN", 500},
    {Code::kInvalidArgument, "INVALID_ARGUMENT", 400},
    {Code::kDeadlineExceeded, "DEADLINE_EXCEEDED", 504},
    {Code::kNotFound, "NOT_FOUND", 404},
    {Code::kAlreadyExists, "ALREADY_EXISTS", 409},
    {Code::kPermissionDenied, "PERMISSION_DENIED", 403},
    {Code::kResourceExhausted, "RESOURCE_EXHAUSTED", 429},
    {Code::kFailedPrecondition, "FAILED_PRECONDITION", 412},
    {Code::kAborted, "ABORTED", 409},
    {Code::kOutOfRange, "OUT_OF_RANGE", 416},
    {Code::kUnimplemented, "UNIMPLEMENTED", 501},
    {Code::kInternal, "INTERNAL", 500},
    {Code::kUnavailable, "UNAVAILABLE", 503},
    {Code::kDataLoss, "DATA_LOSS", 500},
    {Code::kUnauthenticated, "UNAUTHENTICATED", 401},
}};

const CodeRow& row(Code code) { return kCodes.at(static_cast<std::size_t>(code) - 1); }

}  // namespace

std::string_view code_name(Code code) { return row(code).name; }

int http_status(Code code) { return row(code).http; }

Code code_from_http_status(int status) {
  switch (status) {
    case 400: return Code::kInvalidArgument;
    case 401: return Code::kUnauthenticated;
    case 403: return Code::kPermissionDenied;
    case 404: return Code::kNotFound;
    case 405: return Code::kUnimplemented;
    case 408: return Code::kDeadlineExceeded;
    case 409: return Code::kAborted;
    case 412: return Code::kFailedPrecondition;
    case 413: return Code::kResourceExhausted;
    case 416: return Code::kOutOfRange;
    case 429: return Code::kResourceExhausted;
    case 500: return Code::kInternal;
    case 501: return Code::kUnimplemented;
    case 502: return Code::kUnavailable;
    case 503: return Code::kUnavailable;
    case 504: return Code::kDeadlineExceeded;
    case 507: return Code::kResourceExhausted;
    default: return Code::kUnknown;
  }
}

bool Error::retryable() const {
  switch (code_) {
    case Code::kUnavailable:
    case Code::kDeadlineExceeded:
    case Code::kAborted:
    case Code::kResourceExhausted: return true;
    default: return false;
  }
}

Error&& Error::with(std::string_view context) && {
  message_.insert(0, std::string(context) + ": ");
  return std::move(*this);
}

Error Error::with(std::string_view context) const& { return Error(*this).with(context); }

std::string Error::to_string() const { return std::string(code_name(code_)) + ": " + message_; }

}  // namespace skerry
