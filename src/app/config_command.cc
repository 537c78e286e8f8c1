// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "app/commands.h"

namespace skerry::app {
namespace {

Result<Output> show(const Invocation& call) {
  const json::Array rows = call.settings().show();
  std::string text;
  for (const json::Value& row : rows) {
    const json::Object& setting = row.get_object();
    text += fmt::format("{:<26} {:<24} {}\n", TRY(json::get_string(setting, "path")),
                        TRY(json::get_string(setting, "value")),
                        TRY(json::get_string(setting, "origin")));
  }
  return Output{std::move(text), rows, 0};
}

// The settings were loaded before any command runs, so a wrong one never comes this far.
Result<Output> check(const Invocation&) { return Output{"ok\n", json::Object{{"ok", true}}, 0}; }

Result<Output> schema(const Invocation& call) {
  if (call.flag("--markdown")) return Output{settings_page(), settings_schema(), 0};
  return Output{json::dump_pretty(settings_schema()), settings_schema(), 0};
}

}  // namespace

std::vector<Command> config_commands() {
  return {
      {"config show", "Print every setting with its value and origin", {}, {}, show},
      {"config check", "Check the configuration", {}, {}, check},
      {"config schema",
       "Print the JSON Schema of the configuration file",
       {},
       {{"--markdown", "Print the reference page instead", "", false, true}},
       schema},
  };
}

}  // namespace skerry::app
