// SPDX-License-Identifier: Apache-2.0
//
// A Graph laid out for execution: which numbers an asset's state holds, and what each update
// writes. Equal canonical declarations give equal layouts. Threads: immutable once compiled, shared
// by the pipeline and all states.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "data/json.h"
#include "feature/graph.h"
#include "feature/window.h"

namespace skerry::feature {

// Something remembered of one sensor: one counter and some cells of the state.
struct Tracker {
  enum class Kind { kWindow, kDelay, kSmoother, kFirstMean };
  // A node whose value is read off this tracker.
  struct Reader {
    Operation operation;
    std::uint32_t node;
  };

  Kind kind;
  std::uint32_t n = 0;  // All but kSmoother.
  double alpha = 0;     // kSmoother.
  WindowLayout window;  // kWindow.
  std::size_t cells_at = 0;
  std::vector<Reader> readers;

  std::size_t cell_count() const;
  // Highest value of the counter.
  std::uint32_t counter_max() const;
  // How many of the first cells have to be kept for a counter; the others follow from them.
  std::uint32_t cells_kept(std::uint32_t counter) const;
};

struct Series {
  std::string sensor;
  std::uint32_t first_tracker = 0;
  std::uint32_t tracker_count = 0;
  std::optional<std::uint32_t> last_node;  // The plain value.
};

struct Category {
  std::string field;
  std::map<std::string, double, std::less<>> codes;
  std::uint32_t node = 0;
};

struct Difference {
  std::uint32_t node = 0;
  std::uint32_t minuend = 0;
  std::uint32_t subtrahend = 0;
};

struct Plan {
  // Errors: kInvalidArgument when the state of one asset would exceed kStateBytesMax.
  static Result<std::shared_ptr<const Plan>> compile(const Graph& graph);

  Plan(json::Array canonical, Digest of_it)
      : declaration(std::move(canonical)), digest(std::move(of_it)) {}

  json::Array declaration;  // Canonical.
  Digest digest;
  std::vector<std::string> names;
  std::vector<std::string> sensors;
  std::vector<std::string> categorical;

  std::vector<Series> series;  // Sorted by sensor.
  std::vector<Tracker> trackers;
  std::vector<Category> categories;  // Sorted by field.
  std::optional<std::uint32_t> age_node;
  std::vector<Difference> differences;  // Operands before their users.
  std::vector<std::uint32_t> outputs;   // Nodes.
  std::size_t node_count = 0;
  std::size_t cell_count = 0;
};

}  // namespace skerry::feature
