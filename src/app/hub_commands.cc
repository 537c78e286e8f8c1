// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <iostream>

#include "app/commands.h"
#include "app/roles.h"
#include "loop/enrol.h"
#include "sys/random.h"
#include "sys/signals.h"

namespace skerry::app {
namespace {

Result<Output> run(const Invocation& call) {
  const std::unique_ptr<sys::StopSignal> stop = TRY(sys::StopSignal::install());
  const std::unique_ptr<HubRole> role =
      TRY(HubRole::start(call.settings(), call.value("state"), call.settings().text("hub.listen"),
                         call.settings().text("registry.listen")));
  std::cerr << fmt::format("hub       {}\nregistry  {}\n", role->hub().api_url(),
                           role->hub().registry_url());
  stop->wait();
  role->hub().stop(kStopGrace);
  return Output{};
}

Result<Output> enroll(const Invocation& call) {
  const std::string& state = call.value("state");
  sys::FileSystem& fs = sys::real_file_system();
  std::string registry = call.value("--registry");
  if (registry.empty()) registry = TRY(address_of(state, "registry"));
  net::TokenFolder tokens(fs, sys::join_path(state, "tokens"));
  loop::EnrolledSites sites(fs, sys::join_path(state, "hub/sites"));
  const Enrolment enrolment = TRY(sites.enrol(call.value("SITE"), call.value("--ring"), registry,
                                              tokens, sys::system_random()));
  TRY(sys::write_file_atomically(fs, call.value("--out"),
                                 json::dump_pretty(enrolment_to_json(enrolment)), 0600));
  return Output{
      fmt::format("✓ {} is enrolled in ring {}; start it with\n\n  skerry-site run "
                  "--enrolment {}\n",
                  enrolment.site, enrolment.ring, call.value("--out")),
      json::Object{
          {"site", enrolment.site}, {"ring", enrolment.ring}, {"file", call.value("--out")}},
      0};
}

}  // namespace

std::vector<Command> hub_commands() {
  return {{"hub run", "Run a hub with its registry", {}, {}, run},
          {"site enroll",
           "Enrol a site: write the file it starts from",
           {{"SITE", "Name of the site", {}}},
           {{"--ring", "Ring of the site", "main"},
            {"--registry", "URL at which the site reaches the registry", ""},
            {"--out", "File to write, mode 0600", "", true}},
           enroll}};
}

}  // namespace skerry::app
