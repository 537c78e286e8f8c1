// SPDX-License-Identifier: Apache-2.0
//
// Bounds on what comes from outside and is shared by several folders; a bound used by one folder
// stands in that folder's options struct.
#pragma once

#include <cstddef>
#include <cstdint>

namespace skerry::limits {

inline constexpr std::size_t kJsonDepthMax = 100;        // Triton refuses deeper nesting as well.
inline constexpr std::size_t kJsonBytesMax = 64u << 20;  // One request body or document.
inline constexpr std::size_t kYamlBytesMax = 1u << 20;   // Recipes, configuration, policies.
inline constexpr std::size_t kManifestBytesMax =
    4u << 20;  // OCI distribution-spec 1.1.1 asks for 4 MiB.
inline constexpr std::uint64_t kBlobBytesMax = 16ull << 30;
inline constexpr std::size_t kTensorElementsMax = 16u << 20;
inline constexpr std::size_t kFeaturesMax = 32767;  // 15 bits of a tree node index a feature.

}  // namespace skerry::limits
