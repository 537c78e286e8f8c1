// SPDX-License-Identifier: Apache-2.0
//
// Finds the route of a path: patterns are cut into segments once and kept as a tree.
// Threads: immutable after build().
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/server.h"

namespace skerry::net {

class Router {
 public:
  enum class Outcome {
    kFound,
    kNoPath,    // 404
    kNoMethod,  // 405, with the methods there are in `allow`
    kBadPath,   // 400: broken percent-encoding, a NUL, or a "." or ".." segment
  };
  struct Match {
    Outcome outcome = Outcome::kNoPath;
    std::size_t route = 0;  // Index into the span given to build().
    std::string allow;
  };

  // Errors: kInvalidArgument for a malformed pattern, a route without exactly one of handler and
  // receiver, and a pair of equal routes.
  static Result<Router> build(std::span<const Route> routes);

  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;
  ~Router();

  // The route of `method` and `path`; its values go to `parameters`, whose storage is reused. A
  // literal segment beats {name}, which beats {rest*}; {name} takes one segment that is not empty,
  // {rest*} what is left, if only "". GET routes answer HEAD where there is no HEAD route.
  Match find(std::string_view method, std::string_view path,
             std::vector<std::string>& parameters) const;

 private:
  struct Node;
  explicit Router(std::unique_ptr<Node> root);

  std::unique_ptr<Node> root_;
};

}  // namespace skerry::net
