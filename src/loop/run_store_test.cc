// SPDX-License-Identifier: Apache-2.0
#include "loop/run_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "loop/run_record.h"
#include "sys/fake/files.h"

namespace skerry::loop {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

RunRecord sample(const std::string& id, int hours) {
  RunRecord record;
  record.id = id;
  record.model = "m";
  record.version = 1;
  record.state = RunState::kSucceeded;
  record.started = sys::Time(std::chrono::hours(hours));
  record.metrics = {{"rmse", 10.5}, {"mae", 7}};
  record.segments = {{"low", 3, {{"rmse", 1.5}}}};
  record.gates_failed = {"rmse 10.5 is above 10"};
  return record;
}

class RunStoreTest : public ::testing::Test {
 protected:
  sys::fake::FakeFileSystem files_;
  RunStore store_{files_, "/state/runs"};
};

TEST_F(RunStoreTest, TakesTheVersionAfterTheHighestOfTheModel) {
  EXPECT_EQ(store_.claim("turbofan-rul")->id, "turbofan-rul-v1");
  EXPECT_EQ(store_.claim("turbofan-rul")->version, 2);
  EXPECT_EQ(store_.claim("turbofan")->id, "turbofan-v1");
  ASSERT_TRUE(files_.make_directories("/state/runs/turbofan-rul-v41").ok());
  ASSERT_TRUE(files_.make_directories("/state/runs/turbofan-rul-vx").ok());
  EXPECT_EQ(store_.claim("turbofan-rul")->version, 42);
}

TEST_F(RunStoreTest, AVersionTakenByAnotherProcessIsSkipped) {
  // The folder alone is no claim: a process that died between folder and file left it free.
  ASSERT_TRUE(files_.make_directories("/state/runs/m-v1").ok());
  ASSERT_TRUE(sys::write_file_atomically(files_, "/state/runs/m-v1/run.json", "").ok());
  EXPECT_EQ(store_.claim("m")->version, 2);
}

TEST_F(RunStoreTest, ReadsBackWhatWasSaved) {
  const auto claim = store_.claim("m");
  ASSERT_TRUE(claim.ok());
  const RunRecord record = sample(claim->id, 100);
  ASSERT_TRUE(store_.save(record).ok());
  const auto loaded = store_.load("m-v1");
  ASSERT_TRUE(loaded.ok()) << loaded.error().message();
  EXPECT_EQ(to_json(*loaded), to_json(record));
}

TEST_F(RunStoreTest, ListsNewestFirstAndNamesWhatItCannotRead) {
  EXPECT_TRUE(store_.list()->runs.empty());
  for (const auto& [id, hours] : {std::pair{"m-v1", 5}, {"m-v2", 9}, {"other-v1", 7}}) {
    ASSERT_TRUE(files_.make_directories(std::string("/state/runs/") + id).ok());
    ASSERT_TRUE(store_.save(sample(id, hours)).ok());
  }
  ASSERT_TRUE(store_.claim("broken").ok());
  const auto listing = store_.list();
  ASSERT_TRUE(listing.ok());
  std::vector<std::string> ids;
  for (const auto& run : listing->runs) ids.push_back(run.id);
  EXPECT_THAT(ids, ElementsAre("m-v2", "other-v1", "m-v1"));
  EXPECT_THAT(listing->unreadable, ElementsAre("broken-v1"));
}

TEST_F(RunStoreTest, SaysWhichRunWasMeant) {
  ASSERT_TRUE(store_.claim("turbofan-rul").ok());
  const auto missing = store_.load("turbofan-rul-v2");
  EXPECT_EQ(missing.error().code(), Code::kNotFound);
  EXPECT_THAT(missing.error().message(), HasSubstr("did you mean \"turbofan-rul-v1\"?"));
  EXPECT_EQ(store_.load("../../etc").error().code(), Code::kInvalidArgument);
  EXPECT_EQ(store_.load("turbofan-rul-v1").error().code(), Code::kDataLoss);
}

TEST(RunRecord, RefusesDocumentsThatAreNoRun) {
  const auto complete = json::dump(to_json(sample("m-v1", 1)));
  ASSERT_TRUE(run_record_from_json(*json::parse(complete)).ok());
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = complete;
    text.replace(text.find(from), from.size(), to);
    return run_record_from_json(*json::parse(text));
  };
  EXPECT_FALSE(changed("\"succeeded\"", "\"finished\"").ok());
  EXPECT_FALSE(changed("\"scored_rows\":0", "\"scored_rows\":-1").ok());
  EXPECT_FALSE(changed("\"rmse\":10.5", "\"rmse\":\"good\"").ok());
  EXPECT_FALSE(changed("\"recipe_digest\":\"sha256:", "\"recipe_digest\":\"md5:").ok());
  EXPECT_FALSE(changed("\"run\":", "\"ran\":").ok());
}

}  // namespace
}  // namespace skerry::loop
