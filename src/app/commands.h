// SPDX-License-Identifier: Apache-2.0
//
// The subcommands, one function a noun; each file holds what its noun does. skerry takes all of
// them, skerry-site only those of a site.
#pragma once

#include <vector>

#include "app/command.h"

namespace skerry::app {

std::vector<Command> token_commands();
std::vector<Command> config_commands();
std::vector<Command> train_commands();
std::vector<Command> worker_commands();
std::vector<Command> model_commands();
std::vector<Command> registry_commands();
std::vector<Command> rollout_commands();
std::vector<Command> hub_commands();  // hub run and site enroll
std::vector<Command> site_run_commands();
std::vector<Command> site_program_commands();  // run, token, config: of skerry-site
std::vector<Command> up_commands();
std::vector<Command> score_commands();
std::vector<Command> demo_commands();

}  // namespace skerry::app
