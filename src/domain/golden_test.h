// SPDX-License-Identifier: Apache-2.0
//
// Golden documents of tests/golden/domain, and edits of them for tests of what is refused.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "data/json.h"
#include "sys/files.h"

namespace skerry {

inline std::string golden_text(const std::string& name) {
  const auto text =
      sys::read_file(sys::real_file_system(),
                     std::string(SKERRY_SOURCE_DIR "/tests/golden/domain/") + name, 1 << 20);
  EXPECT_TRUE(text.ok()) << name;
  return text.ok() ? *text : "";
}

inline json::Value golden(const std::string& name) {
  const auto value = json::parse(golden_text(name));
  EXPECT_TRUE(value.ok()) << name;
  return value.ok() ? *value : json::Value();
}

// `document` with the member at `pointer` (RFC 6901) set to the JSON text `value`, or taken out
// where `value` is empty.
inline json::Value edited(json::Value document, const std::string& pointer,
                          const std::string& value) {
  const auto slash = pointer.rfind('/');
  json::Object& parent = document.at_pointer(pointer.substr(0, slash)).as_object();
  const std::string key = pointer.substr(slash + 1);
  if (value.empty()) {
    parent.erase(key);
  } else {
    parent[key] = *json::parse(value);
  }
  return document;
}

}  // namespace skerry
