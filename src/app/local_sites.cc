// SPDX-License-Identifier: Apache-2.0
#include "app/local_sites.h"

#include "app/state.h"
#include "domain/enrolment.h"
#include "loop/enrol.h"
#include "sys/clock.h"
#include "sys/files.h"
#include "sys/process.h"
#include "sys/random.h"

namespace skerry::app {
namespace {

constexpr std::string_view kEnrolmentFile = "enrolment.json";
constexpr std::size_t kEnrolmentBytesMax = 64u << 10;

}  // namespace

Status LocalSites::open() {
  deploy::LocalDeployer::Options options;
  options.program = sys::join_path(sys::parent_path(TRY(sys::executable_path())), "skerry-site");
  if (!sys::exists(sys::real_file_system(), options.program)) {
    return not_found("no skerry-site beside this program (" + options.program + ")");
  }
  options.arguments = {"run"};
  options.sites_folder = sys::join_path(state_, "sites");
  deployer_ = std::make_unique<deploy::LocalDeployer>(sys::real_file_system(), sys::real_clock(),
                                                      sys::real_process_launcher(), options);
  return ok_status();
}

Status LocalSites::start(const std::string& site, const std::string& ring,
                         const std::string& listen, const std::string& registry_url,
                         net::TokenFolder& tokens, const std::string& poll) {
  const std::string folder = sys::join_path(state_, "sites/" + site);
  deploy::SiteHost host;
  host.site = site;
  host.secrets[std::string(kEnrolmentFile)] = TRY(enrolment(site, ring, registry_url, tokens));
  host.configuration["SKERRY_STATE"] = state_;
  host.configuration["SKERRY_SITE_ENROLMENT"] = sys::join_path(folder, kEnrolmentFile);
  host.configuration["SKERRY_SITE_LISTEN"] = listen;
  host.configuration["SKERRY_LOG_FILE"] = "";  // The deployer collects standard error.
  for (const char* path :
       {"tls.certificate", "tls.key", "tls.ca", "site.reactors", "site.assets_max", "site.poll",
        "ort.library", "http.allowed_hosts", "log.level"}) {
    host.configuration[variable_name(path)] = settings_.text(path);
  }
  if (!poll.empty()) host.configuration["SKERRY_SITE_POLL"] = poll;
  // What a process that was killed left behind would pass for the new one's.
  const Status removed = sys::real_file_system().remove(sys::join_path(folder, "address"));
  if (!removed.ok() && removed.error().code() != Code::kNotFound) return removed;
  return deployer_->ensure(host);
}

Result<std::string> LocalSites::url(const std::string& site) const {
  return address_of(state_, "sites/" + site);
}

Result<std::string> LocalSites::enrolment(const std::string& site, const std::string& ring,
                                          const std::string& registry_url,
                                          net::TokenFolder& tokens) {
  sys::FileSystem& fs = sys::real_file_system();
  const std::string path =
      sys::join_path(state_, "sites/" + site + "/" + std::string(kEnrolmentFile));
  const Result<std::string> text = sys::read_file(fs, path, kEnrolmentBytesMax);
  if (text.ok()) {
    const Enrolment stored = TRY(enrolment_from_json(TRY(json::parse(*text))).with(path));
    const bool known = tokens.authenticate(stored.token).ok();
    if (known && stored.ring == ring && stored.registry == registry_url) return *text;
  }
  loop::EnrolledSites sites(fs, sys::join_path(state_, "hub/sites"));
  return json::dump_pretty(
      enrolment_to_json(TRY(sites.enrol(site, ring, registry_url, tokens, sys::system_random()))));
}

}  // namespace skerry::app
