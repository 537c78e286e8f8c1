// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>

#include "app/command.h"
#include "app/state.h"
#include "base/ids.h"
#include "base/log.h"
#include "sys/files.h"

extern char** environ;

namespace skerry::app {
namespace {

// What the parser fills for one command.
struct Binding {
  const Command* command = nullptr;
  CLI::App* app = nullptr;
  std::map<std::string, std::string> values;
  std::map<std::string, bool> switches;
};

struct GlobalFlags {
  std::string state;
  std::string config;
  std::vector<std::string> overrides;
  bool json = false;
};

std::map<std::string, std::string> environment() {
  std::map<std::string, std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) {
      out[std::string(text.substr(0, equals))] = text.substr(equals + 1);
    }
  }
  return out;
}

void add_global_flags(CLI::App& app, GlobalFlags& global) {
  app.add_option("--state", global.state, "State folder")->envname("SKERRY_STATE");
  app.add_option("--config", global.config, "Configuration file (YAML)")->envname("SKERRY_CONFIG");
  app.add_option("--set", global.overrides, "Override a setting: --set site.reactors=2")
      ->take_all()
      ->allow_extra_args(false);
  app.add_flag("--json", global.json, "Print JSON on standard output");
}

void bind(Binding& binding, GlobalFlags& global) {
  CLI::App& app = *binding.app;
  for (const Argument& argument : binding.command->arguments) {
    std::string& value = binding.values[argument.name];
    value = argument.fallback.value_or("");
    CLI::Option* option = app.add_option(argument.name, value, argument.help);
    option->required(!argument.fallback);
  }
  for (const Flag& flag : binding.command->flags) {
    if (flag.boolean) {
      app.add_flag(flag.name, binding.switches[flag.name], flag.help);
      continue;
    }
    std::string& value = binding.values[flag.name];
    value = flag.fallback;
    CLI::Option* option = app.add_option(flag.name, value, flag.help)->required(flag.required);
    if (!flag.fallback.empty()) option->default_str(flag.fallback);
  }
  add_global_flags(app, global);
}

// "model build" becomes build under model.
CLI::App* command_app(CLI::App& root, const Command& command) {
  CLI::App* parent = &root;
  std::string rest = command.path;
  for (auto space = rest.find(' '); space != std::string::npos; space = rest.find(' ')) {
    const std::string noun = rest.substr(0, space);
    const auto named = [&](const CLI::App* app) { return app->get_name() == noun; };
    const std::vector<CLI::App*> found = parent->get_subcommands(named);
    CLI::App* group = found.empty() ? nullptr : found.front();
    if (group == nullptr) {
      group = parent->add_subcommand(noun, "");
      group->require_subcommand(1);
      if (command.hidden) group->group("");
    }
    parent = group;
    rest = rest.substr(space + 1);
  }
  CLI::App* app = parent->add_subcommand(rest, command.summary);
  if (command.hidden) app->group("");
  return app;
}

// A noun's help line lists its verbs.
void describe_groups(CLI::App& root) {
  for (CLI::App* group : root.get_subcommands([](CLI::App*) { return true; })) {
    std::string verbs;
    for (CLI::App* verb : group->get_subcommands([](CLI::App*) { return true; })) {
      verbs += (verbs.empty() ? "" : ", ") + verb->get_name();
    }
    if (!verbs.empty()) group->description(verbs);
  }
}

Result<Settings> load_settings(const GlobalFlags& global) {
  std::string yaml;
  if (!global.config.empty()) {
    yaml = TRY(sys::read_file(sys::real_file_system(), global.config, limits::kYamlBytesMax)
                   .with("configuration file"));
  }
  std::vector<std::pair<std::string, std::string>> overrides;
  for (const std::string& text : global.overrides) {
    const auto equals = text.find('=');
    if (equals == std::string::npos) return invalid_argument("--set takes path=value");
    overrides.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return Settings::load(yaml, global.config, environment(), overrides);
}

Result<log::Level> log_level(const std::string& text) {
  if (text == "debug") return log::Level::kDebug;
  if (text == "info") return log::Level::kInfo;
  if (text == "warning") return log::Level::kWarning;
  if (text == "error") return log::Level::kError;
  return invalid_argument("log.level is not debug, info, warning or error");
}

Result<Output> run_bound(const Binding& binding, const GlobalFlags& global) {
  Settings settings = TRY(load_settings(global));
  TRY(log::open(TRY(log_level(settings.text("log.level"))), settings.text("log.file")));
  std::map<std::string, std::string> values = binding.values;
  for (const auto& [name, on] : binding.switches) values[name] = on ? "true" : "false";
  values["state"] = TRY(state_folder(global.state, environment()));
  return binding.command->run(Invocation(std::move(settings), std::move(values), global.json));
}

int report(const Result<Output>& result, bool json) {
  if (!result.ok()) {
    std::cerr << "✕ " << result.error().message() << "\n";
    return static_cast<int>(result.error().code());
  }
  if (json && !result->json.is_null()) {
    std::cout << json::dump(result->json) << "\n";
  } else if (!json) {
    std::cout << result->text;
  }
  std::cout.flush();
  return result->exit_code;
}

std::vector<std::string> visible_commands(const CLI::App& group) {
  std::vector<std::string> names;
  for (const CLI::App* app : group.get_subcommands([](const CLI::App*) { return true; })) {
    if (!app->get_group().empty()) names.push_back(app->get_name());
  }
  return names;
}

// Says what is wrong with a command line that names no command; the parser's own words for any
// other.
int report_usage(const CLI::App& root, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return root.exit(error);  // Help or version was asked for.
  const CLI::App* group = &root;
  while (!group->get_subcommands().empty()) group = group->get_subcommands().front();
  const std::vector<std::string> commands = visible_commands(*group);
  if (commands.empty()) {
    root.exit(error);
    return kExitUsage;
  }
  const std::vector<std::string> words = group->remaining();
  if (words.empty()) {
    std::string all;
    for (const std::string& name : commands) all += (all.empty() ? "" : ", ") + name;
    std::cerr << "✕ " << group->get_name() << " needs a command: " << all << "\n";
  } else {
    const std::string near = nearest_word(words.front(), commands);
    std::cerr << "✕ unknown command \"" << words.front() << "\""
              << (near.empty() ? "" : "; did you mean \"" + near + "\"?") << "\n";
  }
  std::cerr << "Run with --help for more information.\n";
  return kExitUsage;
}

}  // namespace

int run_command_line(std::string_view program, std::string_view summary,
                     const std::vector<Command>& commands, int argc, const char* const* argv) {
  CLI::App root{std::string(summary), std::string(program)};
  root.require_subcommand(1);
  root.set_version_flag("--version", std::string(program) + " " + SKERRY_VERSION);
  root.failure_message(CLI::FailureMessage::simple);
  GlobalFlags global;
  add_global_flags(root, global);
  std::vector<Binding> bindings(commands.size());
  for (std::size_t i = 0; i < commands.size(); ++i) {
    bindings[i].command = &commands[i];
    bindings[i].app = command_app(root, commands[i]);
    bind(bindings[i], global);
  }
  describe_groups(root);
  try {
    root.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return report_usage(root, e);
  }
  for (const Binding& binding : bindings) {
    if (binding.app->parsed()) return report(run_bound(binding, global), global.json);
  }
  return kExitUsage;
}

}  // namespace skerry::app
