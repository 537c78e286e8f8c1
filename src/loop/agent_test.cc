// SPDX-License-Identifier: Apache-2.0
#include "loop/agent.h"

#include <gtest/gtest.h>

#include <set>

#include "loop/agent_record.h"
#include "loop/registry_bytes.h"
#include "registry/store.h"
#include "sys/fake/clock.h"
#include "sys/fake/files.h"
#include "sys/random.h"

namespace skerry::loop {
namespace {

using testing::Test;

// A registry whose connection can be cut and whose bytes can be changed on the way.
class FaultyRegistry final : public registry::Registry {
 public:
  explicit FaultyRegistry(registry::Registry& real) : real_(real) {}

  bool away = false;
  std::uint64_t fail_after_bytes = UINT64_MAX;  // Of blobs, in all.
  bool flip_blob_bytes = false;
  std::uint64_t bytes_sent = 0;

  Result<oci::Descriptor> resolve(const std::string& repository,
                                  const std::string& reference) override {
    return real_.resolve(repository, reference);
  }
  Result<std::optional<registry::StoredManifest>> get_manifest(
      const std::string& repository, const std::string& reference,
      const std::optional<Digest>& known) override {
    if (away) return unavailable("no route to registry");
    return real_.get_manifest(repository, reference, known);
  }
  Status get_blob(const std::string& repository, const Digest& digest, std::uint64_t offset,
                  const registry::BlobSink& sink) override {
    if (away) return unavailable("no route to registry");
    return real_.get_blob(repository, digest, offset, [&](std::string_view bytes) -> Status {
      const std::uint64_t left = fail_after_bytes - std::min(bytes_sent, fail_after_bytes);
      std::string part(bytes.substr(0, std::min<std::uint64_t>(left, bytes.size())));
      if (flip_blob_bytes && !part.empty()) part[0] = static_cast<char>(part[0] ^ 1);
      bytes_sent += part.size();
      TRY(sink(part));
      if (part.size() < bytes.size()) return unavailable("connection reset");
      return ok_status();
    });
  }
  Result<bool> has_blob(const std::string& repository, const Digest& digest) override {
    return real_.has_blob(repository, digest);
  }
  Status put_blob(const std::string& repository, const oci::Descriptor& descriptor,
                  const registry::BlobSource& source) override {
    return real_.put_blob(repository, descriptor, source);
  }
  Result<Digest> put_manifest(const std::string& repository, const std::string& reference,
                              std::string_view media_type, std::string_view bytes) override {
    return real_.put_manifest(repository, reference, media_type, bytes);
  }
  Result<std::vector<std::string>> tags(const std::string& repository) override {
    return real_.tags(repository);
  }
  Result<std::vector<oci::Descriptor>> referrers(const std::string& repository,
                                                 const Digest& digest,
                                                 const std::string& artifact_type) override {
    return real_.referrers(repository, digest, artifact_type);
  }
  Status remove(const std::string& repository, const std::string& reference) override {
    return real_.remove(repository, reference);
  }
  Result<std::vector<std::string>> repositories() override { return real_.repositories(); }

 private:
  registry::Registry& real_;
};

// Serving that takes any bundle unless its bytes say otherwise, and checks that the agent never
// asks for a model that is not loaded.
class RecordingTarget final : public ModelTarget {
 public:
  Result<ModelInfo> load(const Digest& digest, std::string_view bundle) override {
    ++loads;
    if (bundle.starts_with("broken")) return invalid_argument("the graph does not load");
    if (bundle.starts_with("wrong")) return failed_precondition("check row 3 differs");
    loaded_.insert(digest);
    const bool other = bundle.starts_with("other-pipeline");
    return ModelInfo{7, Digest::of(other ? "pipeline-2" : "pipeline-1")};
  }
  void serve(std::span<const ServedSlot> slots) override {
    served.assign(slots.begin(), slots.end());
    for (const ServedSlot& slot : slots) EXPECT_TRUE(loaded_.contains(slot.digest));
  }
  std::optional<Digest> current() const {
    for (const ServedSlot& slot : served) {
      if (slot.current) return slot.digest;
    }
    return std::nullopt;
  }

  int loads = 0;
  std::vector<ServedSlot> served;

 private:
  std::set<Digest> loaded_;
};

class AgentTest : public Test {
 protected:
  void SetUp() override {
    registry::Store::Options options;
    auto store = registry::Store::open(registry_disk_, clock_, random_, "/registry", options);
    ASSERT_TRUE(store.ok()) << store.error().to_string();
    store_ = *std::move(store);
    network_ = std::make_unique<FaultyRegistry>(*store_);
    restart();
  }

  // A new process on the same disk.
  void restart() {
    Agent::Options options;
    options.site = "site-1";
    options.ring = "main";
    options.folder = "/site";
    target_ = std::make_unique<RecordingTarget>();
    agent_ = std::make_unique<Agent>(site_disk_, clock_, *network_, *target_, options);
    const Status started = agent_->start();
    ASSERT_TRUE(started.ok()) << started.error().to_string();
  }

  Digest push_model(const std::string& content) {
    const std::string repository = "models/m";
    oci::Manifest manifest;
    manifest.media_type = oci::kManifestType;
    manifest.artifact_type = oci::kModelArtifactType;
    manifest.config = *write_blob(*store_, repository, oci::kModelConfigType, "{}");
    manifest.layers.push_back(*write_blob(*store_, repository, oci::kModelWeightTarType, content));
    const std::string bytes = oci::format_manifest(manifest);
    const Digest digest = Digest::of(bytes);
    EXPECT_TRUE(
        store_->put_manifest(repository, digest.to_string(), oci::kManifestType, bytes).ok());
    return digest;
  }

  void desire(std::int64_t generation, const Digest& current,
              std::optional<Digest> previous = std::nullopt,
              std::optional<sys::Time> not_after = std::nullopt) {
    SiteSpec spec;
    spec.ring = "main";
    spec.generation = generation;
    spec.not_after = not_after;
    spec.models.push_back({"m", current, previous, {}});
    push_spec(json::dump(site_spec_to_json(spec)));
  }
  void push_spec(const std::string& document) {
    oci::Manifest manifest;
    manifest.media_type = oci::kManifestType;
    manifest.artifact_type = oci::kSiteSpecType;
    manifest.config = *write_blob(*store_, "fleet/main", oci::kEmptyType, oci::kEmptyBlob);
    manifest.layers.push_back(*write_blob(*store_, "fleet/main", oci::kSiteSpecType, document));
    ASSERT_TRUE(store_
                    ->put_manifest("fleet/main", "desired", oci::kManifestType,
                                   oci::format_manifest(manifest))
                    .ok());
  }
  bool problem(const std::string& name) {
    const auto status = agent_->status();
    return std::ranges::find(status.problems, name) != status.problems.end();
  }

  sys::fake::FakeFileSystem registry_disk_;
  sys::fake::FakeFileSystem site_disk_;
  sys::fake::FakeClock clock_;
  sys::SeededRandom random_{1};
  std::unique_ptr<registry::Store> store_;
  std::unique_ptr<FaultyRegistry> network_;
  std::unique_ptr<RecordingTarget> target_;
  std::unique_ptr<Agent> agent_;
};

TEST_F(AgentTest, ServesWhatItsRingDesires) {
  const Digest one = push_model("one");
  desire(1, one);
  agent_->poll();
  EXPECT_EQ(target_->current(), one);
  const AgentStatus status = agent_->status();
  EXPECT_EQ(status.generation_seen, 1);
  EXPECT_EQ(status.generation_applied, 1);
  EXPECT_TRUE(status.problems.empty());
  ASSERT_EQ(status.models.size(), 1u);
  EXPECT_EQ(status.models[0].current->version, 7);
}

TEST_F(AgentTest, SaysSoWhileNothingIsDesired) {
  agent_->poll();
  EXPECT_TRUE(problem("no_desired_state"));
  EXPECT_TRUE(target_->served.empty());
}

TEST_F(AgentTest, KeepsThePreviousModelLoadedAndGoesBackWithoutLoading) {
  const Digest one = push_model("one");
  const Digest two = push_model("two");
  desire(1, one);
  agent_->poll();
  desire(2, two, one);
  agent_->poll();
  EXPECT_EQ(target_->current(), two);
  EXPECT_EQ(target_->served.size(), 2u);
  const int loads = target_->loads;
  desire(3, one, two);
  agent_->poll();
  EXPECT_EQ(target_->current(), one);
  EXPECT_EQ(target_->loads, loads);
}

TEST_F(AgentTest, StaysOnTheOldModelAndRemembersOneThatDoesNotLoad) {
  const Digest one = push_model("one");
  desire(1, one);
  agent_->poll();
  for (const auto& [content, reason] :
       {std::pair("broken graph", "load_failed"), std::pair("wrong answers", "check_failed"),
        std::pair("other-pipeline", "pipeline_changed")}) {
    const Digest bad = push_model(content);
    desire(agent_->status().generation_seen + 1, bad, one);
    agent_->poll();
    EXPECT_EQ(target_->current(), one) << content;
    EXPECT_EQ(agent_->status().refused.back().digest, bad);
    EXPECT_EQ(agent_->status().refused.back().reason, reason);
    EXPECT_TRUE(problem("model_refused"));
    EXPECT_LT(agent_->status().generation_applied, agent_->status().generation_seen);
    const int loads = target_->loads;
    agent_->poll();
    EXPECT_EQ(target_->loads, loads) << "a refused model is not tried again";
  }
  restart();
  EXPECT_EQ(target_->current(), one) << "what served before serves again";
  EXPECT_EQ(agent_->status().refused.size(), 3u) << "refusals survive a restart";
}

TEST_F(AgentTest, StartsFromItsOwnDiskWithoutTheRegistry) {
  const Digest one = push_model("one");
  const Digest two = push_model("two");
  desire(1, one);
  agent_->poll();
  desire(2, two, one);
  agent_->poll();
  network_->away = true;
  restart();
  EXPECT_EQ(target_->current(), two);
  EXPECT_EQ(target_->served.size(), 2u);
  agent_->poll();
  EXPECT_TRUE(problem("registry_unreachable"));
  EXPECT_EQ(target_->current(), two);
}

TEST_F(AgentTest, SurvivesAPowerCutAfterASwitch) {
  const Digest one = push_model("one");
  desire(1, one);
  agent_->poll();
  site_disk_.crash();
  network_->away = true;
  restart();
  EXPECT_EQ(target_->current(), one);
}

TEST_F(AgentTest, RefusesAnOlderGenerationEvenAfterARestart) {
  const Digest one = push_model("one");
  const Digest two = push_model("two");
  desire(5, one);
  agent_->poll();
  restart();
  desire(4, two);
  agent_->poll();
  EXPECT_TRUE(problem("older_generation"));
  EXPECT_EQ(target_->current(), one);
  EXPECT_EQ(agent_->status().generation_seen, 5);
}

TEST_F(AgentTest, GoesOnWithACutDownloadWhereItStopped) {
  const Digest one = push_model("one");
  desire(1, one);
  agent_->poll();
  const Digest big = push_model(std::string(1'000'000, 'x'));
  desire(2, big, one);
  network_->fail_after_bytes = 900'000;
  agent_->poll();
  EXPECT_EQ(target_->current(), one);
  EXPECT_TRUE(problem("registry_unreachable"));
  restart();
  network_->fail_after_bytes = UINT64_MAX;
  network_->bytes_sent = 0;
  agent_->poll();
  EXPECT_EQ(target_->current(), big);
  EXPECT_LE(network_->bytes_sent, 150'000u) << "900,000 bytes were there already";
}

TEST_F(AgentTest, KeepsTheModelInServiceWhenABlobArrivesDamaged) {
  const Digest one = push_model("one");
  const Digest two = push_model("two");
  desire(1, one);
  agent_->poll();
  desire(2, two, one);
  agent_->poll();
  const Digest three = push_model("three");
  desire(3, three, two);
  // The SiteSpec itself must arrive whole, so only the second transfer is damaged.
  agent_->poll();
  EXPECT_EQ(target_->current(), three);
  const Digest four = push_model("four");
  desire(4, four, three);
  network_->flip_blob_bytes = true;
  agent_->poll();
  EXPECT_EQ(target_->current(), three);
  EXPECT_TRUE(problem("desired_state_invalid"));
  network_->flip_blob_bytes = false;
  agent_->poll();
  EXPECT_EQ(target_->current(), four) << "a damaged transfer is tried again";
}

TEST_F(AgentTest, LoadsNothingNewPastNotAfter) {
  const Digest one = push_model("one");
  desire(1, one);
  agent_->poll();
  const Digest two = push_model("two");
  desire(2, two, one, clock_.now() - std::chrono::seconds(1));
  agent_->poll();
  EXPECT_EQ(target_->current(), one);
  EXPECT_TRUE(problem("desired_state_expired"));
}

TEST_F(AgentTest, KeepsServingWhenItsDiskIsFull) {
  const Digest one = push_model("one");
  desire(1, one);
  agent_->poll();
  const Digest two = push_model(std::string(100'000, '2'));
  desire(2, two, one);
  site_disk_.set_capacity(20'000);
  agent_->poll();
  EXPECT_EQ(target_->current(), one);
  EXPECT_TRUE(problem("disk_full"));
  site_disk_.set_capacity(1'000'000);
  agent_->poll();
  EXPECT_EQ(target_->current(), two);
}

TEST_F(AgentTest, FreesBlobsThatNoSlotNeeds) {
  Digest last = push_model("model 0");
  desire(1, last);
  agent_->poll();
  for (int i = 1; i < 5; ++i) {
    const Digest next = push_model("model " + std::to_string(i));
    desire(i + 1, next, last);
    agent_->poll();
    last = next;
  }
  EXPECT_EQ(site_disk_.list("/site/blobs")->size(), 2u);
  EXPECT_EQ(site_disk_.list("/site/manifests")->size(), 2u);
}

TEST_F(AgentTest, ReportsADesiredStateThatIsNone) {
  const Digest one = push_model("one");
  desire(1, one);
  agent_->poll();
  for (const char* document : {"{}", "[]", "nonsense", R"({"apiVersion":"skerry/v1"})"}) {
    push_spec(document);
    agent_->poll();
    EXPECT_TRUE(problem("desired_state_invalid")) << document;
    EXPECT_EQ(target_->current(), one);
  }
}

TEST_F(AgentTest, RefusesToStartOnADamagedRecord) {
  ASSERT_TRUE(sys::write_file_atomically(site_disk_, "/site/agent.json", "{\"gener").ok());
  Agent agent(site_disk_, clock_, *network_, *target_, {"site-1", "main", "/site", 1 << 20, {}});
  EXPECT_EQ(agent.start().error().code(), Code::kDataLoss);
}

TEST_F(AgentTest, StatusIsAClosedDocumentWithoutErrorTexts) {
  const Digest bad = push_model("broken graph");
  desire(1, bad);
  agent_->poll();
  const std::string text = json::dump(to_json(agent_->status()));
  EXPECT_EQ(text.find("does not load"), std::string::npos);
  EXPECT_NE(text.find(R"("reason":"load_failed")"), std::string::npos);
}

}  // namespace
}  // namespace skerry::loop
