// SPDX-License-Identifier: Apache-2.0
#include "data/yaml/yaml.h"

#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>

#include "data/number.h"

namespace skerry::yaml {
namespace {

// yaml-cpp reports through exceptions and keeps one recursion per level, so depth and size are
// bounded before and while the tree is converted.
class Converter {
 public:
  explicit Converter(ParseLimits limits) : limits_(limits) {}

  Result<json::Value> convert(const YAML::Node& node, std::size_t depth) {
    if (depth > limits_.depth_max) {
      return Error(Code::kResourceExhausted, "YAML nests too deep" + place(node));
    }
    if (++nodes_ > limits_.nodes_max) {
      return Error(Code::kResourceExhausted, "YAML has too many nodes" + place(node));
    }
    switch (node.Type()) {
      case YAML::NodeType::Undefined:
      case YAML::NodeType::Null: return json::Value(nullptr);
      case YAML::NodeType::Scalar: return scalar(node);
      case YAML::NodeType::Sequence: return sequence(node, depth);
      case YAML::NodeType::Map: return map(node, depth);
    }
    return internal_error("unknown YAML node type");
  }

 private:
  static std::string place(const YAML::Node& node) {
    return " (line " + std::to_string(node.Mark().line + 1) + ")";
  }

  static Result<json::Value> scalar(const YAML::Node& node) {
    const std::string& text = node.Scalar();
    // Quoted scalars carry the tag "!"; plain ones "?".
    if (node.Tag() == "!") return json::Value(text);
    if (text.empty() || text == "~" || text == "null") return json::Value(nullptr);
    if (text == "true") return json::Value(true);
    if (text == "false") return json::Value(false);
    std::int64_t whole = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), whole);
    if (code == std::errc() && end == text.data() + text.size()) return json::Value(whole);
    const char first = text.front();
    const bool numeric =
        (first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.';
    if (numeric) {
      const Result<double> number = parse_number(text);
      if (number.ok() && std::isfinite(*number)) return json::Value(*number);
    }
    return json::Value(text);
  }

  Result<json::Value> sequence(const YAML::Node& node, std::size_t depth) {
    json::Array array;
    for (const auto& item : node) array.push_back(TRY(convert(item, depth + 1)));
    return json::Value(std::move(array));
  }

  Result<json::Value> map(const YAML::Node& node, std::size_t depth) {
    json::Object object;
    for (const auto& member : node) {
      if (!member.first.IsScalar()) {
        return invalid_argument("YAML key is not a scalar" + place(member.first));
      }
      const std::string& key = member.first.Scalar();
      if (object.contains(key)) {
        return invalid_argument("YAML key \"" + key + "\" is repeated" + place(member.first));
      }
      object.emplace(key, TRY(convert(member.second, depth + 1)));
    }
    return json::Value(std::move(object));
  }

  ParseLimits limits_;
  std::size_t nodes_ = 0;
};

// The deepest indentation or flow nesting a document can reach, found without building anything.
bool nests_deeper(std::string_view text, std::size_t depth_max) {
  std::size_t flow = 0;
  std::size_t dashes = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '[' || c == '{') ++flow;
    if ((c == ']' || c == '}') && flow > 0) --flow;
    if (c == '\n') dashes = 0;
    if ((c == '-' || c == '?') && i + 1 < text.size() && text[i + 1] == ' ') ++dashes;
    if (flow > depth_max || dashes > depth_max) return true;
  }
  return false;
}

}  // namespace

Result<json::Value> parse(std::string_view text, ParseLimits limits) {
  if (text.size() > limits.bytes_max) {
    return Error(Code::kResourceExhausted,
                 "YAML document is larger than " + std::to_string(limits.bytes_max) + " bytes");
  }
  if (nests_deeper(text, limits.depth_max)) {
    return Error(Code::kResourceExhausted, "YAML nests too deep");
  }
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
    if (documents.empty()) return json::Value(nullptr);
    if (documents.size() > 1) return invalid_argument("YAML has more than one document");
    return Converter(limits).convert(documents.front(), 0);
  } catch (const YAML::Exception& e) {
    return invalid_argument("YAML: " + e.msg + " (line " + std::to_string(e.mark.line + 1) + ")");
  }
}

}  // namespace skerry::yaml
