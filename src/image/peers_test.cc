// SPDX-License-Identifier: Apache-2.0
//
// Images of real programs in the hands of tools that others wrote (tests/peers/image_*.sh). The
// site program is this test itself: what counts here is the form, image_chroot.sh runs the real
// one.
#include <gtest/gtest.h>

#include <chrono>

#include "bundle/bundle.h"
#include "bundle/sample_bundle.h"
#include "image/builder.h"
#include "image/layout.h"
#include "sys/files.h"
#include "sys/process.h"

namespace skerry::image {
namespace {

constexpr int kSkipped = 77;

class ImagePeers : public testing::Test {
 protected:
  void SetUp() override {
    sys::FileSystem& fs = sys::real_file_system();
    ImageOptions options;
    options.onnxruntime_library = SKERRY_SOURCE_DIR "/.deps/onnxruntime/lib/libonnxruntime.so.1";
    if (!sys::exists(fs, options.onnxruntime_library)) GTEST_SKIP() << "no ONNX Runtime in .deps";
    if (!sys::exists(fs, options.ca_bundle)) GTEST_SKIP() << "no " << options.ca_bundle;
    options.site_executable = *sys::executable_path();
    options.compression_level = 1;
    auto folder = sys::TemporaryFolder::create("skerry-image");
    ASSERT_TRUE(folder) << folder.error().to_string();
    folder_.emplace(*std::move(folder));
    auto layout = Layout::create(fs, layout_path());
    ASSERT_TRUE(layout) << layout.error().to_string();
    const auto built = build(options, *bundle::pack(bundle::sample_bundle()), *layout);
    ASSERT_TRUE(built) << built.error().to_string();
  }

  std::string layout_path() const { return folder_->path() + "/layout"; }

  void run(const std::string& script) {
    const auto child =
        sys::real_process_launcher().launch({.program = SKERRY_SOURCE_DIR "/tests/peers/" + script,
                                             .arguments = {layout_path(), "v7"},
                                             .environment = {},
                                             .input = {},
                                             .capture_output = true,
                                             .log_path = folder_->path() + "/errors"});
    ASSERT_TRUE(child) << child.error().to_string();
    std::string said;
    while (true) {
      const auto line = (*child)->read_line();
      ASSERT_TRUE(line) << line.error().to_string();
      if (!*line) break;
      said += **line;
    }
    const auto ended = (*child)->wait_for(std::chrono::minutes(2));
    ASSERT_TRUE(ended && *ended) << "still running";
    if ((*ended)->code == kSkipped) GTEST_SKIP() << said;
    const auto errors =
        sys::read_file(sys::real_file_system(), folder_->path() + "/errors", 1u << 20);
    EXPECT_TRUE((*ended)->ok()) << said << (errors ? *errors : "");
  }

  std::optional<sys::TemporaryFolder> folder_;
};

TEST_F(ImagePeers, SkopeoReadsAndCopiesAllThree) { run("image_skopeo.sh"); }

TEST_F(ImagePeers, UmociUnpacksBothImages) { run("image_umoci.sh"); }

}  // namespace
}  // namespace skerry::image
