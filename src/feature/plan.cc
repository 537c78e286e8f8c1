// SPDX-License-Identifier: Apache-2.0
#include "feature/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <compare>
#include <set>
#include <utility>

namespace skerry::feature {
namespace {

// Part of the digest, so that a change of what an operation means changes it too.
constexpr std::string_view kSemantics = "skerry-pipeline/1\n";

// Nodes with the same key share a tracker; the order is the order of trackers in the state.
struct TrackerKey {
  std::string sensor;
  Tracker::Kind kind;
  std::uint32_t n;
  double alpha;
  auto operator<=>(const TrackerKey&) const = default;
};

Tracker::Kind kind_of(Operation operation) {
  switch (operation) {
    case Operation::kLag:
    case Operation::kDelta: return Tracker::Kind::kDelay;
    case Operation::kEwma: return Tracker::Kind::kSmoother;
    case Operation::kFirstMean: return Tracker::Kind::kFirstMean;
    default: return Tracker::Kind::kWindow;
  }
}

WindowLayout::Needs needs_of(Operation operation) {
  WindowLayout::Needs needs;
  needs.extremes = operation == Operation::kMin || operation == Operation::kMax;
  needs.trend = operation == Operation::kSlope;
  needs.moments = !needs.extremes;
  return needs;
}

class Compiler {
 public:
  explicit Compiler(const Graph& graph) : graph_(graph) {}

  Result<std::shared_ptr<const Plan>> compile() {
    for (std::uint32_t at = 0; at < graph_.nodes.size(); ++at) place(at);
    json::Array declaration = canonical_declaration(graph_);
    Digest digest = Digest::of(std::string(kSemantics) + json::dump(declaration));
    plan_ = std::make_shared<Plan>(std::move(declaration), std::move(digest));
    plan_->node_count = graph_.nodes.size();
    plan_->differences = std::move(differences_);
    plan_->age_node = age_node_;
    lay_out_series();
    list_fields();
    for (const Output& output : graph_.outputs) {
      plan_->names.push_back(output.name);
      plan_->outputs.push_back(output.node);
    }
    const std::size_t bytes = (plan_->cell_count + plan_->node_count) * sizeof(double);
    if (bytes > kStateBytesMax) {
      return invalid_argument(fmt::format(
          "the windows of one asset would take {} bytes, more than {}", bytes, kStateBytesMax));
    }
    return std::shared_ptr<const Plan>(std::move(plan_));
  }

 private:
  void place(std::uint32_t at) {
    const Node& node = graph_.nodes[at];
    switch (node.operation) {
      case Operation::kAge: age_node_ = at; return;
      case Operation::kDifference:
        differences_.push_back({at, node.minuend, node.subtrahend});
        return;
      case Operation::kCategory: place_category(at); return;
      case Operation::kLast: series_[node.sensor].last_node = at; return;
      default: break;
    }
    series_[node.sensor];
    const Tracker::Kind kind = kind_of(node.operation);
    const WindowLayout::Needs needs =
        kind == Tracker::Kind::kWindow ? needs_of(node.operation) : WindowLayout::Needs{};
    auto [tracker, added] = trackers_.try_emplace(
        TrackerKey{node.sensor, kind, node.n, node.alpha},
        Tracker{kind, node.n, node.alpha, WindowLayout(node.n, needs), 0, {}});
    tracker->second.window.require(needs);
    tracker->second.readers.push_back({node.operation, at});
  }

  void place_category(std::uint32_t at) {
    const Node& node = graph_.nodes[at];
    Category category{node.sensor, {}, at};
    for (std::size_t code = 0; code < node.levels.size(); ++code) {
      category.codes.emplace(node.levels[code], static_cast<double>(code));
    }
    categories_.push_back(std::move(category));
  }

  void lay_out_series() {
    auto next = trackers_.begin();
    for (auto& [sensor, series] : series_) {
      series.sensor = sensor;
      series.first_tracker = static_cast<std::uint32_t>(plan_->trackers.size());
      for (; next != trackers_.end() && next->first.sensor == sensor; ++next) {
        next->second.cells_at = plan_->cell_count;
        plan_->cell_count += next->second.cell_count();
        plan_->trackers.push_back(std::move(next->second));
        ++series.tracker_count;
      }
      plan_->series.push_back(std::move(series));
    }
    std::ranges::sort(categories_, {}, &Category::field);
    plan_->categories = std::move(categories_);
  }

  void list_fields() {
    std::set<std::string> all;
    std::set<std::string> categorical;
    for (const Node& node : graph_.nodes) {
      if (node.sensor.empty()) continue;
      all.insert(node.sensor);
      if (node.operation == Operation::kCategory) categorical.insert(node.sensor);
    }
    plan_->sensors.assign(all.begin(), all.end());
    plan_->categorical.assign(categorical.begin(), categorical.end());
  }

  const Graph& graph_;
  std::map<TrackerKey, Tracker> trackers_;
  std::map<std::string, Series> series_;
  std::vector<Category> categories_;
  std::optional<std::uint32_t> age_node_;
  std::vector<Difference> differences_;
  std::shared_ptr<Plan> plan_;
};

}  // namespace

std::size_t Tracker::cell_count() const {
  switch (kind) {
    case Kind::kWindow: return window.cell_count();
    case Kind::kDelay: return n;
    case Kind::kSmoother:
    case Kind::kFirstMean: return 1;
  }
  return 0;
}

std::uint32_t Tracker::counter_max() const {
  switch (kind) {
    case Kind::kWindow:
    case Kind::kDelay: return 2 * n - 1;
    case Kind::kFirstMean: return n;
    case Kind::kSmoother: return 1;
  }
  return 0;
}

std::uint32_t Tracker::cells_kept(std::uint32_t counter) const {
  const bool ring = kind == Kind::kWindow || kind == Kind::kDelay;
  return std::min(counter, ring ? n : 1u);
}

Result<std::shared_ptr<const Plan>> Plan::compile(const Graph& graph) {
  return Compiler(graph).compile();
}

}  // namespace skerry::feature
