// SPDX-License-Identifier: Apache-2.0
//
// One inference request from its bytes to the bytes of its answer, whatever brought it here (step
// 3). Runs on the caller's thread: no queue and no hop, because a small model is cheaper than
// either. Threads: internally synchronised; each thread keeps memory of its own for parsing and
// tensors.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "serve/oip_request.h"
#include "serve/repository.h"
#include "sys/clock.h"

namespace skerry::serve {

struct InferReply {
  std::string body;
  // Length of the JSON part, when tensors follow it in binary form.
  std::optional<std::size_t> json_bytes;
};

// "3" as a version; nullopt for an empty text. Errors: kInvalidArgument for anything but digits.
Result<std::optional<std::int64_t>> parse_version(std::string_view text);

// `version` is what the path says, empty for the version in service. `reply` is replaced; after an
// error its content means nothing. Errors: those of acquire(), InferRequest::read() and
// Model::infer().
Status oip_infer(const ModelRepository& models, sys::Clock& clock, std::string_view name,
                 std::string_view version, const InferBody& body, InferReply& reply);

}  // namespace skerry::serve
