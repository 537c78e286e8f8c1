// SPDX-License-Identifier: Apache-2.0
#include "sys/errno_error.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace skerry::sys {
namespace {

TEST(ErrnoError, HasTheCodeACallerCanActOn) {
  const std::vector<std::pair<int, Code>> cases{{ENOENT, Code::kNotFound},
                                                {ENOTDIR, Code::kNotFound},
                                                {EEXIST, Code::kAlreadyExists},
                                                {EADDRINUSE, Code::kAlreadyExists},
                                                {EACCES, Code::kPermissionDenied},
                                                {EROFS, Code::kPermissionDenied},
                                                {ENOSPC, Code::kResourceExhausted},
                                                {EDQUOT, Code::kResourceExhausted},
                                                {EMFILE, Code::kResourceExhausted},
                                                {ENOMEM, Code::kResourceExhausted},
                                                {EISDIR, Code::kFailedPrecondition},
                                                {ENOTEMPTY, Code::kFailedPrecondition},
                                                {EIO, Code::kDataLoss},
                                                {EAGAIN, Code::kUnavailable},
                                                {EXDEV, Code::kUnknown}};
  for (const auto& [number, code] : cases)
    EXPECT_EQ(errno_error("x", number).code(), code) << number;
}

TEST(ErrnoError, SaysWhatFailedInTheSystemsWords) {
  EXPECT_EQ(errno_error("open /a", ENOENT).message(), "open /a: No such file or directory");
  errno = EACCES;
  EXPECT_EQ(errno_error("open /a").message(), "open /a: Permission denied");
}

}  // namespace
}  // namespace skerry::sys
