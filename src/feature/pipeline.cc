// SPDX-License-Identifier: Apache-2.0
#include "feature/pipeline.h"

#include <utility>

#include "feature/graph.h"
#include "feature/plan.h"
#include "feature/windows.h"

namespace skerry::feature {

Pipeline::Pipeline(std::shared_ptr<const Plan> plan) : plan_(std::move(plan)) {}
Pipeline::Pipeline(Pipeline&&) noexcept = default;
Pipeline& Pipeline::operator=(Pipeline&&) noexcept = default;
Pipeline::~Pipeline() = default;

Result<Pipeline> Pipeline::parse(const json::Value& declaration) {
  const Graph graph = TRY(parse_graph(declaration));
  return Pipeline(TRY(Plan::compile(graph)));
}

json::Value Pipeline::to_json() const { return plan_->declaration; }
const Digest& Pipeline::digest() const { return plan_->digest; }
const std::vector<std::string>& Pipeline::names() const { return plan_->names; }
const std::vector<std::string>& Pipeline::sensors() const { return plan_->sensors; }
const std::vector<std::string>& Pipeline::categories() const { return plan_->categorical; }

AssetState Pipeline::start() const { return AssetState(std::make_unique<Windows>(plan_)); }

void Pipeline::advance(AssetState& state, const Observation& observation,
                       std::span<float> out) const {
  const Plan& plan = state.windows_->plan();
  SKERRY_CHECK(&plan == plan_.get() || plan.digest == plan_->digest);
  state.windows_->advance(observation, out);
}

Result<AssetState> Pipeline::restore(std::string_view bytes) const {
  return AssetState(TRY(Windows::restore(plan_, bytes)));
}

AssetState::AssetState(std::unique_ptr<Windows> windows) : windows_(std::move(windows)) {}
AssetState::AssetState(AssetState&&) noexcept = default;
AssetState& AssetState::operator=(AssetState&&) noexcept = default;
AssetState::~AssetState() = default;

std::string AssetState::serialize() const { return windows_->serialize(); }
std::size_t AssetState::memory_bytes() const { return windows_->memory_bytes(); }

}  // namespace skerry::feature
