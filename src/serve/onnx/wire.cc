// SPDX-License-Identifier: Apache-2.0
#include "serve/onnx/wire.h"

namespace skerry::serve::onnx {
namespace {

constexpr int kVarintBytesMax = 10;

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  }
  return value;
}

}  // namespace

Result<std::uint64_t> WireReader::varint() {
  std::uint64_t value = 0;
  for (int i = 0; i < kVarintBytesMax; ++i) {
    const std::string_view byte = TRY(take(1));
    const auto bits = static_cast<std::uint8_t>(byte[0]);
    value |= static_cast<std::uint64_t>(bits & 0x7f) << (7 * i);
    if ((bits & 0x80) == 0) return value;
  }
  return invalid_argument("protobuf: a varint of more than 10 bytes");
}

Result<std::string_view> WireReader::take(std::uint64_t count) {
  if (count > rest_.size()) return invalid_argument("protobuf: the message is cut off");
  const std::string_view taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}

Result<WireField> WireReader::next() {
  const std::uint64_t key = TRY(varint());
  WireField field;
  if (key >> 3 == 0 || key >> 3 > 0x1fffffff) return invalid_argument("protobuf: bad field number");
  field.number = static_cast<std::uint32_t>(key >> 3);
  switch (key & 7) {
    case 0: field.integer = TRY(varint()); return field;
    case 1: field.integer = little_endian(TRY(take(8))); return field;
    case 2: {
      const std::uint64_t length = TRY(varint());
      field.delimited = true;
      field.bytes = TRY(take(length));
      return field;
    }
    case 5: field.integer = little_endian(TRY(take(4))); return field;
    default: return invalid_argument("protobuf: unknown wire type");
  }
}

}  // namespace skerry::serve::onnx
