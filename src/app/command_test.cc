// SPDX-License-Identifier: Apache-2.0
#include "app/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/commands.h"
#include "sys/files.h"

namespace skerry::app {
namespace {

using testing::HasSubstr;

struct Printed {
  int code = 0;
  std::string out;
  std::string err;
};

Printed run(const std::vector<Command>& commands, std::vector<const char*> arguments) {
  const Result<sys::TemporaryFolder> state = sys::TemporaryFolder::create("skerry-command");
  EXPECT_TRUE(state.ok());
  arguments.insert(arguments.begin(), {"skerry"});
  // Global flags are taken on either side of the command.
  arguments.insert(arguments.begin() + 1, {"--state", state->path().c_str()});
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Printed printed;
  printed.code = run_command_line("skerry", "A program.", commands,
                                  static_cast<int>(arguments.size()), arguments.data());
  printed.out = testing::internal::GetCapturedStdout();
  printed.err = testing::internal::GetCapturedStderr();
  return printed;
}

// Prints what it was called with.
std::vector<Command> sample() {
  const auto show = [](const Invocation& call) -> Result<Output> {
    const std::int64_t count = TRY(call.integer("--count"));
    json::Object json{
        {"name", call.value("NAME")}, {"count", count}, {"loud", call.flag("--loud")}};
    return Output{call.value("NAME") + " " + std::to_string(count) + "\n", std::move(json), 0};
  };
  const auto fail = [](const Invocation&) -> Result<Output> { return not_found("no such thing"); };
  const auto partly = [](const Invocation&) -> Result<Output> {
    return Output{"half\n", json::Value(), kExitIncomplete};
  };
  return {{"thing show",
           "Show a thing",
           {{"NAME", "Its name", {}}},
           {{"--count", "How many", "3"}, {"--loud", "Loudly", "", false, true}},
           show},
          {"thing fail", "Fail", {}, {}, fail},
          {"thing try", "Half of it", {}, {}, partly},
          {"need", "Needs a flag", {}, {{"--must", "Must be there", "", true}}, fail},
          {"secret work", "Not for people", {}, {}, fail, true}};
}

TEST(RunCommandLine, GivesValuesDefaultsAndSwitches) {
  EXPECT_EQ(run(sample(), {"thing", "show", "a"}).out, "a 3\n");
  EXPECT_EQ(run(sample(), {"thing", "show", "a", "--count", "5"}).out, "a 5\n");
  EXPECT_EQ(run(sample(), {"thing", "show", "--loud", "a", "--json"}).out,
            "{\"name\":\"a\",\"count\":3,\"loud\":true}\n");
  EXPECT_EQ(run(sample(), {"--json", "thing", "show", "a"}).out,
            "{\"name\":\"a\",\"count\":3,\"loud\":false}\n");
}

TEST(RunCommandLine, ErrorBecomesItsCodeAndOneLine) {
  const Printed failed = run(sample(), {"thing", "fail"});
  EXPECT_EQ(failed.code, 5);
  EXPECT_EQ(failed.out, "");
  EXPECT_EQ(failed.err, "✕ no such thing\n");
  const Printed number = run(sample(), {"thing", "show", "a", "--count", "x"});
  EXPECT_EQ(number.code, 3);
  EXPECT_THAT(number.err, HasSubstr("--count takes a whole number"));
  EXPECT_EQ(run(sample(), {"thing", "try"}).code, 1);
  EXPECT_EQ(run(sample(), {"thing", "try"}).out, "half\n");
}

TEST(RunCommandLine, WrongUseIsExplained) {
  struct Case {
    std::vector<const char*> arguments;
    const char* says;
  };
  for (const Case& c : {Case{{}, "skerry needs a command: thing, need"},
                        {{"thing"}, "thing needs a command: show, fail, try"},
                        {{"thnig"}, "unknown command \"thnig\""},
                        {{"things"}, "did you mean \"thing\"?"},
                        {{"thing", "shows", "a"}, "did you mean \"show\"?"},
                        {{"secrets"}, "unknown command \"secrets\"\n"},
                        {{"thing", "show"}, "NAME is required"},
                        {{"thing", "show", "a", "b"}, "b"},
                        {{"thing", "show", "a", "--cuont", "3"}, "--cuont"},
                        {{"need"}, "--must is required"}}) {
    const Printed printed = run(sample(), c.arguments);
    EXPECT_EQ(printed.code, kExitUsage) << printed.err;
    EXPECT_EQ(printed.out, "");
    EXPECT_THAT(printed.err, HasSubstr(c.says));
    EXPECT_THAT(printed.err, HasSubstr("--help"));
  }
}

TEST(RunCommandLine, HelpListsWhatPeopleUse) {
  const Printed root = run(sample(), {"--help"});
  EXPECT_EQ(root.code, 0);
  EXPECT_THAT(root.out, HasSubstr("show, fail, try"));
  EXPECT_THAT(root.out, testing::Not(HasSubstr("secret")));
  const Printed show = run(sample(), {"thing", "show", "--help"});
  EXPECT_THAT(show.out, HasSubstr("Its name"));
  EXPECT_THAT(show.out, HasSubstr("3"));
  EXPECT_THAT(run(sample(), {"--version"}).out, HasSubstr(SKERRY_VERSION));
}

TEST(RunCommandLine, SettingsAreCheckedBeforeTheCommandRuns) {
  const Printed wrong = run(sample(), {"--set", "site.reactors=0", "thing", "fail"});
  EXPECT_EQ(wrong.code, 3);
  EXPECT_THAT(wrong.err, HasSubstr("site.reactors"));
  EXPECT_EQ(run(sample(), {"--set", "log.level=loud", "thing", "fail"}).code, 3);
  EXPECT_EQ(run(sample(), {"--config", "/absent.yaml", "thing", "try"}).code, 5);
  EXPECT_EQ(run(sample(), {"thing", "try", "--set", "site.reactors=2"}).code, 1);
}

TEST(Commands, EveryOneOfBothProgramsHasHelp) {
  std::vector<Command> all;
  for (auto* noun : {demo_commands, up_commands, train_commands, model_commands, rollout_commands,
                     score_commands, site_run_commands, hub_commands, registry_commands,
                     token_commands, config_commands, worker_commands}) {
    for (Command& command : noun()) all.push_back(std::move(command));
  }
  for (const Command& command : all) {
    EXPECT_NE(command.summary, "") << command.path;
    EXPECT_FALSE(command.summary.ends_with(".")) << command.path;
    for (const Argument& argument : command.arguments) EXPECT_NE(argument.help, "");
    for (const Flag& flag : command.flags) {
      EXPECT_TRUE(flag.name.starts_with("--")) << flag.name;
      EXPECT_NE(flag.help, "") << flag.name;
    }
  }
  EXPECT_EQ(run(all, {"--help"}).code, 0);
  EXPECT_EQ(run(site_program_commands(), {"--help"}).code, 0);
}

TEST(Commands, TokensAreMadeAndConfigurationIsShown) {
  const Printed shown = run(config_commands(), {"config", "show"});
  EXPECT_EQ(shown.code, 0);
  EXPECT_THAT(shown.out, HasSubstr("hub.listen"));
  EXPECT_EQ(run(config_commands(), {"config", "schema", "--markdown"}).out, settings_page());
  const Printed token = run(token_commands(), {"token", "--role", "site:site-1", "--json"});
  EXPECT_EQ(token.code, 0);
  EXPECT_THAT(token.out, HasSubstr("\"role\":\"site:site-1\""));
  EXPECT_EQ(run(token_commands(), {"token", "--role", "king"}).code, 3);
}

}  // namespace
}  // namespace skerry::app
