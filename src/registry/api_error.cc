// SPDX-License-Identifier: Apache-2.0
#include "registry/api_error.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "data/json.h"

namespace skerry::registry {
namespace {

// Codes of distribution-spec 1.1.1, "Error codes", with one of ours for end-7b, and the status each
// is sent with.
struct ApiCode {
  std::string_view name;
  int status;
};
constexpr std::array<ApiCode, 15> kApiCodes{{
    {"BLOB_UNKNOWN", 404},
    {"BLOB_UPLOAD_INVALID", 400},
    {"BLOB_UPLOAD_UNKNOWN", 404},
    {"DIGEST_INVALID", 400},
    {"MANIFEST_BLOB_UNKNOWN", 400},
    {"MANIFEST_INVALID", 400},
    {"MANIFEST_UNKNOWN", 404},
    {"NAME_INVALID", 400},
    {"NAME_UNKNOWN", 404},
    {"SIZE_INVALID", 413},
    {"UNAUTHORIZED", 401},
    {"DENIED", 403},
    {"UNSUPPORTED", 405},
    {"TOOMANYREQUESTS", 429},
    {"TAG_LIMIT", 414},
}};

struct Rule {
  About subject;
  Code code;
  std::string_view name;
};
constexpr std::array<Rule, 13> kRules{{
    {About::kName, Code::kInvalidArgument, "NAME_INVALID"},
    {About::kName, Code::kNotFound, "NAME_UNKNOWN"},
    {About::kManifest, Code::kInvalidArgument, "MANIFEST_INVALID"},
    {About::kManifest, Code::kNotFound, "MANIFEST_UNKNOWN"},
    {About::kManifest, Code::kFailedPrecondition, "MANIFEST_BLOB_UNKNOWN"},
    {About::kBlob, Code::kInvalidArgument, "DIGEST_INVALID"},
    {About::kBlob, Code::kNotFound, "BLOB_UNKNOWN"},
    {About::kUpload, Code::kInvalidArgument, "BLOB_UPLOAD_INVALID"},
    {About::kUpload, Code::kNotFound, "BLOB_UPLOAD_UNKNOWN"},
    {About::kUpload, Code::kOutOfRange, "BLOB_UPLOAD_INVALID"},
    {About::kUpload, Code::kAborted, "BLOB_UPLOAD_INVALID"},
    {About::kUpload, Code::kDataLoss, "DIGEST_INVALID"},
    {About::kBlob, Code::kOutOfRange, "BLOB_UNKNOWN"},
}};

const ApiCode* find_code(std::string_view message) {
  const std::string_view name = message.substr(0, message.find(':'));
  for (const ApiCode& code : kApiCodes) {
    if (code.name == name) return &code;
  }
  return nullptr;
}

std::string_view code_without_subject(Code code) {
  switch (code) {
    case Code::kUnauthenticated: return "UNAUTHORIZED";
    case Code::kPermissionDenied: return "DENIED";
    case Code::kNotFound: return "NAME_UNKNOWN";
    case Code::kInvalidArgument:
    case Code::kUnimplemented: return "UNSUPPORTED";
    case Code::kUnavailable: return "TOOMANYREQUESTS";
    default: return "UNKNOWN";  // What distribution sends for its own failures.
  }
}

// A full disk is no reason to slow down (429) but to stop (507).
int status_without_subject(Code code) {
  return code == Code::kResourceExhausted ? 507 : http_status(code);
}

}  // namespace

Error about(About subject, Error error) {
  if (find_code(error.message()) != nullptr) return error;
  for (const Rule& rule : kRules) {
    if (rule.subject == subject && rule.code == error.code()) {
      return std::move(error).with(rule.name);
    }
  }
  return error;
}

Error coded(std::string_view api_code, Code code, std::string_view message) {
  return Error(code, std::string(api_code) + ": " + std::string(message));
}

net::Response api_error_response(const Error& error) {
  std::string_view name = code_without_subject(error.code());
  int status = status_without_subject(error.code());
  std::string_view message = error.message();
  if (const ApiCode* known = find_code(message); known != nullptr) {
    name = known->name;
    const bool by_code = error.code() == Code::kOutOfRange || error.code() == Code::kAborted;
    status = by_code ? http_status(error.code()) : known->status;
    message.remove_prefix(std::min(message.size(), name.size() + 2));
  }
  json::Object entry{{"code", name}, {"message", message}, {"detail", nullptr}};
  json::Object body{{"errors", json::Array{std::move(entry)}}};
  net::Response response = net::json_response(status, json::dump(body));
  if (status == 429 || status == 503) response.headers.set("Retry-After", "1");
  return response;
}

}  // namespace skerry::registry
