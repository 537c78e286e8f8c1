// SPDX-License-Identifier: Apache-2.0
#include "app/site_role.h"

#include <iostream>
#include <optional>

#include "app/roles.h"
#include "app/state.h"
#include "app/wiring.h"
#include "base/log.h"
#include "domain/enrolment.h"
#include "loop/site.h"
#include "registry/remote/client.h"
#include "sys/clock.h"
#include "sys/signals.h"

namespace skerry::app {
namespace {

constexpr std::size_t kEnrolmentBytesMax = 64u << 10;

Result<std::optional<Enrolment>> read_enrolment(const std::string& path) {
  if (path.empty()) return std::optional<Enrolment>();
  const std::string text =
      TRY(sys::read_file(sys::real_file_system(), path, kEnrolmentBytesMax).with("enrolment"));
  return std::optional(TRY(enrolment_from_json(TRY(json::parse(text))).with(path)));
}

Result<std::unique_ptr<registry::Registry>> open_site_registry(const Enrolment& enrolment,
                                                               net::Client& client) {
  registry::RemoteRegistry::Options options;
  options.url = enrolment.registry;
  options.credentials.token = enrolment.token;
  return std::unique_ptr<registry::Registry>(
      TRY(registry::RemoteRegistry::create(client, sys::real_clock(), std::move(options))));
}

Result<loop::SiteOptions> site_options(const Settings& settings, const std::string& state,
                                       const std::optional<Enrolment>& enrolment) {
  loop::SiteOptions options;
  options.site = enrolment ? enrolment->site : "local";
  options.ring = enrolment ? enrolment->ring : "";
  options.folder = sys::join_path(state, "sites/" + options.site);
  if (!enrolment) options.bundle_path = settings.text("site.models");
  const std::string& listen = settings.text("site.listen");
  options.api = TRY(server_options(settings, listen));
  options.api.reactors = static_cast<int>(settings.integer("site.reactors"));
  const std::string& metrics = settings.text("site.metrics_listen");
  options.metrics =
      TRY(server_options(settings, metrics.empty() ? TRY(shift_port(listen, 2)) : metrics));
  options.assets_max = static_cast<std::size_t>(settings.integer("site.assets_max"));
  if (!settings.text("site.poll").empty()) {
    options.poll_interval = std::chrono::milliseconds(settings.milliseconds("site.poll"));
  }
  options.version = SKERRY_VERSION;
  return options;
}

}  // namespace

Status run_site(const Settings& settings, const std::string& state,
                const std::string& enrolment_path) {
  // The runtime sets an environment variable, so it is opened before any thread starts.
  const std::unique_ptr<serve::Runtime> runtime = TRY(open_runtime(settings));
  const std::unique_ptr<sys::StopSignal> stop = TRY(sys::StopSignal::install());
  const std::optional<Enrolment> enrolment = TRY(read_enrolment(enrolment_path));
  loop::SiteOptions options = TRY(site_options(settings, state, enrolment));
  const sys::FolderLock lock = TRY(sys::FolderLock::acquire(options.folder));
  TRY(own_token(state));
  net::TokenFolder tokens(sys::real_file_system(), sys::join_path(state, "tokens"));
  const std::unique_ptr<net::Client> client = TRY(make_client(settings));
  std::unique_ptr<registry::Registry> registry;
  if (enrolment) registry = TRY(open_site_registry(*enrolment, *client));
  const loop::SiteTools tools{sys::real_file_system(), sys::real_clock(), *runtime, tokens,
                              registry.get()};
  const std::string role = "sites/" + options.site;
  const std::unique_ptr<loop::Site> site = TRY(loop::Site::start(tools, std::move(options)));
  const AddressFile address = TRY(AddressFile::write(state, role, site->url()));
  log::info("site serves at {} with {}, metrics at {}", site->url(), runtime->version(),
            site->metrics_url());
  stop->wait();
  log::info("site stops");
  site->stop(kStopGrace);
  return ok_status();
}

}  // namespace skerry::app
