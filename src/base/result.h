// SPDX-License-Identifier: Apache-2.0
//
// Errors as values: Result<T> holds a value or an Error with one of the 16 canonical gRPC codes, so
// that a gRPC status, an HTTP status and a process exit code follow from it without a table per
// call. Threads: plain values, no sharing rules of their own.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/check.h"

namespace skerry {

// Numbered as in gRPC's status codes (https://grpc.io/docs/guides/status-codes/); 0 is success.
enum class Code {
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};

// The canonical spelling, for example "INVALID_ARGUMENT".
std::string_view code_name(Code code);

// The HTTP status a server answers with for this code: 400, 401, 403, 404, 409, 412, 416, 429, 500,
// 501, 503 or 504.
int http_status(Code code);

// The code a client derives from a failed HTTP answer; kUnknown for a status it has no name for.
Code code_from_http_status(int status);

// What failed, where, and what to do, in one sentence without payload data.
class [[nodiscard]] Error {
 public:
  Error(Code code, std::string message) : code_(code), message_(std::move(message)) {}

  Code code() const { return code_; }
  const std::string& message() const { return message_; }

  // True where the same call may succeed later without a change by the caller.
  bool retryable() const;

  // Puts the place in front: "open segment 42: no such file".
  Error&& with(std::string_view context) &&;
  Error with(std::string_view context) const&;

  // "NOT_FOUND: open segment 42: no such file".
  std::string to_string() const;

 private:
  Code code_;
  std::string message_;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit by design
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT
  template <typename U>
    requires std::is_convertible_v<U&&, T> && (!std::is_same_v<std::remove_cvref_t<U>, Result>) &&
             (!std::is_same_v<std::remove_cvref_t<U>, T>) &&
             (!std::is_same_v<std::remove_cvref_t<U>, Error>)
  Result(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}  // NOLINT

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  T& value() & {
    SKERRY_CHECK(ok());
    return std::get<0>(state_);
  }
  const T& value() const& {
    SKERRY_CHECK(ok());
    return std::get<0>(state_);
  }
  T&& value() && { return std::move(value()); }

  const Error& error() const& {
    SKERRY_CHECK(!ok());
    return std::get<1>(state_);
  }
  Error&& error() && {
    SKERRY_CHECK(!ok());
    return std::get<1>(std::move(state_));
  }

  // The same result, its error prefixed with `context`.
  Result with(std::string_view context) && {
    if (!ok()) return std::get<1>(std::move(state_)).with(context);
    return std::move(*this);
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit by design

  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  void operator*() const {}

  const Error& error() const& {
    SKERRY_CHECK(!ok());
    return *error_;
  }
  Error&& error() && {
    SKERRY_CHECK(!ok());
    return *std::move(error_);
  }

  Result with(std::string_view context) && {
    if (!ok()) return std::move(*error_).with(context);
    return {};
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

inline Status ok_status() { return {}; }

inline Error invalid_argument(std::string message) {
  return {Code::kInvalidArgument, std::move(message)};
}
inline Error not_found(std::string message) { return {Code::kNotFound, std::move(message)}; }
inline Error failed_precondition(std::string message) {
  return {Code::kFailedPrecondition, std::move(message)};
}
inline Error internal_error(std::string message) { return {Code::kInternal, std::move(message)}; }
inline Error data_loss(std::string message) { return {Code::kDataLoss, std::move(message)}; }
inline Error unavailable(std::string message) { return {Code::kUnavailable, std::move(message)}; }

}  // namespace skerry

// Evaluates to the value of `expr`, or returns its error from the enclosing function. For a Status
// the statement `TRY(expr);` stands alone. Each use has a variable of its own, so that uses may
// nest.
#define TRY(expr) SKERRY_TRY_NAMED(SKERRY_TRY_JOIN(try_result_, __COUNTER__), expr)
#define SKERRY_TRY_JOIN(a, b) SKERRY_TRY_JOIN_EXPANDED(a, b)
#define SKERRY_TRY_JOIN_EXPANDED(a, b) a##b
#define SKERRY_TRY_NAMED(name, expr)           \
  __extension__({                              \
    auto name = (expr);                        \
    if (!name) return std::move(name).error(); \
    *std::move(name);                          \
  })
