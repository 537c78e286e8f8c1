// SPDX-License-Identifier: Apache-2.0
#include "serve/onnx/runtime.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "serve/onnx/test_runtime_test.h"
#include "serve/tensor_check.h"
#include "sys/files.h"

namespace skerry::serve::onnx {
namespace {

constexpr const char* kRelu =
    "/usr/share/libonnx-testdata/data/simple/test_single_relu_model/model.onnx";
constexpr const char* kFromString =
    "/usr/share/libonnx-testdata/data/node/test_cast_STRING_to_FLOAT/model.onnx";
constexpr const char* kToString =
    "/usr/share/libonnx-testdata/data/node/test_cast_FLOAT_to_STRING/model.onnx";

std::size_t count_entries(const std::filesystem::path& folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    ++count;
  return count;
}

std::size_t count_sockets() {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const auto target = std::filesystem::read_symlink(entry.path(), gone).string();
    count += target.starts_with("socket:") ? 1 : 0;
  }
  return count;
}

class OnnxRuntimeTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!sys::exists(sys::real_file_system(), kRelu))
      GTEST_SKIP() << "libonnx-testdata is not installed";
    auto runtime = open_onnx_runtime(test_options());
    if (!runtime) GTEST_SKIP() << runtime.error().message();
    runtime_ = *std::move(runtime);
  }

  static std::string read(const char* path) {
    return *sys::read_file(sys::real_file_system(), path, 64u << 20);
  }

  std::unique_ptr<Runtime> runtime_;
};

TEST_F(OnnxRuntimeTest, NamesTheLibraryAndItsVersion) {
  EXPECT_TRUE(runtime_->version().starts_with("onnxruntime 1.")) << runtime_->version();
}

TEST_F(OnnxRuntimeTest, StartsNoThreadNoChildNoSocketAndWritesNoFile) {
  auto home = sys::TemporaryFolder::create("ort-home");
  ASSERT_TRUE(home.ok());
  ::setenv("HOME", home->path().c_str(), 1);
  ::setenv("XDG_CACHE_HOME", home->path().c_str(), 1);
  const std::size_t threads = count_entries("/proc/self/task");
  const std::size_t sockets = count_sockets();
  const auto model = runtime_->load(read(kRelu));
  ASSERT_TRUE(model.ok());
  const std::array<float, 2> values{-1.0f, 2.0f};
  const std::array<std::int64_t, 1> shape{2};
  const TensorView view{
      DType::kFp32, shape, {reinterpret_cast<const char*>(values.data()), sizeof values}};
  std::vector<Tensor> out;
  EXPECT_FALSE((*model)->infer({&view, 1}, out).ok()) << "a refused request counts as well";
  EXPECT_EQ(count_entries("/proc/self/task"), threads);
  EXPECT_EQ(count_sockets(), sockets);
  EXPECT_EQ(count_entries(home->path()), 0u);
  const std::string children = *sys::read_file(
      sys::real_file_system(), "/proc/self/task/" + std::to_string(::getpid()) + "/children", 4096);
  EXPECT_EQ(children, "");
  EXPECT_STREQ(::getenv("ORT_DISABLE_TELEMETRY"), "1");
}

TEST_F(OnnxRuntimeTest, ReusesTheMemoryOfTheOutputs) {
  const auto model = runtime_->load(read(kRelu));
  ASSERT_TRUE(model.ok());
  const TensorSpec& input = (*model)->inputs()[0];
  std::vector<float> values(*element_count(input.shape), -1.0f);
  values.back() = 3.0f;
  const TensorView view{
      DType::kFp32,
      input.shape,
      {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)}};
  std::vector<Tensor> out;
  ASSERT_TRUE((*model)->infer({&view, 1}, out).ok());
  const char* memory = out[0].bytes.data();
  ASSERT_TRUE((*model)->infer({&view, 1}, out).ok());
  EXPECT_EQ(out[0].bytes.data(), memory);
  EXPECT_EQ(out[0].view<float>().front(), 0.0f);
  EXPECT_EQ(out[0].view<float>().back(), 3.0f);
}

TEST_F(OnnxRuntimeTest, TakesAndGivesStrings) {
  const auto to_string = runtime_->load(read(kToString));
  const auto from_string = runtime_->load(read(kFromString));
  ASSERT_TRUE(to_string.ok() && from_string.ok());
  const Shape shape = (*to_string)->inputs()[0].shape;
  std::vector<float> values(*element_count(shape));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) * 0.5f;
  const TensorView numbers{
      DType::kFp32,
      shape,
      {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)}};
  std::vector<Tensor> texts;
  ASSERT_TRUE((*to_string)->infer({&numbers, 1}, texts).ok());
  std::string_view rest(texts[0].bytes.data(), texts[0].bytes.size());
  EXPECT_EQ(*take_bytes_element(rest), "0");
  EXPECT_EQ(*take_bytes_element(rest), "0.5");
  const TensorView view{DType::kBytes, texts[0].shape, texts[0].bytes};
  std::vector<Tensor> back;
  ASSERT_TRUE((*from_string)->infer({&view, 1}, back).ok());
  EXPECT_EQ(std::vector<float>(back[0].view<float>().begin(), back[0].view<float>().end()), values);
}

TEST_F(OnnxRuntimeTest, RefusesWhatDoesNotFitTheModel) {
  const auto model = runtime_->load(read(kRelu));
  ASSERT_TRUE(model.ok());
  const Shape right = (*model)->inputs()[0].shape;
  const std::vector<char> bytes(*element_count(right) * 4);
  Shape negative = right;
  negative[0] = -1;
  const Shape overflowing(right.size(), std::int64_t{1} << 40);
  const Shape longer(33, 1);
  const std::vector<TensorView> wrong = {
      {DType::kFp64, right, bytes},
      {DType::kFp32, negative, bytes},
      {DType::kFp32, overflowing, bytes},
      {DType::kFp32, longer, bytes},
      {DType::kFp32, right, std::span(bytes).first(bytes.size() - 1)}};
  for (const TensorView& view : wrong) {
    std::vector<Tensor> out;
    const Status status = (*model)->infer({&view, 1}, out);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code(), Code::kInvalidArgument) << status.error().message();
  }
  std::vector<Tensor> out;
  EXPECT_EQ((*model)->infer({}, out).error().code(), Code::kInvalidArgument);
}

TEST_F(OnnxRuntimeTest, RefusesBytesThatAreNoModel) {
  const std::string good = read(kRelu);
  for (const std::string& bytes :
       {std::string(), std::string("no model"), good.substr(0, good.size() / 2)}) {
    const auto model = runtime_->load(bytes);
    ASSERT_FALSE(model.ok());
    EXPECT_EQ(model.error().code(), Code::kInvalidArgument) << model.error().message();
  }
}

TEST(OnnxRuntime, SaysWhereItLookedForTheLibrary) {
  const auto runtime = open_onnx_runtime({.library_paths = {"/nowhere/a.so", "/nowhere/b.so"}});
  ASSERT_FALSE(runtime.ok());
  EXPECT_EQ(runtime.error().code(), Code::kUnavailable);
  EXPECT_NE(runtime.error().message().find("/nowhere/b.so"), std::string::npos);
}

TEST(OnnxRuntime, RefusesALibraryThatIsAnother) {
  const auto runtime = open_onnx_runtime({.library_paths = {"/lib/x86_64-linux-gnu/libz.so.1"}});
  ASSERT_FALSE(runtime.ok());
  EXPECT_EQ(runtime.error().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace skerry::serve::onnx
