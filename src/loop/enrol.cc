// SPDX-License-Identifier: Apache-2.0
#include "loop/enrol.h"

#include "base/ids.h"
#include "base/log.h"
#include "data/json.h"

namespace skerry::loop {
namespace {

constexpr std::size_t kRecordBytesMax = 4096;

Result<std::string> read_ring(sys::FileSystem& files, const std::string& path) {
  const json::Value record =
      TRY(json::parse(TRY(sys::read_file(files, path, kRecordBytesMax))).with(path));
  return json::get_string(*TRY(json::as_object(record, path)), "ring").with(path);
}

}  // namespace

Result<Enrolment> EnrolledSites::enrol(const std::string& site, const std::string& ring,
                                       const std::string& registry_url, net::TokenFolder& tokens,
                                       sys::Random& random) {
  TRY(check_name(site).with("site"));
  TRY(check_name(ring).with("ring"));
  Enrolment enrolment;
  enrolment.site = site;
  enrolment.ring = ring;
  enrolment.registry = registry_url;
  enrolment.token = TRY(tokens.create(net::Principal{net::Role::kSite, site}, random));
  TRY(files_.make_directories(folder_));
  json::Object record;
  record["ring"] = ring;
  TRY(sys::write_file_atomically(files_, sys::join_path(folder_, site + ".json"),
                                 json::dump_pretty(record)));
  return enrolment;
}

std::optional<std::string> EnrolledSites::ring_of(std::string_view site) const {
  if (!check_name(site).ok()) return std::nullopt;
  const std::string path = sys::join_path(folder_, std::string(site) + ".json");
  const Result<std::string> ring = read_ring(files_, path);
  if (ring.ok()) return *ring;
  if (ring.error().code() != Code::kNotFound) log::error("{}", ring.error().to_string());
  return std::nullopt;
}

}  // namespace skerry::loop
