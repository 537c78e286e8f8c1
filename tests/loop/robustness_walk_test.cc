// SPDX-License-Identifier: Apache-2.0
//
// What a site does when processes die, the registry is away, or what it is offered is damaged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>

#include "tests/loop/machine.h"
#include "tests/loop/models.h"

namespace skerry::walk {
namespace {

using testing::HasSubstr;

unsigned file_mode(const std::string& path) {
  struct stat info{};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 0777;
}

void flip_byte(const std::string& path) {
  const std::unique_ptr<sys::File> file =
      take(sys::real_file_system().open(path, sys::OpenMode::kWrite));
  char byte = 0;
  const std::uint64_t middle = take(file->size()) / 2;
  ASSERT_EQ(take(file->read_at(middle, {&byte, 1})), 1u);
  byte = static_cast<char>(byte ^ 1);
  ASSERT_TRUE(file->write_at(middle, {&byte, 1}).ok());
}

std::string reasons(const json::Value& status) {
  return status.is_object() ? json::dump(status.at("health").at("reasons")) : "";
}

class Robustness : public testing::Test {
 protected:
  // A hub, and beside it site-1 as a process of its own.
  void start_hub_and_site() {
    hub_ = machine_.start_hub();
    machine_.ask({"site", "enroll", "site-1", "--out", enrolment()});
    start_site();
  }
  void start_site() {
    site_ = machine_.start("skerry-site", {"run", "--enrolment", enrolment()}, {"sites/site-1"});
    http_ = std::make_unique<Http>(machine_.token());
  }
  std::string enrolment() const { return machine_.path("site-1.json"); }

  void roll_out(const std::string& tag) {
    machine_.ask({"rollout", "start", std::string(kPlantModel) + ":" + tag});
  }
  bool serves(const std::string& digest) {
    return wait_until([&] { return machine_.current(*http_, kPlantModel) == digest; });
  }
  int infer_status() {
    const std::string url = machine_.url("sites/site-1") + "/v2/models/small-plant/infer";
    return http_->post(url, infer_request()).status;
  }

  Machine machine_;
  std::unique_ptr<Role> hub_;
  std::unique_ptr<Role> site_;
  std::unique_ptr<Http> http_;
};

TEST_F(Robustness, KilledSiteComesBackFromItsDiskWithoutTheRegistry) {
  const std::unique_ptr<Role> up = machine_.up();
  http_ = std::make_unique<Http>(machine_.token());
  const std::string v1 = push_bundle(machine_, plant_bundles()[0], "v1");
  roll_out("v1");
  ASSERT_TRUE(serves(v1));
  const std::string enrolled = machine_.state() + "/sites/site-1/enrolment.json";
  EXPECT_EQ(file_mode(enrolled), 0600u);

  // From its next start on, the site knocks at a port where nobody listens.
  json::Value enrolment = take(json::parse(machine_.read(enrolled)));
  enrolment.as_object()["registry"] = "http://127.0.0.1:1";
  ASSERT_TRUE(
      sys::write_file_atomically(sys::real_file_system(), enrolled, json::dump(enrolment), 0600)
          .ok());
  const std::vector<int> sites = children_of(up->pid());
  ASSERT_EQ(sites.size(), 1u);
  ASSERT_EQ(::kill(sites[0], SIGKILL), 0);
  ASSERT_TRUE(wait_until([&] {
    const std::vector<int> now = children_of(up->pid());
    return now.size() == 1 && now[0] != sites[0];
  })) << up->log();
  ASSERT_TRUE(serves(v1)) << up->log();
  EXPECT_EQ(infer_status(), 200);
  EXPECT_TRUE(wait_until([&] {
    return reasons(machine_.status(*http_)).find("registry_unreachable") != std::string::npos;
  })) << reasons(machine_.status(*http_));
  EXPECT_THAT(up->log(), HasSubstr("signal 9"));
}

TEST_F(Robustness, NoSiteOutlivesItsKilledHub) {
  const std::unique_ptr<Role> up = machine_.up();
  const std::vector<int> sites = children_of(up->pid());
  ASSERT_EQ(sites.size(), 1u);
  up->kill();
  EXPECT_TRUE(wait_until([&] { return !is_running(sites[0]); }));

  // The same state folder serves again, though the dead left their address files.
  const std::unique_ptr<Role> again = machine_.up();
  EXPECT_TRUE(again->stop().ok()) << again->log();
}

TEST_F(Robustness, AnInterruptFromTheTerminalLetsSitesDrain) {
  const std::unique_ptr<Role> up = machine_.up();
  // The terminal signals the whole process group; a site that got it too would be asked twice.
  ASSERT_EQ(::kill(-up->pid(), SIGINT), 0);
  EXPECT_TRUE(wait_until([&] {
    return !sys::exists(sys::real_file_system(), machine_.state() + "/sites/site-1/address");
  }));
  EXPECT_THAT(machine_.read(machine_.state() + "/sites/site-1/log"), HasSubstr("site stops"));
}

TEST_F(Robustness, StopEndsHubAndSitesCleanly) {
  const std::unique_ptr<Role> up = machine_.up();
  const std::vector<int> sites = children_of(up->pid());
  ASSERT_EQ(sites.size(), 1u);
  EXPECT_TRUE(up->stop().ok()) << up->log();
  EXPECT_FALSE(is_running(sites[0]));
  EXPECT_THAT(machine_.read(machine_.state() + "/sites/site-1/log"), HasSubstr("site stops"));
  for (const char* role : {"hub", "registry", "sites/site-1"}) {
    EXPECT_FALSE(sys::exists(sys::real_file_system(), machine_.state() + "/" + role + "/address"));
  }
  const Finished listed = machine_.run({"model", "ls"});
  EXPECT_EQ(listed.code, 14);
  EXPECT_THAT(listed.err, HasSubstr("skerry up"));
}

TEST_F(Robustness, SiteStartsWithoutTheRegistryAndFollowsWhenItIsBack) {
  start_hub_and_site();
  EXPECT_EQ(file_mode(enrolment()), 0600u);
  const std::string v1 = push_bundle(machine_, plant_bundles()[0], "v1");
  roll_out("v1");
  ASSERT_TRUE(serves(v1));
  const std::string registry = machine_.url("registry");
  ASSERT_TRUE(hub_->stop().ok());
  ASSERT_TRUE(site_->stop().ok());

  start_site();
  EXPECT_EQ(machine_.current(*http_, kPlantModel), v1) << "it listens before it serves";
  EXPECT_EQ(infer_status(), 200);
  EXPECT_TRUE(wait_until([&] {
    return reasons(machine_.status(*http_)).find("registry_unreachable") != std::string::npos;
  }));

  machine_.set("SKERRY_REGISTRY_LISTEN", registry.substr(registry.rfind('/') + 1));
  hub_ = machine_.start_hub();
  const std::string v2 = push_bundle(machine_, plant_bundles()[1], "v2");
  roll_out("v2");
  EXPECT_TRUE(serves(v2)) << json::dump(machine_.status(*http_));
  EXPECT_EQ(reasons(machine_.status(*http_)), "[]");
}

TEST_F(Robustness, ModelThatDoesNotLoadIsRefusedAndTheOldOneStays) {
  start_hub_and_site();
  const std::string v1 = push_bundle(machine_, plant_bundles()[0], "v1");
  roll_out("v1");
  ASSERT_TRUE(serves(v1));
  const std::string broken = push_bundle(machine_, broken_bundle(), "v9");
  roll_out("v9");
  ASSERT_TRUE(wait_until([&] {
    return reasons(machine_.status(*http_)).find("model_refused") != std::string::npos;
  })) << json::dump(machine_.status(*http_));
  const json::Value status = machine_.status(*http_);
  EXPECT_EQ(status.at("refused").at(0).at("digest"), json::Value(broken));
  EXPECT_EQ(status.at("refused").at(0).at("reason"), "load_failed");
  EXPECT_EQ(status.at("generation").at("seen"), 2);
  EXPECT_EQ(status.at("generation").at("applied"), 1);
  EXPECT_EQ(machine_.current(*http_, kPlantModel), v1);
  EXPECT_EQ(infer_status(), 200);

  // It remembers across a restart, and follows the next sound model.
  ASSERT_TRUE(site_->stop().ok());
  start_site();
  EXPECT_EQ(machine_.current(*http_, kPlantModel), v1);
  const std::string v2 = push_bundle(machine_, plant_bundles()[1], "v2");
  roll_out("v2");
  EXPECT_TRUE(serves(v2)) << json::dump(machine_.status(*http_));
}

TEST_F(Robustness, BlobThatRottedInTheRegistryIsNotServed) {
  start_hub_and_site();
  const std::string v1 = push_bundle(machine_, plant_bundles()[0], "v1");
  roll_out("v1");
  ASSERT_TRUE(serves(v1));
  const std::string v2 = push_bundle(machine_, plant_bundles()[1], "v2");
  const std::string hex = blob_digest(plant_bundles()[1]).substr(7);
  const std::string blob = machine_.find_file(machine_.state() + "/registry/store", hex);
  ASSERT_NE(blob, "");

  site_->signal(SIGSTOP);  // It must not pull before the damage.
  roll_out("v2");
  flip_byte(blob);
  site_->signal(SIGCONT);
  ASSERT_TRUE(wait_until([&] {
    return reasons(machine_.status(*http_)).find("blob_damaged") != std::string::npos;
  })) << json::dump(machine_.status(*http_));
  EXPECT_EQ(machine_.current(*http_, kPlantModel), v1);
  EXPECT_EQ(infer_status(), 200);
  const Finished refused = machine_.run({"rollout", "start", "small-plant:v2", "--ring", "other"});
  EXPECT_NE(refused.code, 0);
  EXPECT_THAT(refused.err, HasSubstr("another digest"));

  flip_byte(blob);
  EXPECT_TRUE(serves(v2)) << json::dump(machine_.status(*http_));
}

TEST_F(Robustness, TwoSitesOnOneFolderAreRefused) {
  start_hub_and_site();
  const std::unique_ptr<Role> second =
      machine_.start("skerry-site", {"run", "--enrolment", enrolment()});
  const std::optional<sys::ExitStatus> ended = second->await_end();
  ASSERT_TRUE(ended.has_value());
  EXPECT_EQ(ended->code, 9);
  EXPECT_THAT(second->log(), HasSubstr(std::to_string(site_->pid())));
}

}  // namespace
}  // namespace skerry::walk
