// SPDX-License-Identifier: Apache-2.0
//
// The hub's rollout controller (step 2): the only writer of fleet/<ring>:desired. A site follows
// what it finds there; the controller never calls a site. Threads: internally synchronised; one
// controller for a registry.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/mutex.h"
#include "base/result.h"
#include "domain/model_ref.h"
#include "domain/site_spec.h"
#include "registry/registry.h"

namespace skerry::loop {

class RolloutController {
 public:
  struct Options {
    SiteIntervals intervals;  // Written into every new SiteSpec.
    std::uint64_t bundle_bytes_max = 4ull << 30;
  };

  RolloutController(registry::Registry& registry, Options options)
      : registry_(registry), options_(options) {}

  // Makes `model` the current one of `ring`; the one before becomes its previous. Starting what is
  // current already changes nothing. Returns the ring's desired state.
  // Errors: kNotFound for the model, kInvalidArgument for a bundle that does not open or a bad
  // ring, kFailedPrecondition when it computes its features differently from the one in service.
  Result<SiteSpec> start(const ModelRef& model, const std::string& ring);

  // Desired state of every ring, by ring.
  Result<std::map<std::string, SiteSpec>> rings();

 private:
  Result<std::map<std::string, SiteSpec>> read_rings() SKERRY_REQUIRES(mutex_);
  Result<Digest> pipeline_of(const std::string& name, const Digest& digest);
  Status write(const SiteSpec& spec);

  registry::Registry& registry_;
  const Options options_;
  Mutex mutex_;  // Makes reading the highest generation and writing the next one step.
};

}  // namespace skerry::loop
