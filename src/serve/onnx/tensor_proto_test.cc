// SPDX-License-Identifier: Apache-2.0
#include "serve/onnx/tensor_proto_test.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <string>

#include "serve/onnx/library.h"
#include "serve/onnx/wire.h"
#include "serve/tensor_check.h"

namespace skerry::serve::onnx {
namespace {

void append_integer(std::vector<char>& out, std::uint64_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

// Repeated numbers, packed or single: fixed32, fixed64 or varints that are narrowed to `width`
// bytes.
Status append_numbers(std::vector<char>& out, const WireField& field, std::size_t fixed,
                      std::size_t width) {
  if (!field.delimited) {
    append_integer(out, field.integer, width);
    return ok_status();
  }
  if (fixed != 0) {
    out.insert(out.end(), field.bytes.begin(), field.bytes.end());
    return ok_status();
  }
  // A packed list of varints reads like fields when each is given a key of its own.
  for (std::string_view rest = field.bytes; !rest.empty();) {
    std::size_t length = 1;
    while (length < rest.size() && (rest[length - 1] & 0x80) != 0) ++length;
    const std::string keyed = "\x08" + std::string(rest.substr(0, length));
    WireReader reader(keyed);
    append_integer(out, TRY(reader.next()).integer, width);
    rest.remove_prefix(length);
  }
  return ok_status();
}

Status read_data(const WireField& field, Tensor& tensor) {
  const std::size_t width = dtype_size(tensor.type);
  switch (field.number) {
    case 4: return append_numbers(tensor.bytes, field, 4, 4);
    case 5:
    case 7:
    case 11: return append_numbers(tensor.bytes, field, 0, width);
    case 6: append_bytes_element(tensor.bytes, field.bytes); return ok_status();
    case 9: tensor.bytes.assign(field.bytes.begin(), field.bytes.end()); return ok_status();
    case 10: return append_numbers(tensor.bytes, field, 8, 8);
    default: return ok_status();
  }
}

}  // namespace

Result<Tensor> read_tensor_proto(std::string_view message) {
  Tensor tensor;
  bool typed = false;
  for (WireReader reader(message); !reader.done();) {
    const WireField field = TRY(reader.next());
    if (field.number == 1) {
      std::vector<char> dims;
      TRY(append_numbers(dims, field, 0, 8));
      for (std::size_t i = 0; i < dims.size(); i += 8) {
        std::int64_t dimension = 0;
        std::memcpy(&dimension, dims.data() + i, 8);
        tensor.shape.push_back(dimension);
      }
    }
    if (field.number == 2 && !field.delimited) {
      const auto type = dtype_from_onnx(static_cast<ONNXTensorElementDataType>(field.integer));
      if (!type) return Error(Code::kUnimplemented, "a type without an OIP name");
      tensor.type = *type;
      typed = true;
    }
    if (field.number == 8) tensor.name = std::string(field.bytes);
  }
  if (!typed) return Error(Code::kUnimplemented, "not a tensor");
  for (WireReader reader(message); !reader.done();) TRY(read_data(TRY(reader.next()), tensor));
  return tensor;
}

TEST(TensorProto, ReadsPackedVarintsAndRawBytes) {
  using std::string_literals::operator""s;
  const Tensor packed = *read_tensor_proto("\x08\x02\x10\x07\x3a\x03\x01\xac\x02"s);
  EXPECT_EQ(packed.type, DType::kInt64);
  EXPECT_EQ(packed.shape, Shape{2});
  EXPECT_EQ(packed.view<std::int64_t>()[1], 300);
  const Tensor raw = *read_tensor_proto("\x10\x01\x4a\x04\x00\x00\x80\x3f"s);
  EXPECT_EQ(raw.view<float>()[0], 1.0f);
}

}  // namespace skerry::serve::onnx
