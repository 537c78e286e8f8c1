// SPDX-License-Identifier: Apache-2.0
//
// How people and files name a model.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace skerry {

// "turbofan-rul:v3": a model's name and a tag or a version of it.
struct ModelRef {
  std::string name;
  std::string tag;

  // Errors: kInvalidArgument.
  static Result<ModelRef> parse(std::string_view text);
  std::string to_string() const { return name + ":" + tag; }
  // "models/<name>", its repository in a registry.
  std::string repository() const { return "models/" + name; }
};

// "v7" for 7.
std::string version_tag(std::int64_t version);

}  // namespace skerry
