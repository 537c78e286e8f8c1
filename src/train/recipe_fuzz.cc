// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "train/recipe.h"

// A recipe either reads or says why not; the same text gives the same answer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto recipe = skerry::train::parse_recipe(text);
  const auto again = skerry::train::parse_recipe(text);
  SKERRY_CHECK(recipe.ok() == again.ok());
  if (!recipe) SKERRY_CHECK(!recipe.error().message().empty());
  return 0;
}
