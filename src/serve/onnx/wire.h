// SPDX-License-Identifier: Apache-2.0
//
// Walks the fields of one protobuf message without a schema: enough to look into a model before
// ONNX Runtime does. Threads: values. Source: Protocol Buffers, encoding.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace skerry::serve::onnx {

struct WireField {
  std::uint32_t number = 0;
  std::uint64_t integer = 0;  // Varint and fixed fields.
  std::string_view bytes;     // Length-delimited fields; borrows from the message.
  bool delimited = false;
};

class WireReader {
 public:
  explicit WireReader(std::string_view message) : rest_(message) {}

  bool done() const { return rest_.empty(); }
  // The next field. Must not be called when done(). Errors: kInvalidArgument for a cut or
  // impossible field; groups (wire types 3 and 4) are refused.
  Result<WireField> next();

 private:
  Result<std::uint64_t> varint();
  Result<std::string_view> take(std::uint64_t count);

  std::string_view rest_;
};

}  // namespace skerry::serve::onnx
