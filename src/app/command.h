// SPDX-License-Identifier: Apache-2.0
//
// The command line as data: each subcommand is one row in a table; only cli.cc knows the parser
// library. Data goes to standard output, everything else to standard error; the exit code is that
// of the error.
#pragma once

#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/settings.h"
#include "base/result.h"
#include "data/json.h"

namespace skerry::app {

struct Argument {
  std::string name;  // "RUN"; required unless `fallback` is set.
  std::string help;
  std::optional<std::string> fallback;
};

struct Flag {
  std::string name;  // "--ring"
  std::string help;
  std::string fallback;
  bool required = false;
  bool boolean = false;  // Takes no value.
};

// One call of a command with its values, defaults filled in.
class Invocation {
 public:
  Invocation(Settings settings, std::map<std::string, std::string> values, bool json)
      : settings_(std::move(settings)), values_(std::move(values)), json_(json) {}

  const Settings& settings() const { return settings_; }
  // By the name in the table; an unknown name is an invariant broken.
  const std::string& value(std::string_view name) const;
  bool flag(std::string_view name) const { return value(name) == "true"; }
  // Errors: kInvalidArgument naming the flag.
  Result<std::int64_t> integer(std::string_view name) const;
  bool json() const { return json_; }

 private:
  Settings settings_;
  std::map<std::string, std::string> values_;
  bool json_;
};

// What a command hands back for standard output: text for people, JSON with --json.
struct Output {
  std::string text;
  json::Value json;
  int exit_code = 0;
};

struct Command {
  std::string path;  // "model build"
  std::string summary;
  std::vector<Argument> arguments;
  std::vector<Flag> flags;
  std::function<Result<Output>(const Invocation&)> run;
  bool hidden = false;
};

// Exit codes: 0, or the number of the error's code (base/result.h); 64 for a wrong command line; 1
// for a command whose output says which part of its work failed.
inline constexpr int kExitIncomplete = 1;
inline constexpr int kExitUsage = 64;

// Parses the command line, loads the settings, runs the command, prints what it gave.
int run_command_line(std::string_view program, std::string_view summary,
                     const std::vector<Command>& commands, int argc, const char* const* argv);

}  // namespace skerry::app
