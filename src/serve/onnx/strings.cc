// SPDX-License-Identifier: Apache-2.0
#include "serve/onnx/strings.h"

#include <cstdint>
#include <cstring>
#include <string_view>

#include "serve/tensor_check.h"

namespace skerry::serve::onnx {

Result<Handle<OrtValue>> make_string_tensor(const Library& library, const TensorView& tensor) {
  const OrtApi& api = library.api();
  OrtAllocator* allocator = nullptr;
  TRY(library.check(api.GetAllocatorWithDefaultOptions(&allocator)));
  OrtValue* raw = nullptr;
  TRY(library.check(api.CreateTensorAsOrtValue(allocator, tensor.shape.data(), tensor.shape.size(),
                                               ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING, &raw)));
  Handle<OrtValue> value(raw, api.ReleaseValue);
  std::string_view rest(tensor.bytes.data(), tensor.bytes.size());
  for (std::size_t i = 0; !rest.empty(); ++i) {
    const std::string_view element = TRY(take_bytes_element(rest));
    char* buffer = nullptr;
    TRY(library.check(
        api.GetResizedStringTensorElementBuffer(value.get(), i, element.size(), &buffer)));
    if (!element.empty()) std::memcpy(buffer, element.data(), element.size());
  }
  return value;
}

Status read_string_tensor(const Library& library, const OrtValue* value, std::size_t elements,
                          std::vector<char>& bytes) {
  const OrtApi& api = library.api();
  bytes.clear();
  if (elements == 0) return ok_status();
  std::size_t total = 0;
  TRY(library.check(api.GetStringTensorDataLength(value, &total)));
  std::vector<char> content(total + 1);
  std::vector<std::size_t> offsets(elements);
  TRY(library.check(
      api.GetStringTensorContent(value, content.data(), total, offsets.data(), elements)));
  for (std::size_t i = 0; i < elements; ++i) {
    const std::size_t end = i + 1 < elements ? offsets[i + 1] : total;
    append_bytes_element(bytes, {content.data() + offsets[i], end - offsets[i]});
  }
  return ok_status();
}

}  // namespace skerry::serve::onnx
