// SPDX-License-Identifier: Apache-2.0
#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace skerry {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return invalid_argument(std::to_string(value) + " is odd");
  return value / 2;
}

Result<int> sum(int a, int b) { return a + b; }

Result<int> quarter(int value) { return TRY(half(TRY(half(value)))); }

Status check_even(int value) {
  TRY(half(value).with("check"));
  return ok_status();
}

TEST(Result, HoldsAValueOrAnError) {
  const Result<int> good = half(8);
  ASSERT_TRUE(good.ok());
  EXPECT_TRUE(static_cast<bool>(good));
  EXPECT_EQ(*good, 4);
  const Result<int> bad = half(7);
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().code(), Code::kInvalidArgument);
  EXPECT_EQ(bad.error().message(), "7 is odd");
}

TEST(Result, TryGivesTheValueOrReturnsTheErrorOfTheInnermostCall) {
  EXPECT_EQ(*quarter(12), 3);
  EXPECT_EQ(quarter(7).error().message(), "7 is odd");
  EXPECT_EQ(quarter(10).error().message(), "5 is odd");
}

TEST(Result, TryMayStandSeveralTimesInOneStatement) {
  const auto add = [](int a, int b) -> Result<int> {
    return TRY(sum(TRY(half(a)), TRY(half(b)) + TRY(half(2))));
  };
  EXPECT_EQ(*add(4, 6), 6);
  EXPECT_EQ(add(4, 5).error().message(), "5 is odd");
}

TEST(Result, TryCarriesAnErrorAcrossResultTypes) {
  EXPECT_TRUE(check_even(2).ok());
  const Status status = check_even(3);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().to_string(), "INVALID_ARGUMENT: check: 3 is odd");
}

TEST(Result, TryStopsAtTheFirstError) {
  int calls = 0;
  const auto count = [&](bool good) -> Status {
    ++calls;
    return good ? ok_status() : Status(unavailable("no"));
  };
  const auto run = [&]() -> Status {
    TRY(count(true));
    TRY(count(false));
    TRY(count(true));
    return ok_status();
  };
  EXPECT_FALSE(run().ok());
  EXPECT_EQ(calls, 2);
}

TEST(Result, MovesValuesThatCannotBeCopied) {
  const auto make = []() -> Result<std::unique_ptr<int>> { return std::make_unique<int>(5); };
  const auto pass = [&]() -> Result<std::unique_ptr<int>> {
    std::unique_ptr<int> value = TRY(make());
    return value;
  };
  Result<std::unique_ptr<int>> result = pass();
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(**result, 5);
  const std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 5);
}

TEST(Result, ConvertsWhatConvertsToItsValue) {
  const auto text = []() -> Result<std::string> { return "text"; };
  EXPECT_EQ(*text(), "text");
  EXPECT_EQ(text()->size(), 4u);
}

TEST(Result, WithPrefixesAnErrorAndLeavesAValue) {
  EXPECT_EQ(*half(4).with("outer"), 2);
  EXPECT_EQ(half(5).with("inner").with("outer").error().message(), "outer: inner: 5 is odd");
  EXPECT_TRUE(ok_status().with("outer").ok());
  EXPECT_EQ(Status(not_found("gone")).with("outer").error().to_string(), "NOT_FOUND: outer: gone");
}

TEST(Result, WithOnAnErrorThatIsKeptCopiesIt) {
  const Error error = data_loss("torn");
  EXPECT_EQ(error.with("read").message(), "read: torn");
  EXPECT_EQ(error.message(), "torn");
}

TEST(ResultDeathTest, EndsTheProcessWhenTheWrongSideIsRead) {
  const Result<int> bad = half(1);
  EXPECT_DEATH(static_cast<void>(*bad), "invariant broken: ok\\(\\)");
  const Status good;
  EXPECT_DEATH(static_cast<void>(good.error()), "invariant broken: !ok\\(\\)");
}

struct CodeCase {
  Code code;
  std::string name;
  int http;
  bool retryable;
};

const std::vector<CodeCase> kCodeCases{
    {Code::kCancelled, "CANCELLED", 400, false},
    {Code::kUnknown, "UNKNOWN", 500, false},
    {Code::kInvalidArgument, "INVALID_ARGUMENT", 400, false},
    {Code::kDeadlineExceeded, "DEADLINE_EXCEEDED", 504, true},
    {Code::kNotFound, "NOT_FOUND", 404, false},
    {Code::kAlreadyExists, "ALREADY_EXISTS", 409, false},
    {Code::kPermissionDenied, "PERMISSION_DENIED", 403, false},
    {Code::kResourceExhausted, "RESOURCE_EXHAUSTED", 429, true},
    {Code::kFailedPrecondition, "FAILED_PRECONDITION", 412, false},
    {Code::kAborted, "ABORTED", 409, true},
    {Code::kOutOfRange, "OUT_OF_RANGE", 416, false},
    {Code::kUnimplemented, "UNIMPLEMENTED", 501, false},
    {Code::kInternal, "INTERNAL", 500, false},
    {Code::kUnavailable, "UNAVAILABLE", 503, true},
    {Code::kDataLoss, "DATA_LOSS", 500, false},
    {Code::kUnauthenticated, "UNAUTHENTICATED", 401, false},
};

TEST(Code, HasANameAnHttpStatusAndARetryRule) {
  std::set<int> numbers;
  for (const CodeCase& c : kCodeCases) {
    EXPECT_EQ(code_name(c.code), c.name);
    EXPECT_EQ(http_status(c.code), c.http) << c.name;
    EXPECT_EQ(Error(c.code, "").retryable(), c.retryable) << c.name;
    numbers.insert(static_cast<int>(c.code));
  }
  EXPECT_EQ(numbers.size(), 16u);
  EXPECT_EQ(*numbers.begin(), 1);
  EXPECT_EQ(*numbers.rbegin(), 16);
}

TEST(Code, FollowsFromTheHttpStatusOfAFailedAnswer) {
  const std::vector<std::pair<int, Code>> cases{{400, Code::kInvalidArgument},
                                                {401, Code::kUnauthenticated},
                                                {403, Code::kPermissionDenied},
                                                {404, Code::kNotFound},
                                                {405, Code::kUnimplemented},
                                                {408, Code::kDeadlineExceeded},
                                                {409, Code::kAborted},
                                                {412, Code::kFailedPrecondition},
                                                {413, Code::kResourceExhausted},
                                                {416, Code::kOutOfRange},
                                                {429, Code::kResourceExhausted},
                                                {500, Code::kInternal},
                                                {501, Code::kUnimplemented},
                                                {502, Code::kUnavailable},
                                                {503, Code::kUnavailable},
                                                {504, Code::kDeadlineExceeded},
                                                {507, Code::kResourceExhausted},
                                                {418, Code::kUnknown},
                                                {200, Code::kUnknown},
                                                {0, Code::kUnknown},
                                                {-1, Code::kUnknown}};
  for (const auto& [status, code] : cases) EXPECT_EQ(code_from_http_status(status), code) << status;
}

TEST(Code, SurvivesTheWayThroughHttpExceptWhereTwoShareAStatus) {
  const std::set<Code> shared{Code::kCancelled, Code::kUnknown, Code::kAlreadyExists,
                              Code::kDataLoss};
  for (const CodeCase& c : kCodeCases) {
    EXPECT_EQ(code_from_http_status(http_status(c.code)) == c.code, !shared.contains(c.code))
        << c.name;
  }
}

}  // namespace
}  // namespace skerry
