// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "train/booster_document.h"

// Every document that is accepted can be walked: each path from the root ends in a leaf.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace skerry::train;
  const auto document = read_booster({reinterpret_cast<const char*>(data), size});
  if (!document.ok()) return 0;
  SKERRY_CHECK(document->base_score.size() == document->groups);
  for (const BoosterTree& tree : document->trees) {
    SKERRY_CHECK(tree.group < document->groups);
    std::size_t leaves = 0;
    std::vector<std::int32_t> open = {0};
    while (!open.empty()) {
      const BoosterNode& node = tree.nodes.at(static_cast<std::size_t>(open.back()));
      open.pop_back();
      leaves += node.is_leaf() ? 1 : 0;
      SKERRY_CHECK(node.first_category + node.category_count <= tree.categories.size());
      if (node.is_leaf()) continue;
      SKERRY_CHECK(node.feature < document->features);
      open.push_back(node.left);
      open.push_back(node.right);
    }
    SKERRY_CHECK(leaves > 0 && leaves <= tree.nodes.size());
  }
  return 0;
}
