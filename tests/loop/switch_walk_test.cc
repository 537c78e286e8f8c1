// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "sys/signals.h"
#include "tests/loop/machine.h"
#include "tests/loop/models.h"

namespace skerry::walk {
namespace {

// Asks a site without pause, from a thread of its own, until it is destroyed.
class Load {
 public:
  Load(std::string token, std::string url)
      : http_(std::move(token)), url_(std::move(url)), thread_([this](std::stop_token stop) {
          sys::name_thread("load");
          while (!stop.stop_requested()) ask();
        }) {}

  std::uint64_t answered() const { return answered_; }
  std::uint64_t failed() const { return failed_; }

 private:
  void ask() {
    const Answer answer = http_.post(url_, infer_request());
    ++(answer.status == 200 ? answered_ : failed_);
  }

  const Http http_;
  const std::string url_;
  std::atomic<std::uint64_t> answered_{0};
  std::atomic<std::uint64_t> failed_{0};
  std::jthread thread_;  // Last: joined before what it uses goes away.
};

TEST(Switch, NoRequestFailsWhileModelsComeAndGo) {
  Machine machine;
  const std::unique_ptr<Role> up = machine.up();
  const std::string v1 = push_bundle(machine, plant_bundles()[0], "v1");
  const std::string v2 = push_bundle(machine, plant_bundles()[1], "v2");
  const Http http(machine.token("client"));
  const auto roll_out = [&](const std::string& tag, const std::string& digest) {
    machine.ask({"rollout", "start", std::string(kPlantModel) + ":" + tag});
    return wait_until([&] { return machine.current(http, kPlantModel) == digest; });
  };
  ASSERT_TRUE(roll_out("v1", v1));

  const std::string model = machine.url("sites/site-1") + "/v2/models/" + kPlantModel;
  Load load(machine.token("client"), model + "/infer");
  for (int round = 0; round < 5; ++round) {
    const std::uint64_t before = load.answered();
    ASSERT_TRUE(roll_out("v2", v2)) << "round " << round;
    EXPECT_EQ(http.post(model + "/versions/1/infer", infer_request()).status, 200)
        << "the version before is not loaded any more";
    ASSERT_TRUE(roll_out("v1", v1)) << "round " << round;
    EXPECT_EQ(http.post(model + "/versions/2/infer", infer_request()).status, 200);
    EXPECT_TRUE(wait_until([&] { return load.answered() > before; }));
  }
  EXPECT_EQ(load.failed(), 0u) << "of " << load.answered();
}

TEST(Switch, RollingOutTheCurrentModelChangesNothing) {
  Machine machine;
  const std::unique_ptr<Role> hub = machine.start_hub();
  push_bundle(machine, plant_bundles()[0], "v1");
  const json::Value first = machine.ask({"rollout", "start", "small-plant:v1"});
  EXPECT_EQ(machine.ask({"rollout", "start", "small-plant:v1"}), first);
  const json::Value other = machine.ask({"rollout", "start", "small-plant:v1", "--ring", "pilot"});
  EXPECT_EQ(other.at("generation"), 2);
  EXPECT_TRUE(hub->stop().ok());
}

}  // namespace
}  // namespace skerry::walk
