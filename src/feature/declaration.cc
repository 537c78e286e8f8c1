// SPDX-License-Identifier: Apache-2.0
//
// Reads a declaration into a Graph: expands groups, resolves names, checks every bound.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <ranges>
#include <set>
#include <utility>

#include "base/ids.h"
#include "base/limits.h"
#include "data/number.h"
#include "feature/graph.h"

namespace skerry::feature {
namespace {

constexpr std::size_t kSuggestionsMax = 1'000;  // Names compared with a misspelt one.
constexpr std::string_view kSensorPlace = "{sensor}";

// A feature inside a graph and the name that it has or would have.
struct Found {
  std::uint32_t node = 0;
  std::string name;
};

Status check_text(std::string_view text, std::size_t bytes_max, std::string_view what) {
  if (text.empty()) return invalid_argument(fmt::format("{} is empty", what));
  if (text.size() > bytes_max) {
    return invalid_argument(fmt::format("{} has more than {} bytes", what, bytes_max));
  }
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (control) return invalid_argument(fmt::format("{} holds a control character", what));
  return ok_status();
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
  const std::string nearest = nearest_word(word, known);
  return nearest.empty() ? "" : fmt::format("; did you mean \"{}\"?", nearest);
}

std::string fill_in(std::string text, std::string_view sensor) {
  if (sensor.empty()) return text;
  for (std::size_t at = text.find(kSensorPlace); at != std::string::npos;
       at = text.find(kSensorPlace, at + sensor.size())) {
    text.replace(at, kSensorPlace.size(), sensor);
  }
  return text;
}

class Parser {
 public:
  Result<Graph> parse(const json::Value& declaration) {
    const json::Array& entries = *TRY(json::as_array(declaration, "the feature list"));
    if (entries.empty()) return invalid_argument("the feature list is empty");
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const std::string place = fmt::format("feature entry {}", i + 1);
      const json::Object& entry = *TRY(json::as_object(entries[i], place));
      TRY((entry.contains("for") ? group(entry) : output(entry, "")).with(place));
    }
    return std::move(graph_);
  }

 private:
  Status group(const json::Object& entry) {
    TRY(json::check_keys(entry, {"for", "features"}, "a group"));
    const std::vector<std::string> sensors = TRY(json::get_strings(entry, "for"));
    const json::Array& templates = *TRY(json::get_array(entry, "features"));
    if (sensors.empty()) return invalid_argument("\"for\" names no sensor");
    if (templates.empty()) return invalid_argument("\"features\" is empty");
    for (const std::string& sensor : sensors) {
      TRY(check_text(sensor, kFieldBytesMax, "a name in \"for\""));
      for (const json::Value& value : templates) {
        const json::Object& pattern = *TRY(json::as_object(value, "a feature of the group"));
        TRY(output(pattern, sensor).with(fmt::format("for \"{}\"", sensor)));
      }
    }
    return ok_status();
  }

  // Adds one named feature; `sensor` is the group's, or empty outside a group.
  Status output(const json::Object& entry, const std::string& sensor) {
    std::string name = TRY(json::get_string_or(entry, "name", ""));
    if (entry.contains("name")) {
      if (!sensor.empty() && name.find(kSensorPlace) == std::string::npos) {
        return invalid_argument(fmt::format("name \"{}\" would repeat in a group: write {} into it",
                                            name, kSensorPlace));
      }
      name = fill_in(std::move(name), sensor);
      TRY(check_text(name, kNameBytesMax, "the name of a feature"));
    }
    Result<Found> found = node(entry, sensor, 0);
    if (!found) {
      return name.empty() ? std::move(found).error()
                          : std::move(found).error().with(fmt::format("feature \"{}\"", name));
    }
    if (name.empty()) name = std::move(found->name);
    if (name.size() > kNameBytesMax) {
      return invalid_argument(
          fmt::format("the generated name of a {} has more than {} bytes; give it a "
                      "\"name\"",
                      TRY(json::get_string(entry, "op")), kNameBytesMax));
    }
    if (graph_.outputs.size() >= limits::kFeaturesMax) {
      return invalid_argument(fmt::format("more than {} features", limits::kFeaturesMax));
    }
    if (!named_.emplace(name, found->node).second) {
      return invalid_argument(fmt::format("feature \"{}\" is declared twice", name));
    }
    graph_.outputs.push_back({std::move(name), found->node});
    return ok_status();
  }

  Result<Found> node(const json::Object& entry, const std::string& sensor, std::size_t depth) {
    const std::string op = TRY(json::get_string(entry, "op"));
    TRY(check_text(op, kFieldBytesMax, "\"op\""));
    const std::vector<std::string>& known = operation_names();
    const auto at = std::find(known.begin(), known.end(), op);
    if (at == known.end()) {
      return invalid_argument(fmt::format("unknown operation \"{}\"{}", op, suggestion(op, known)));
    }
    Found found;
    Node made;
    made.operation = static_cast<Operation>(at - known.begin());
    TRY(check_parameters(made.operation, entry, sensor, depth));
    switch (made.operation) {
      case Operation::kAge: found.name = "age"; break;
      case Operation::kDifference: found.name = TRY(difference(entry, sensor, depth, made)); break;
      default: found.name = TRY(of_sensor(entry, sensor, made)); break;
    }
    found.node = intern(std::move(made));
    return found;
  }

  Status check_parameters(Operation operation, const json::Object& entry, const std::string& sensor,
                          std::size_t depth) const {
    std::vector<std::string> keys = {"op"};
    if (depth == 0) keys.emplace_back("name");
    if (operation == Operation::kDifference) {
      keys.emplace_back("of");
    } else if (operation != Operation::kAge) {
      if (sensor.empty()) keys.emplace_back("sensor");
      if (operation == Operation::kEwma) {
        keys.emplace_back("alpha");
      } else if (operation == Operation::kCategory) {
        keys.emplace_back("levels");
      } else if (operation != Operation::kLast) {
        keys.emplace_back("n");
      }
    }
    return json::check_keys(entry, keys, operation_name(operation));
  }

  // Fills in `made` and returns its generated name.
  Result<std::string> of_sensor(const json::Object& entry, const std::string& sensor, Node& made) {
    made.sensor = sensor.empty() ? TRY(json::get_string(entry, "sensor")) : sensor;
    TRY(check_text(made.sensor, kFieldBytesMax, "\"sensor\""));
    const bool categorical = made.operation == Operation::kCategory;
    if (fields_.emplace(made.sensor, categorical).first->second != categorical) {
      return invalid_argument(
          fmt::format("\"{}\" is used both as a number and as a category", made.sensor));
    }
    switch (made.operation) {
      case Operation::kLast: return made.sensor;
      case Operation::kCategory: TRY(levels(entry, made)); return made.sensor;
      case Operation::kEwma:
        made.alpha = TRY(json::get_number(entry, "alpha"));
        if (!(made.alpha > 0 && made.alpha <= 1)) {
          return invalid_argument("\"alpha\" is not above 0 and at most 1");
        }
        return fmt::format("{}_ewma_{}", made.sensor, format_number(made.alpha));
      default: break;
    }
    const std::int64_t n = TRY(json::get_int(entry, "n"));
    if (n < 1 || n > kWindowMax) {
      return invalid_argument(fmt::format("\"n\" is {}, outside 1..{}", n, kWindowMax));
    }
    made.n = static_cast<std::uint32_t>(n);
    const std::string_view word =
        made.operation == Operation::kFirstMean ? "first" : operation_name(made.operation);
    return fmt::format("{}_{}_{}", made.sensor, word, n);
  }

  Status levels(const json::Object& entry, Node& made) const {
    made.levels = TRY(json::get_strings(entry, "levels"));
    if (made.levels.empty() || made.levels.size() > kLevelsMax) {
      return invalid_argument(fmt::format("\"levels\" has not 1 to {} entries", kLevelsMax));
    }
    std::set<std::string_view> seen;
    for (const std::string& level : made.levels) {
      TRY(check_text(level, kFieldBytesMax, "a level"));
      if (!seen.insert(level).second) {
        return invalid_argument(fmt::format("level \"{}\" is listed twice", level));
      }
    }
    return ok_status();
  }

  Result<std::string> difference(const json::Object& entry, const std::string& sensor,
                                 std::size_t depth, Node& made) {
    const json::Array& of = *TRY(json::get_array(entry, "of"));
    if (of.size() != 2) return invalid_argument("\"of\" has not two entries");
    const Found minuend = TRY(operand(of[0], sensor, depth + 1));
    const Found subtrahend = TRY(operand(of[1], sensor, depth + 1));
    made.minuend = minuend.node;
    made.subtrahend = subtrahend.node;
    return fmt::format("{}-{}", minuend.name, subtrahend.name);
  }

  // A name of an earlier feature, or a feature without a name.
  Result<Found> operand(const json::Value& value, const std::string& sensor, std::size_t depth) {
    if (depth > kOperandDepthMax) {
      return invalid_argument(
          fmt::format("differences are nested deeper than {}", kOperandDepthMax));
    }
    if (!value.is_string()) {
      return node(*TRY(json::as_object(value, "an operand")), sensor, depth);
    }
    const std::string name = fill_in(std::string(value.get_string()), sensor);
    TRY(check_text(name, kNameBytesMax, "an operand"));
    const auto earlier = named_.find(name);
    if (earlier == named_.end()) {
      std::vector<std::string> known;
      for (const Output& declared : graph_.outputs | std::views::take(kSuggestionsMax)) {
        known.push_back(declared.name);
      }
      return invalid_argument(fmt::format("\"{}\" is not declared before this difference{}", name,
                                          suggestion(name, known)));
    }
    return Found{earlier->second, name};
  }

  // The position of an equal node, or of a new one.
  std::uint32_t intern(Node made) {
    const auto [at, added] =
        positions_.emplace(std::move(made), static_cast<std::uint32_t>(graph_.nodes.size()));
    if (added) graph_.nodes.push_back(at->first);
    return at->second;
  }

  Graph graph_;
  std::map<Node, std::uint32_t> positions_;
  std::map<std::string, std::uint32_t, std::less<>> named_;
  std::map<std::string, bool, std::less<>> fields_;  // Whether the field is a category.
};

}  // namespace

Result<Graph> parse_graph(const json::Value& declaration) { return Parser().parse(declaration); }

}  // namespace skerry::feature
