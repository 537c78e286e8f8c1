// SPDX-License-Identifier: Apache-2.0
#include "sys/errno_error.h"

#include <system_error>

namespace skerry::sys {
namespace {

Code code_of(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR: return Code::kNotFound;
    case EEXIST:
    case EADDRINUSE: return Code::kAlreadyExists;
    case EACCES:
    case EPERM:
    case EROFS: return Code::kPermissionDenied;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EMFILE:
    case ENFILE:
    case ENOMEM: return Code::kResourceExhausted;
    case ENOTEMPTY:
    case EISDIR:
    case EBUSY: return Code::kFailedPrecondition;
    case EIO: return Code::kDataLoss;
    case EAGAIN: return Code::kUnavailable;
    default: return Code::kUnknown;
  }
}

}  // namespace

Error errno_error(const std::string& what, int code) {
  return {code_of(code), what + ": " + std::generic_category().message(code)};
}

}  // namespace skerry::sys
