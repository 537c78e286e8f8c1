// SPDX-License-Identifier: Apache-2.0
//
// Wrong calls, wrong files, wrong tokens, occupied ports and folders: each is refused with its exit
// code and a sentence that says what to do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include "tests/loop/machine.h"
#include "tests/loop/models.h"

namespace skerry::walk {
namespace {

using testing::HasSubstr;

struct WrongCall {
  const char* name;
  std::vector<std::string> arguments;
  int code;
  std::vector<const char*> says;
};

void PrintTo(const WrongCall& call, std::ostream* out) { *out << call.name; }

class CommandLine : public testing::TestWithParam<WrongCall> {};

TEST_P(CommandLine, RefusesWithCodeAndReason) {
  const Machine machine;
  machine.write("recipe.yaml", "name: m\nlerner: {}\n");
  machine.write("good.yaml",
                "name: m\nsource: {format: csv, file: absent.csv}\ntarget: {column: y}\n"
                "features: [{op: last, sensor: x}]\nsplit: {by: row, folds: 2}\n"
                "learner: {objective: reg:squarederror, rounds: 2}\noutput: {name: y}\n");
  machine.write("short.csv", "asset,s1,s2\na,1,2\na,3\n");
  machine.write("config.yaml",
                "hub: {lisen: x}\nsite: {reactors: 0}\nhttp: {allowed_hosts: [a, b]}\n");
  std::vector<std::string> arguments = GetParam().arguments;
  for (std::string& argument : arguments) {
    if (argument.starts_with("@")) argument = machine.path(argument.substr(1));
  }
  const Finished finished = machine.run(arguments);
  EXPECT_EQ(finished.code, GetParam().code) << finished.err;
  EXPECT_EQ(finished.out, "");
  for (const char* text : GetParam().says) EXPECT_THAT(finished.err, HasSubstr(text));
}

INSTANTIATE_TEST_SUITE_P(
    Calls, CommandLine,
    testing::Values(
        WrongCall{"NoCommand", {}, 64, {"--help"}},
        WrongCall{"UnknownCommand", {"trains"}, 64, {"\"trains\"", "did you mean \"train\""}},
        WrongCall{"UnknownVerb", {"model", "bild"}, 64, {"\"bild\"", "did you mean \"build\""}},
        WrongCall{"NounAlone", {"model"}, 64, {"build, push, pull, ls, inspect"}},
        WrongCall{"UnknownFlag", {"model", "ls", "--frob"}, 64, {"--frob"}},
        WrongCall{"MissingArgument", {"train", "run"}, 64, {"RECIPE is required"}},
        WrongCall{"NumberThatIsNone", {"up", "--sites", "many"}, 3, {"--sites"}},
        WrongCall{"UnknownRole", {"token", "--role", "king"}, 3, {"site:<id>"}},
        WrongCall{"ReferenceWithoutTag", {"rollout", "start", "turbofan"}, 3, {"NAME:TAG"}},
        WrongCall{"NobodyServes", {"model", "ls"}, 14, {"skerry up"}},
        WrongCall{"UnknownRun", {"model", "build", "m-v1"}, 5, {"m-v1"}},
        WrongCall{"MissingRecipe", {"train", "run", "@none.yaml"}, 5, {"none.yaml"}},
        WrongCall{"RecipeWithUnknownKey",
                  {"train", "run", "@recipe.yaml"},
                  3,
                  {"lerner", "did you mean \"learner\""}},
        WrongCall{"MissingData", {"train", "run", "@good.yaml", "--data", "@"}, 5, {"absent.csv"}},
        WrongCall{"UnknownSetting",
                  {"--set", "hub.lissten=x", "config", "check"},
                  3,
                  {"hub.lissten", "did you mean \"hub.listen\""}},
        WrongCall{"EveryProblemOfAConfigurationFile",
                  {"--config", "@config.yaml", "config", "check"},
                  3,
                  {"hub.lisen", "did you mean \"hub.listen\"", "site.reactors", "1 and 256",
                   "http.allowed_hosts", "list"}},
        WrongCall{"MissingConfigurationFile",
                  {"--config", "@none.yaml", "config", "check"},
                  5,
                  {"none.yaml"}},
        WrongCall{"SettingWithoutValue", {"--set", "hub.listen", "config", "show"}, 3, {"--set"}},
        WrongCall{"RowWithTheWrongNumberOfCells",
                  {"score", "@short.csv", "--site", "http://127.0.0.1:1"},
                  3,
                  {"short.csv", "line 3"}},
        WrongCall{"MissingObservations", {"score", "@none.csv"}, 5, {"none.csv"}},
        WrongCall{"EnrolmentWithoutARegistry",
                  {"site", "enroll", "s", "--out", "@s.json"},
                  14,
                  {"skerry up"}},
        WrongCall{
            "MissingEnrolment", {"site", "run", "--enrolment", "@none.json"}, 5, {"none.json"}}),
    [](const auto& call) { return std::string(call.param.name); });

// A hub, and another user's state folder that points to it with a token of another role.
class Visitor : public testing::Test {
 protected:
  void SetUp() override { hub_ = machine_.start_hub(); }

  void become(const std::string& token) {
    for (const char* role : {"hub", "registry"}) {
      const std::string folder = visitor_.state() + "/" + role;
      ASSERT_TRUE(sys::real_file_system().make_directories(folder).ok());
      ASSERT_TRUE(sys::write_file_atomically(sys::real_file_system(), folder + "/address",
                                             machine_.url(role))
                      .ok());
    }
    ASSERT_TRUE(sys::write_file_atomically(sys::real_file_system(),
                                           visitor_.state() + "/client-token", token, 0600)
                    .ok());
  }

  Machine machine_;
  Machine visitor_;
  std::unique_ptr<Role> hub_;
};

TEST_F(Visitor, UnknownTokenIsRefused) {
  become(std::string(64, 'a'));
  const Finished rollout = visitor_.run({"rollout", "start", "m:v1"});
  EXPECT_EQ(rollout.code, 16) << rollout.err;
  EXPECT_THAT(rollout.err, HasSubstr("token"));
  const Finished listed = visitor_.run({"model", "ls"});
  EXPECT_EQ(listed.code, 16) << listed.err;
  EXPECT_EQ(Http("").get(machine_.url("hub") + "/api/v1/models").status, 401);
}

TEST_F(Visitor, ClientReadsButDoesNotRollOut) {
  push_bundle(machine_, plant_bundles()[0], "v1");
  become(machine_.token("client"));
  const Finished rollout = visitor_.run({"rollout", "start", "small-plant:v1"});
  EXPECT_EQ(rollout.code, 7) << rollout.err;
  EXPECT_THAT(rollout.err, HasSubstr("client"));
  const json::Value listed = visitor_.ask({"model", "ls"});
  EXPECT_EQ(listed.at(0).at("name"), "small-plant");
}

TEST_F(Visitor, SiteDoesNotPush) {
  become(machine_.token("site:site-1"));
  const std::string url = machine_.url("registry") + "/v2/models/small-plant/blobs/uploads/";
  const Answer pushed = Http(machine_.token("site:site-1")).post(url, json::Value());
  EXPECT_EQ(pushed.status, 403) << pushed.body;
  const Finished push =
      visitor_.run({"model", "push", "small-plant:v1", "--from", built_plant().archive});
  EXPECT_EQ(push.code, 7) << push.err;
  EXPECT_EQ(machine_.ask({"model", "ls"}).as_array().size(), 0u);
}

TEST_F(Visitor, UnknownModelIsNotRolledOut) {
  const Finished absent = machine_.run({"rollout", "start", "small-plant:v1"});
  EXPECT_EQ(absent.code, 5) << absent.err;
  EXPECT_THAT(absent.err, HasSubstr("small-plant"));
  push_bundle(machine_, plant_bundles()[0], "v1");
  const Finished tag = machine_.run({"rollout", "start", "small-plant:v7"});
  EXPECT_EQ(tag.code, 5) << tag.err;
  EXPECT_THAT(tag.err, HasSubstr("v7"));
  const Finished ring = machine_.run({"rollout", "start", "small-plant:v1", "--ring", "../x"});
  EXPECT_EQ(ring.code, 3) << ring.err;
  EXPECT_THAT(ring.err, HasSubstr("ring"));
}

TEST_F(Visitor, PortInUseIsNamed) {
  const std::string url = machine_.url("hub");
  const std::string listen = url.substr(url.rfind('/') + 1);
  visitor_.set("SKERRY_HUB_LISTEN", listen);
  const Finished second = visitor_.run({"hub", "run"});
  EXPECT_EQ(second.code, 6) << second.err;
  EXPECT_THAT(second.err, HasSubstr(listen));
}

TEST_F(Visitor, SecondProcessOnAStateFolderNamesTheFirst) {
  const Finished second = machine_.run({"up"});
  EXPECT_EQ(second.code, 9) << second.err;
  EXPECT_THAT(second.err, HasSubstr(std::to_string(hub_->pid())));
  const Finished collected = machine_.run({"registry", "gc"});
  EXPECT_EQ(collected.code, 9) << collected.err;
}

// A small file system for the registry's folder; gone with this object.
class SmallDisk {
 public:
  SmallDisk(std::string folder, const char* options) : folder_(std::move(folder)) {
    EXPECT_TRUE(sys::real_file_system().make_directories(folder_).ok());
    mounted_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, options) == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  bool mounted() const { return mounted_; }

 private:
  const std::string folder_;
  bool mounted_ = false;
};

TEST(FullDisk, PushFailsPlainlyAndTheRegistryGoesOn) {
  Machine machine;
  const SmallDisk disk(machine.state() + "/registry", "size=4m");
  if (!disk.mounted()) GTEST_SKIP() << "mounting a small file system needs root";
  const std::unique_ptr<Role> hub = machine.start_hub();
  push_bundle(machine, plant_bundles()[0], "v1");
  const Finished push =
      machine.run({"model", "push", "small-plant:v1", "--from", built_plant().archive});
  EXPECT_EQ(push.code, 8) << push.err;
  EXPECT_THAT(push.err, HasSubstr("space"));

  // What was there is served, and what fits is taken.
  EXPECT_EQ(machine.ask({"model", "inspect", "small-plant:v1"}).at("version"), 1);
  push_bundle(machine, plant_bundles()[1], "v2");
  EXPECT_EQ(machine.ask({"rollout", "start", "small-plant:v2"}).at("generation"), 1);
  EXPECT_TRUE(hub->stop().ok());
}

}  // namespace
}  // namespace skerry::walk
