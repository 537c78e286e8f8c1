// SPDX-License-Identifier: Apache-2.0
#include "serve/repository.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

#include "serve/check_rows.h"
#include "serve/fake_runtime_test.h"

namespace skerry::serve {
namespace {

AspiredVersion line(const std::string& name, std::int64_t version, bool answers = true,
                    const std::string& digest = "d") {
  return {name, version, digest, answers, [=] {
            return load_fake(sum_manifest(name, version, static_cast<double>(version)),
                             "sum " + std::to_string(version), digest);
          }};
}

AspiredVersion failing(const std::string& name, std::int64_t version,
                       const std::string& digest = "d") {
  return {name, version, digest, true, []() -> Result<std::shared_ptr<const LoadedModel>> {
            return failed_precondition("check row 0 differs");
          }};
}

std::int64_t version_in_service(const ModelRepository& models, std::string_view name) {
  const auto handle = models.acquire(name);
  return handle ? (*handle)->version : -1;
}

TEST(ModelRepository, ServesTheVersionThatAnswersAndTheOthersByNumber) {
  ModelRepository models;
  EXPECT_TRUE(models.aspire({line("pump", 1, false), line("pump", 2)}).empty());
  EXPECT_EQ(version_in_service(models, "pump"), 2);
  EXPECT_EQ((*models.acquire("pump", 1))->version, 1);
  EXPECT_EQ(models.acquire("pump", 3).error().code(), Code::kNotFound);
  EXPECT_EQ(models.acquire("fan").error().code(), Code::kNotFound);
}

TEST(ModelRepository, UnloadsWhatIsLeftOutOnceItsLastHandleIsGone) {
  ModelRepository models;
  models.aspire({line("pump", 1)});
  std::optional<ModelRepository::Handle> held = *models.acquire("pump");
  models.aspire({line("pump", 2)});
  EXPECT_EQ(version_in_service(models, "pump"), 2);
  EXPECT_EQ(models.acquire("pump", 1).error().code(), Code::kNotFound);
  EXPECT_EQ(models.release_unused(), 1u) << "a request still runs on it";
  EXPECT_EQ((*held)->version, 1);
  held.reset();
  EXPECT_EQ(models.release_unused(), 0u);
}

TEST(ModelRepository, KeepsTheOneInServiceWhenItsSuccessorFails) {
  ModelRepository models;
  models.aspire({line("pump", 1)});
  const auto refused = models.aspire({failing("pump", 2)});
  ASSERT_EQ(refused.size(), 1u);
  EXPECT_EQ(refused[0].second.code(), Code::kFailedPrecondition);
  EXPECT_EQ(version_in_service(models, "pump"), 1);
  const auto states = models.list();
  ASSERT_EQ(states.size(), 2u);
  EXPECT_TRUE(states[0].ready && states[0].answers);
  EXPECT_FALSE(states[1].ready);
  EXPECT_EQ(states[1].reason, "check row 0 differs");
}

TEST(ModelRepository, KeepsTheOldBytesOfAVersionWhenTheNewOnesFail) {
  ModelRepository models;
  models.aspire({line("pump", 1, true, "old")});
  models.aspire({failing("pump", 1, "new")});
  EXPECT_EQ((*models.acquire("pump"))->digest, "old");
  models.aspire({line("pump", 1, true, "new")});
  EXPECT_EQ((*models.acquire("pump"))->digest, "new");
}

TEST(ModelRepository, DoesNotLoadAgainWhatIsLoaded) {
  ModelRepository models;
  int loads = 0;
  AspiredVersion counted = line("pump", 1);
  counted.load = [&loads, load = counted.load] {
    ++loads;
    return load();
  };
  models.aspire({counted});
  models.aspire({counted, line("fan", 1)});
  EXPECT_EQ(loads, 1);
}

TEST(ModelRepository, IsNotReadyBeforeTheFirstVersionLoads) {
  ModelRepository models;
  models.aspire({failing("pump", 1)});
  EXPECT_EQ(models.acquire("pump").error().code(), Code::kUnavailable);
  models.aspire({line("pump", 1)});
  EXPECT_EQ(version_in_service(models, "pump"), 1);
}

TEST(ModelRepository, RefusesARepeatedLineAndAnArtifactOfAnotherModel) {
  ModelRepository models;
  AspiredVersion wrong = line("pump", 1);
  wrong.name = "fan";
  const auto refused = models.aspire({line("pump", 1), line("pump", 1), wrong});
  ASSERT_EQ(refused.size(), 2u);
  EXPECT_EQ(refused[0].second.code(), Code::kInvalidArgument);
  EXPECT_EQ(refused[1].first.name, "fan");
  EXPECT_EQ(version_in_service(models, "pump"), 1);
}

// Threads ask all the time while versions come and go: no request may find nothing, or a model that
// is gone. Run under TSan and ASan this also proves the publishing.
TEST(ModelRepository, SwitchesUnderLoadWithoutAFailedRequest) {
  ModelRepository models;
  models.aspire({line("pump", 1)});
  std::atomic<bool> stop{false};
  std::atomic<int> failures{0};
  std::atomic<int> answered{0};
  const auto ask = [&] {
    while (!stop.load()) {
      const auto handle = models.acquire("pump");
      std::vector<Tensor> out;
      const std::vector<float> row{1, 1, 1};
      const bool ok = handle.ok() && infer_rows(*(*handle)->model, row, 1, out).ok() &&
                      value_at(out[0], 0) == 3.0 * static_cast<double>((*handle)->version);
      failures += ok ? 0 : 1;
      ++answered;
    }
  };
  {
    std::jthread first(ask);
    std::jthread second(ask);
    for (std::int64_t version = 2; version < 100; ++version) {
      EXPECT_TRUE(models.aspire({line("pump", version - 1, false), line("pump", version)}).empty());
      for (const int before = answered; answered == before;) std::this_thread::yield();
    }
    stop = true;
  }
  EXPECT_EQ(failures, 0);
  EXPECT_GT(answered, 0);
  EXPECT_EQ(models.release_unused(), 0u);
}

}  // namespace
}  // namespace skerry::serve
