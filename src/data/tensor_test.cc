// SPDX-License-Identifier: Apache-2.0
#include "data/tensor.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"

namespace skerry {
namespace {

TEST(DType, HasTheNameAndSizeOfTheOpenInferenceProtocol) {
  struct Case {
    DType type;
    std::string name;
    std::size_t size;
  };
  const std::vector<Case> cases{
      {DType::kBool, "BOOL", 1},     {DType::kUint8, "UINT8", 1},   {DType::kUint16, "UINT16", 2},
      {DType::kUint32, "UINT32", 4}, {DType::kUint64, "UINT64", 8}, {DType::kInt8, "INT8", 1},
      {DType::kInt16, "INT16", 2},   {DType::kInt32, "INT32", 4},   {DType::kInt64, "INT64", 8},
      {DType::kFp16, "FP16", 2},     {DType::kBf16, "BF16", 2},     {DType::kFp32, "FP32", 4},
      {DType::kFp64, "FP64", 8},     {DType::kBytes, "BYTES", 0}};
  for (const Case& c : cases) {
    EXPECT_EQ(dtype_name(c.type), c.name);
    EXPECT_EQ(dtype_size(c.type), c.size) << c.name;
    EXPECT_EQ(dtype_from_name(c.name), c.type) << c.name;
  }
  for (const std::string name : {"", "fp32", "FP8", "STRING", "FP32 "}) {
    EXPECT_EQ(dtype_from_name(name), std::nullopt) << name;
  }
}

TEST(Shape, HasTheProductOfItsDimensions) {
  const std::vector<std::pair<Shape, std::size_t>> cases{
      {{}, 1},
      {{7}, 7},
      {{2, 3, 4}, 24},
      {{0}, 0},
      {{5, 0, 3}, 0},
      {{1, 1, 1, 1}, 1},
      {{4096, 4096}, limits::kTensorElementsMax}};
  for (const auto& [shape, count] : cases) {
    const Result<std::size_t> result = element_count(shape);
    ASSERT_TRUE(result.ok()) << format_shape(shape);
    EXPECT_EQ(*result, count) << format_shape(shape);
  }
  EXPECT_EQ(*element_count(Shape(32, 1)), 1u);
}

TEST(Shape, IsRefusedBeforeItsProductCanOverflow) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  const std::vector<std::pair<Shape, std::string>> cases{
      {{-1}, "negative"},
      {{2, -3}, "negative"},
      {{0, -1}, "negative"},
      {{std::numeric_limits<std::int64_t>::min()}, "negative"},
      {{4096, 4097}, "more than 16777216 elements"},
      {{kMost}, "elements"},
      {{kMost, kMost}, "elements"},
      {{1ll << 32, 1ll << 32}, "elements"},
      {{3, kMost, 3}, "elements"},
      {{0, kMost}, "elements"},
      {Shape(33, 1), "more than 32 dimensions"},
      {Shape(32, 2), "elements"}};
  for (const auto& [shape, message] : cases) {
    const Result<std::size_t> result = element_count(shape);
    ASSERT_FALSE(result.ok()) << format_shape(shape);
    EXPECT_EQ(result.error().code(), Code::kInvalidArgument);
    EXPECT_NE(result.error().message().find(message), std::string::npos) << format_shape(shape);
  }
}

TEST(Shape, IsWrittenInBrackets) {
  EXPECT_EQ(format_shape({}), "[]");
  EXPECT_EQ(format_shape({1, 57}), "[1,57]");
  EXPECT_EQ(format_shape({-1, 3}), "[-1,3]");
}

TEST(Tensor, IsSeenAsElementsOfItsType) {
  Tensor tensor;
  tensor.bytes.resize(12);
  tensor.view<float>()[1] = 2.5f;
  EXPECT_EQ(std::as_const(tensor).view<float>().size(), 3u);
  EXPECT_EQ(std::as_const(tensor).view<float>()[1], 2.5f);
  EXPECT_EQ(tensor.view<double>().size(), 1u) << "a part of an element is not seen";
}

}  // namespace
}  // namespace skerry
