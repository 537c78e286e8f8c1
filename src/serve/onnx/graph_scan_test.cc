// SPDX-License-Identifier: Apache-2.0
#include "serve/onnx/graph_scan.h"

#include <gtest/gtest.h>

#include <string>

namespace skerry::serve::onnx {
namespace {

std::string field(int number, const std::string& bytes) {
  std::string out(1, static_cast<char>(number << 3 | 2));
  std::size_t length = bytes.size();
  for (; length >= 0x80; length >>= 7) out += static_cast<char>(length | 0x80);
  return out + static_cast<char>(length) + bytes;
}

TEST(GraphScan, AcceptsTensorsInsideTheModel) {
  const std::string tensor = std::string("\x08\x01", 2) + field(9, "1234");
  EXPECT_TRUE(check_self_contained(field(7, field(5, tensor))).ok());
}

TEST(GraphScan, RefusesExternalDataWhereverATensorMayStand) {
  const std::string located = "\x70\x01";                      // data_location = EXTERNAL
  const std::string listed = field(13, field(1, "location"));  // external_data
  for (const std::string& tensor : {located, listed}) {
    const std::string initializer = field(7, field(5, tensor));
    const std::string attribute = field(7, field(1, field(5, field(5, tensor))));
    const std::string nested = field(7, field(1, field(5, field(6, field(5, tensor)))));
    for (const std::string& model : {initializer, attribute, nested}) {
      EXPECT_EQ(check_self_contained(model).error().code(), Code::kInvalidArgument);
    }
  }
}

TEST(GraphScan, RefusesEndlessNestingAndCutFields) {
  std::string graph = field(2, "leaf");
  for (int i = 0; i < 200; ++i) graph = field(1, field(5, field(6, graph)));
  EXPECT_FALSE(check_self_contained(field(7, graph)).ok());
  EXPECT_FALSE(check_self_contained("\x3a\x7f").ok());
  EXPECT_FALSE(check_self_contained("\x0b").ok()) << "groups";
  EXPECT_FALSE(check_self_contained(std::string(11, '\xff')).ok());
}

}  // namespace
}  // namespace skerry::serve::onnx
