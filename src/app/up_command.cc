// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <iostream>
#include <string>
#include <vector>

#include "app/commands.h"
#include "app/local_sites.h"
#include "app/roles.h"
#include "sys/signals.h"

namespace skerry::app {
namespace {

constexpr std::chrono::milliseconds kSupervisePeriod{200};

// Prints the sites that listen by now and keeps the others in `waiting`.
void announce(const LocalSites& sites, std::vector<std::string>& waiting) {
  std::erase_if(waiting, [&](const std::string& name) {
    const Result<std::string> url = sites.url(name);
    if (url.ok()) std::cerr << fmt::format("{:<9} {}  ring main\n", name, *url);
    return url.ok();
  });
}

Result<Output> up(const Invocation& call) {
  const std::string& state = call.value("state");
  const std::int64_t count = TRY(call.integer("--sites"));
  if (count < 0 || count > 100) return invalid_argument("--sites is not 0 to 100");
  const std::unique_ptr<sys::StopSignal> stop = TRY(sys::StopSignal::install());
  const std::unique_ptr<HubRole> role =
      TRY(HubRole::start(call.settings(), state, call.settings().text("hub.listen"),
                         call.settings().text("registry.listen")));
  std::cerr << fmt::format("hub       {}\nregistry  {}\n", role->hub().api_url(),
                           role->hub().registry_url());
  LocalSites sites(call.settings(), state);
  TRY(sites.open());
  std::vector<std::string> waiting;
  for (int i = 0; i < count; ++i) {
    const std::string listen = TRY(shift_port(call.settings().text("site.listen"), 10 * i));
    const std::string name = fmt::format("site-{}", i + 1);
    TRY(sites.start(name, "main", listen, role->hub().registry_url(), role->tokens()));
    waiting.push_back(name);
  }
  std::cerr << "Ctrl-C ends it cleanly.\n";
  while (sys::sleep_unless_stopped(stop->token(), kSupervisePeriod)) {
    sites.supervise();
    announce(sites, waiting);
  }
  sites.stop();
  role->hub().stop(kStopGrace);
  return Output{};
}

}  // namespace

std::vector<Command> up_commands() {
  return {{"up",
           "Run a hub, its registry and local sites until interrupted",
           {},
           {{"--sites", "Sites on this machine", "1"}},
           up}};
}

}  // namespace skerry::app
