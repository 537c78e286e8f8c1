// SPDX-License-Identifier: Apache-2.0
//
// skerry: every role of the platform.
#include <exception>
#include <iostream>
#include <vector>

#include "app/commands.h"

int main(int argc, char** argv) {
  using namespace skerry::app;
  try {
    std::vector<Command> commands;
    for (auto* noun : {demo_commands, up_commands, train_commands, model_commands, rollout_commands,
                       score_commands, site_run_commands, hub_commands, registry_commands,
                       token_commands, config_commands, worker_commands}) {
      for (Command& command : noun()) commands.push_back(std::move(command));
    }
    return run_command_line("skerry", "Edge AI: train, package, push, deploy, score.", commands,
                            argc, argv);
  } catch (const std::exception& e) {
    // Only a defect or exhausted memory arrives here: everything expected is a Result.
    std::cerr << "✕ unexpected: " << e.what() << "\n";
    return 70;
  }
}
