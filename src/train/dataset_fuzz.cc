// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/digest.h"
#include "train/dataset_file.h"

// What is read is written back byte for byte. The input is tried as it is and with a checksum that
// fits, so that the fuzzer reaches what stands behind the checksum.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  for (const std::string& tried : {bytes, bytes + skerry::Digest::of(bytes).hex()}) {
    const auto dataset = skerry::train::decode_dataset(tried);
    if (dataset) SKERRY_CHECK(skerry::train::encode_dataset(*dataset) == tried);
  }
  return 0;
}
