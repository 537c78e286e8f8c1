// SPDX-License-Identifier: Apache-2.0
#include "stats/detector_reference.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "stats/t2q_score.h"

namespace skerry::stats {
namespace {

std::string golden() {
  std::ifstream file(SKERRY_SOURCE_DIR "/tests/golden/stats/detector_reference.json");
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(DetectorReference, ReadsAndWritesItsGoldenFile) {
  const std::string text = golden();
  const Result<json::Value> value = json::parse(text);
  ASSERT_TRUE(value.ok());
  const Result<DetectorReference> reference = detector_reference_from_json(*value);
  ASSERT_TRUE(reference.ok()) << reference.error().message();
  EXPECT_EQ(json::dump_pretty(to_json(*reference)), text);
  ASSERT_TRUE(reference->t2q.has_value());
  EXPECT_EQ(reference->t2q->component_count, 1u);
  EXPECT_EQ(reference->inputs.at(1).shares.size(), 3u);
}

// The worked example of docs/formats/detector-reference.md.
TEST(DetectorReference, GoldenMonitorScoresAsThePageSays) {
  const DetectorReference reference = *detector_reference_from_json(*json::parse(golden()));
  T2QState state;
  const T2QScore score = advance(*reference.t2q, state, std::vector<double>{644, 1590});
  EXPECT_NEAR(score.t2, 0.2025, 1e-12);
  EXPECT_NEAR(score.q, 1.96, 1e-12);
}

TEST(DetectorReference, MonitorMayBeAbsent) {
  const std::string text = R"({"inputs":[],"outputs":[]})";
  const DetectorReference reference = *detector_reference_from_json(*json::parse(text));
  EXPECT_FALSE(reference.t2q.has_value());
  EXPECT_EQ(json::dump(to_json(reference)), text);
}

// Each case changes one place of the golden file.
TEST(DetectorReference, RefusesBrokenDocuments) {
  struct Case {
    std::string from;
    std::string to;
    std::string message;
  };
  const std::string text = json::dump(*json::parse(golden()));
  const Case cases[] = {
      {R"("edges":[640.5,642])", R"("edges":[640.5])", "edges"},
      {R"("edges":[640.5,642])", R"("edges":[642,640.5])", "ascend"},
      {R"("shares":[0.25,0.5,0.25])", R"("shares":[0.25,1.5,0.25])", "share"},
      {R"("missing":0.125)", R"("missing":-1)", "share"},
      {R"("minimum":638)", R"("minimum":700)", "minimum"},
      {R"("component_count":1)", R"("component_count":2)", "component_count"},
      {R"("component_count":1)", R"("component_count":-1)", "component_count"},
      {R"("scale":[2,0.5])", R"("scale":[2,0])", "scale"},
      {R"("inverse":[1.25,0.25,0.25,1.5])", R"("inverse":[1.25,0.25,0.25])", "inverse"},
      {R"("lambda":0.3)", R"("lambda":0)", "lambda"},
      {R"("clip":20)", R"("clip":-20)", "clip"},
      {R"("q_limit":7.5)", R"("q_limit":0)", "q_limit"},
      {R"("exceedances":3)", R"("exceedances":6)", "exceedances"},
      {R"("window":5)", R"("window":100000)", "window"},
      {R"("outputs":)", R"("output":)", "output"},
      {R"("channels":["s2","s3"])", R"("channels":["s2"])", "channels"},
  };
  for (const Case& c : cases) {
    std::string broken = text;
    const std::size_t at = broken.find(c.from);
    ASSERT_NE(at, std::string::npos) << c.from;
    broken.replace(at, c.from.size(), c.to);
    const auto result = detector_reference_from_json(*json::parse(broken));
    ASSERT_FALSE(result.ok()) << c.to;
    EXPECT_EQ(result.error().code(), Code::kInvalidArgument);
    EXPECT_NE(result.error().message().find(c.message), std::string::npos)
        << result.error().message();
  }
}

}  // namespace
}  // namespace skerry::stats
