// SPDX-License-Identifier: Apache-2.0
//
// Commands of a site that skerry and skerry-site share.
#include "app/commands.h"
#include "app/site_role.h"

namespace skerry::app {
namespace {

Result<Output> run(const Invocation& call) {
  const std::string& flag = call.value("--enrolment");
  TRY(run_site(call.settings(), call.value("state"),
               flag.empty() ? call.settings().text("site.enrolment") : flag));
  return Output{};
}

Command run_command(std::string path) {
  return {std::move(path),
          "Run a site: serve models, follow the ring",
          {},
          {{"--enrolment", "File that `skerry site enroll` wrote", ""}},
          run};
}

}  // namespace

std::vector<Command> site_run_commands() { return {run_command("site run")}; }

std::vector<Command> site_program_commands() {
  std::vector<Command> commands{run_command("run")};
  for (auto* noun : {token_commands, config_commands}) {
    for (Command& command : noun()) commands.push_back(std::move(command));
  }
  return commands;
}

}  // namespace skerry::app
