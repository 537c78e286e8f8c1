// SPDX-License-Identifier: Apache-2.0
//
// Errors as the distribution-spec writes them: {"errors":[{"code","message","detail"}]}. The API's
// code is put in front of an error's text ("BLOB_UNKNOWN: ..."), so that it travels in a plain
// Error through every layer up to the answer, and reads well in a log.
#pragma once

#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace skerry::registry {

// What a failed call was about.
enum class About { kName, kManifest, kBlob, kUpload };

// The error with the code that fits both; unchanged where none fits or there is one already.
Error about(About subject, Error error);

// An error with a chosen code, for example "SIZE_INVALID".
Error coded(std::string_view api_code, Code code, std::string_view message);

// Result::with() for about().
template <typename T>
Result<T> about(About subject, Result<T> result) {
  if (result) return result;
  return about(subject, std::move(result).error());
}

// The answer: status and JSON body. An error without an API code gets the one of its Code.
net::Response api_error_response(const Error& error);

}  // namespace skerry::registry
