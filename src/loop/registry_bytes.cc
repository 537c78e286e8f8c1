// SPDX-License-Identifier: Apache-2.0
#include "loop/registry_bytes.h"

#include <algorithm>
#include <span>

namespace skerry::loop {

Result<std::string> read_blob(registry::Registry& registry, const std::string& repository,
                              const oci::Descriptor& descriptor, std::uint64_t bytes_max) {
  if (descriptor.size_bytes > bytes_max) {
    return Error(Code::kResourceExhausted, "blob " + descriptor.digest.to_string() + " has " +
                                               std::to_string(descriptor.size_bytes) +
                                               " bytes, the limit is " + std::to_string(bytes_max));
  }
  std::string bytes;
  TRY(registry.get_blob(repository, descriptor.digest, 0, [&](std::string_view part) -> Status {
    if (part.size() > descriptor.size_bytes - bytes.size()) {
      return data_loss("the registry sends more than the blob's size");
    }
    bytes += part;
    return ok_status();
  }));
  if (bytes.size() < descriptor.size_bytes) {
    return unavailable("blob " + descriptor.digest.to_string() + " was cut off");
  }
  if (Digest::of(bytes, descriptor.digest.algorithm()) != descriptor.digest) {
    return data_loss("blob " + descriptor.digest.to_string() + " arrived with another digest");
  }
  return bytes;
}

Result<oci::Descriptor> write_blob(registry::Registry& registry, const std::string& repository,
                                   std::string_view media_type, std::string_view bytes) {
  oci::Descriptor descriptor{std::string(media_type), Digest::of(bytes), bytes.size(), "", {}, {}};
  TRY(registry.put_blob(repository, descriptor,
                        [bytes](std::uint64_t offset, std::span<char> out) -> Result<std::size_t> {
                          if (offset >= bytes.size()) return std::size_t{0};
                          const std::string_view rest = bytes.substr(offset);
                          const std::size_t count = std::min(out.size(), rest.size());
                          std::ranges::copy(rest.substr(0, count), out.begin());
                          return count;
                        }));
  return descriptor;
}

}  // namespace skerry::loop
