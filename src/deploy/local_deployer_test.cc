// SPDX-License-Identifier: Apache-2.0
#include "deploy/local_deployer.h"

#include <gtest/gtest.h>

#include <csignal>

#include "sys/fake/clock.h"
#include "sys/fake/files.h"
#include "sys/fake/process.h"

namespace skerry::deploy {
namespace {

using namespace std::chrono_literals;

class LocalDeployerTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(fs_.make_directories("/sites").ok()); }

  static LocalDeployer::Options options() {
    LocalDeployer::Options options;
    options.program = "/usr/bin/skerry-site";
    options.arguments = {"run"};
    options.sites_folder = "/sites";
    return options;
  }
  static SiteHost site_1() {
    return {"site-1", "", {{"SKERRY_STATE", "/state"}}, {{"enrolment.json", "{}"}}};
  }
  HostStatus only_host() {
    const auto hosts = deployer_.observe_hosts();
    EXPECT_TRUE(hosts.ok());
    EXPECT_EQ(hosts->size(), 1u);
    return hosts->front();
  }

  sys::fake::FakeFileSystem fs_;
  sys::fake::FakeClock clock_;
  sys::fake::FakeProcessLauncher launcher_;
  LocalDeployer deployer_{fs_, clock_, launcher_, options()};
};

TEST_F(LocalDeployerTest, StartsTheProgramWithItsConfigurationAndSecretsOnDisk) {
  ASSERT_TRUE(deployer_.ensure(site_1()).ok());
  ASSERT_EQ(launcher_.launched().size(), 1u);
  EXPECT_EQ(launcher_.launched()[0].program, "/usr/bin/skerry-site");
  EXPECT_EQ(launcher_.launched()[0].environment.front().second, "/state");
  EXPECT_EQ(*sys::read_file(fs_, "/sites/site-1/enrolment.json", 100), "{}");
  EXPECT_EQ(only_host().state, HostStatus::State::kRunning);
}

TEST_F(LocalDeployerTest, LeavesARunningSiteAloneWhenTheRequestIsTheSame) {
  ASSERT_TRUE(deployer_.ensure(site_1()).ok());
  ASSERT_TRUE(deployer_.ensure(site_1()).ok());
  EXPECT_EQ(launcher_.launched().size(), 1u);
}

TEST_F(LocalDeployerTest, RestartsASiteWhoseRequestChanged) {
  ASSERT_TRUE(deployer_.ensure(site_1()).ok());
  SiteHost changed = site_1();
  changed.configuration["SKERRY_STATE"] = "/other";
  ASSERT_TRUE(deployer_.ensure(changed).ok());
  ASSERT_EQ(launcher_.processes().size(), 2u);
  EXPECT_EQ(launcher_.processes()[0]->signals, std::vector<int>{SIGTERM});
}

TEST_F(LocalDeployerTest, BacksOffTwiceAsLongEachTimeASiteEndsEarly) {
  ASSERT_TRUE(deployer_.ensure(site_1()).ok());
  std::chrono::milliseconds expected = 500ms;
  for (std::size_t round = 1; round <= 4; ++round) {
    launcher_.processes().back()->ends_with = sys::ExitStatus{3, 0};
    deployer_.supervise();
    EXPECT_EQ(only_host().state, HostStatus::State::kBackingOff);
    EXPECT_EQ(only_host().last_exit, "exit code 3");
    clock_.advance(expected - 1ms);
    deployer_.supervise();
    EXPECT_EQ(launcher_.launched().size(), round);
    clock_.advance(1ms);
    deployer_.supervise();
    EXPECT_EQ(launcher_.launched().size(), round + 1);
    expected *= 2;
  }
  EXPECT_EQ(only_host().restarts, 4);
}

TEST_F(LocalDeployerTest, ForgetsTheBackOffAfterAHealthyRun) {
  ASSERT_TRUE(deployer_.ensure(site_1()).ok());
  for (int round = 0; round < 3; ++round) {
    launcher_.processes().back()->ends_with = sys::ExitStatus{1, 0};
    deployer_.supervise();
    clock_.advance(10s);
    deployer_.supervise();
  }
  clock_.advance(11s);
  launcher_.processes().back()->ends_with = sys::ExitStatus{1, 0};
  deployer_.supervise();
  const std::size_t before = launcher_.launched().size();
  clock_.advance(500ms);
  deployer_.supervise();
  EXPECT_EQ(launcher_.launched().size(), before + 1);
}

TEST_F(LocalDeployerTest, KillsASiteThatIgnoresTheRequestToStop) {
  ASSERT_TRUE(deployer_.ensure(site_1()).ok());
  launcher_.processes()[0]->on_terminate = std::nullopt;
  ASSERT_TRUE(deployer_.remove("site-1").ok());
  EXPECT_EQ(launcher_.processes()[0]->signals, (std::vector<int>{SIGTERM, SIGKILL}));
  EXPECT_TRUE(deployer_.observe_hosts()->empty());
}

TEST_F(LocalDeployerTest, RefusesANameThatCouldLeaveItsFolder) {
  SiteHost host = site_1();
  host.site = "../x";
  EXPECT_EQ(deployer_.ensure(host).error().code(), Code::kInvalidArgument);
  host = site_1();
  host.secrets["../../etc"] = "";
  EXPECT_EQ(deployer_.ensure(host).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(deployer_.remove("site-9").error().code(), Code::kNotFound);
}

TEST_F(LocalDeployerTest, StopsEverySiteAtItsEnd) {
  {
    LocalDeployer deployer(fs_, clock_, launcher_, options());
    ASSERT_TRUE(deployer.ensure(site_1()).ok());
  }
  EXPECT_EQ(launcher_.processes()[0]->signals, std::vector<int>{SIGTERM}) << "asked once";
  EXPECT_TRUE(launcher_.processes()[0]->ends_with.has_value());
}

}  // namespace
}  // namespace skerry::deploy
