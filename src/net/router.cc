// SPDX-License-Identifier: Apache-2.0
#include "net/router.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/encoding.h"

namespace skerry::net {
namespace {

struct Target {
  std::string method;
  std::size_t route;
};

constexpr std::size_t kParametersMax = 16;

// The parameter values met on the way, as sent.
struct Walk {
  bool encoded = false;  // Some '%' in the path.
  std::array<std::string_view, kParametersMax> values;
  std::size_t count = 0;
};

// Cuts the first segment off; what follows is nullopt after the last one.
std::string_view cut_segment(std::string_view path, std::optional<std::string_view>& next) {
  const auto slash = path.find('/');
  next.reset();
  if (slash == std::string_view::npos) return path;
  next = path.substr(slash + 1);
  return path.substr(0, slash);
}

bool segment_equals(std::string_view segment, std::string_view literal, bool encoded) {
  if (!encoded) return segment == literal;
  const auto decoded = percent_decode(segment);
  return decoded && *decoded == literal;
}

// NUL and dot segments reach no handler, not even inside a {rest*}.
bool safe_path(std::string_view decoded) {
  if (decoded.find('\0') != std::string_view::npos) return false;
  std::optional<std::string_view> rest = decoded;
  while (rest) {
    const std::string_view segment = cut_segment(*rest, rest);
    if (segment == "." || segment == "..") return false;
  }
  return true;
}

std::string allowed_methods(const std::vector<Target>& targets) {
  std::vector<std::string> methods;
  for (const Target& target : targets) {
    methods.push_back(target.method);
    if (target.method == "GET") methods.push_back("HEAD");
  }
  std::sort(methods.begin(), methods.end());
  methods.erase(std::unique(methods.begin(), methods.end()), methods.end());
  std::string text;
  for (const std::string& method : methods) text += (text.empty() ? "" : ", ") + method;
  return text;
}

const Target* target_of(const std::vector<Target>& targets, std::string_view method) {
  const auto found = std::find_if(targets.begin(), targets.end(),
                                  [method](const Target& t) { return t.method == method; });
  if (found != targets.end()) return &*found;
  return method == "HEAD" ? target_of(targets, "GET") : nullptr;
}

}  // namespace

struct Router::Node {
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;
  std::unique_ptr<Node> parameter;
  std::vector<Target> targets;  // Of paths that end here.
  std::vector<Target> rest;     // Of a {rest*} from here on.

  Node& literal(std::string_view text) {
    for (auto& [name, node] : literals) {
      if (name == text) return *node;
    }
    return *literals.emplace_back(std::string(text), std::make_unique<Node>()).second;
  }

  const std::vector<Target>* find(std::optional<std::string_view> path, Walk& walk) const {
    if (!path) return targets.empty() ? nullptr : &targets;
    std::optional<std::string_view> next;
    const std::string_view segment = cut_segment(*path, next);
    for (const auto& [name, node] : literals) {
      if (!segment_equals(segment, name, walk.encoded)) continue;
      if (const auto* found = node->find(next, walk)) return found;
    }
    const std::size_t count = walk.count;
    if (parameter && !segment.empty()) {
      walk.values[walk.count++] = segment;
      if (const auto* found = parameter->find(next, walk)) return found;
      walk.count = count;
    }
    if (rest.empty()) return nullptr;
    walk.values[walk.count++] = *path;
    return &rest;
  }
};

namespace {

enum class SegmentKind { kLiteral, kParameter, kRest };

Result<SegmentKind> segment_kind(std::string_view segment) {
  if (segment.find_first_of("{}") == std::string_view::npos) return SegmentKind::kLiteral;
  if (segment.size() < 3 || segment.front() != '{' || segment.back() != '}' ||
      segment.find_first_of("{}", 1) != segment.size() - 1) {
    return invalid_argument("a parameter must be a whole segment, such as {name}");
  }
  return segment[segment.size() - 2] == '*' ? SegmentKind::kRest : SegmentKind::kParameter;
}

}  // namespace

Result<Router> Router::build(std::span<const Route> routes) {
  auto root = std::make_unique<Node>();
  for (std::size_t i = 0; i < routes.size(); ++i) {
    const Route& route = routes[i];
    const std::string name = "route " + route.method + " " + route.pattern;
    if (static_cast<bool>(route.handler) == static_cast<bool>(route.receiver)) {
      return invalid_argument(name + " needs either a handler or a receiver");
    }
    if (!route.pattern.starts_with('/')) return invalid_argument(name + " does not begin with /");
    Node* node = root.get();
    std::vector<Target>* targets = nullptr;
    std::size_t parameters = 0;
    std::optional<std::string_view> rest = std::string_view(route.pattern).substr(1);
    while (rest) {
      const std::string_view segment = cut_segment(*rest, rest);
      const SegmentKind kind = TRY(segment_kind(segment).with(name));
      if (kind != SegmentKind::kLiteral && ++parameters > kParametersMax) {
        return invalid_argument(name + " has more than 16 parameters");
      }
      if (kind == SegmentKind::kRest) {
        if (rest) return invalid_argument(name + " has a part after {rest*}");
        targets = &node->rest;
      } else if (kind == SegmentKind::kParameter) {
        if (!node->parameter) node->parameter = std::make_unique<Node>();
        node = node->parameter.get();
      } else {
        node = &node->literal(segment);
      }
    }
    if (targets == nullptr) targets = &node->targets;
    for (const Target& target : *targets) {
      if (target.method == route.method) return invalid_argument(name + " is declared twice");
    }
    targets->push_back({route.method, i});
  }
  return Router(std::move(root));
}

Router::Router(std::unique_ptr<Node> root) : root_(std::move(root)) {}
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;
Router::~Router() = default;

Router::Match Router::find(std::string_view method, std::string_view path,
                           std::vector<std::string>& parameters) const {
  Match match;
  Walk walk;
  walk.encoded = path.find('%') != std::string_view::npos;
  if (walk.encoded) {
    const auto decoded = percent_decode(path);
    if (!decoded || !safe_path(*decoded)) return {Outcome::kBadPath, 0, {}};
  } else if (!safe_path(path)) {
    return {Outcome::kBadPath, 0, {}};
  }
  if (!path.starts_with('/')) return match;
  const std::vector<Target>* targets = root_->find(path.substr(1), walk);
  if (targets == nullptr) return match;
  const Target* target = target_of(*targets, method);
  if (target == nullptr) return {Outcome::kNoMethod, 0, allowed_methods(*targets)};
  parameters.resize(walk.count);
  for (std::size_t i = 0; i < walk.count; ++i) {
    if (walk.encoded) {
      parameters[i] = percent_decode(walk.values[i]).value();
    } else {
      parameters[i].assign(walk.values[i]);
    }
  }
  match.outcome = Outcome::kFound;
  match.route = target->route;
  return match;
}

}  // namespace skerry::net
