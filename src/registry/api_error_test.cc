// SPDX-License-Identifier: Apache-2.0
#include "registry/api_error.h"

#include <gtest/gtest.h>

#include "data/json.h"

namespace skerry::registry {
namespace {

TEST(ApiError, HasTheFormOfTheSpecification) {
  const net::Response response =
      api_error_response(about(About::kBlob, not_found("blob sha256:00 is not here")));
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body,
            R"({"errors":[{"code":"BLOB_UNKNOWN","message":"blob sha256:00 is not here",)"
            R"("detail":null}]})");
  EXPECT_EQ(response.headers.find("Content-Type"), "application/json");
}

TEST(ApiError, TakesStatusAndCodeFromWhatFailed) {
  struct Row {
    Error error;
    int status;
    const char* code;
  };
  for (const Row& row : {
           Row{about(About::kName, invalid_argument("x")), 400, "NAME_INVALID"},
           Row{about(About::kManifest, failed_precondition("x")), 400, "MANIFEST_BLOB_UNKNOWN"},
           Row{about(About::kUpload, Error(Code::kOutOfRange, "x")), 416, "BLOB_UPLOAD_INVALID"},
           Row{about(About::kUpload, data_loss("x")), 400, "DIGEST_INVALID"},
           Row{coded("SIZE_INVALID", Code::kResourceExhausted, "x"), 413, "SIZE_INVALID"},
           Row{Error(Code::kResourceExhausted, "disk full"), 507, "UNKNOWN"},
           Row{Error(Code::kUnauthenticated, "x"), 401, "UNAUTHORIZED"},
           Row{Error(Code::kPermissionDenied, "x"), 403, "DENIED"},
           Row{data_loss("x"), 500, "UNKNOWN"},
       }) {
    const net::Response response = api_error_response(row.error);
    EXPECT_EQ(response.status, row.status) << row.code;
    EXPECT_NE(response.body.find(std::string("\"code\":\"") + row.code + "\""), std::string::npos)
        << response.body;
  }
}

TEST(ApiError, KeepsTheFirstCode) {
  const Error error = about(About::kName, about(About::kBlob, not_found("x")));
  EXPECT_EQ(error.message(), "BLOB_UNKNOWN: x");
}

}  // namespace
}  // namespace skerry::registry
