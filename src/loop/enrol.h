// SPDX-License-Identifier: Apache-2.0
//
// Enrolment of sites at the hub: a token for the site, and a record of its ring, so that the
// registry knows which desired state it may read. Works beside a running hub. Threads: functions
// may be called from any thread. Format: docs/formats/enrolment.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/enrolment.h"
#include "net/auth.h"
#include "sys/files.h"
#include "sys/random.h"

namespace skerry::loop {

class EnrolledSites {
 public:
  // `folder` holds one file a site: <site>.json with its ring.
  EnrolledSites(sys::FileSystem& files, std::string folder)
      : files_(files), folder_(std::move(folder)) {}

  // Makes a token and records the site, replacing an earlier enrolment under that name. Durable on
  // return. Errors: kInvalidArgument for a bad name.
  Result<Enrolment> enrol(const std::string& site, const std::string& ring,
                          const std::string& registry_url, net::TokenFolder& tokens,
                          sys::Random& random);

  // The ring of a site; nullopt when it was never enrolled.
  std::optional<std::string> ring_of(std::string_view site) const;

 private:
  sys::FileSystem& files_;
  const std::string folder_;
};

}  // namespace skerry::loop
