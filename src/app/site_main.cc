// SPDX-License-Identifier: Apache-2.0
//
// skerry-site: a site and nothing else; the site image carries it.
#include <exception>
#include <iostream>

#include "app/commands.h"

int main(int argc, char** argv) {
  using namespace skerry::app;
  try {
    return run_command_line("skerry-site", "A Skerry site: serves models and follows its ring.",
                            site_program_commands(), argc, argv);
  } catch (const std::exception& e) {
    // Only a defect or exhausted memory arrives here: everything expected is a Result.
    std::cerr << "✕ unexpected: " << e.what() << "\n";
    return 70;
  }
}
