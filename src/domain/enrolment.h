// SPDX-License-Identifier: Apache-2.0
//
// What a site is given once, by hand, to join: `skerry site enroll` writes it with mode 0600.
// Format: docs/formats/enrolment.md.
#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "data/json.h"

namespace skerry {

struct Enrolment {
  std::string site;
  std::string ring;
  std::string registry;                          // Base URL.
  std::string storage;                           // Base URL; empty until there is a data channel.
  std::string token;                             // Role site:<site>.
  std::string hub_key;                           // PEM; empty while trust is digest-only.
  std::map<std::string, std::string> hmac_keys;  // Key id to file path at the site.
};

Result<Enrolment> enrolment_from_json(const json::Value& value);
json::Object enrolment_to_json(const Enrolment& enrolment);

}  // namespace skerry
