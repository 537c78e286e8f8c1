// SPDX-License-Identifier: Apache-2.0
#include "data/yaml/yaml.h"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

#include "data/fast_json.h"
#include "data/number.h"

namespace skerry::yaml {
namespace {

std::string place(const YAML::Mark& mark) {
  return " (line " + std::to_string(mark.line + 1) + ")";
}

std::string place(const YAML::Node& node) { return place(node.Mark()); }

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  int base = 10;
  if (text.starts_with("0o")) base = 8;
  if (text.starts_with("0x")) base = 16;
  if (base != 10) text.remove_prefix(2);
  if (base != 10 && text.starts_with('-')) return std::nullopt;
  if (base == 10 && text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// YAML 1.2.2, section 10.3.2. Infinity and "not a number", which JSON lacks, stay text.
json::Value plain_scalar(const std::string& text) {
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return nullptr;
  if (is_one_of(text, {"true", "True", "TRUE"})) return true;
  if (is_one_of(text, {"false", "False", "FALSE"})) return false;
  if (const auto whole = whole_number(text)) return *whole;
  if (text.find_first_not_of("0123456789+-.eE") == std::string::npos) {
    if (const Result<double> number = parse_number(text); number.ok()) return *number;
  }
  return json::Value(text);
}

// The library reads a document with at most 500 levels, without expanding aliases; the limits count
// here, where they are expanded.
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
  static Result<json::Value> scalar(const YAML::Node& node) {
    const std::string& tag = node.Tag();
    // Quoted scalars carry the tag "!"; plain ones "?".
    if (tag == "!" || tag == "tag:yaml.org,2002:str") return json::Value(node.Scalar());
    if (!tag.empty() && tag != "?" && !tag.starts_with("tag:yaml.org,2002:")) {
      return invalid_argument("YAML tag is not known" + place(node));
    }
    return plain_scalar(node.Scalar());
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

// Notes where the last document began.
class DocumentStart final : public YAML::EventHandler {
 public:
  YAML::Mark mark;

  void OnDocumentStart(const YAML::Mark& at) override { mark = at; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

// Where a second document begins. The library's own LoadAll() sees documents without end in some
// texts that are no YAML.
std::optional<YAML::Mark> second_document(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentStart start;
  if (parser.HandleNextDocument(start) && parser.HandleNextDocument(start)) return start.mark;
  return std::nullopt;
}

}  // namespace

Result<json::Value> parse(std::string_view text, ParseLimits limits) {
  if (text.size() > limits.bytes_max) {
    return Error(Code::kResourceExhausted,
                 "YAML document is larger than " + std::to_string(limits.bytes_max) + " bytes");
  }
  // The library takes zero bytes for a sign of UTF-16 or UTF-32.
  if (!fast_json::valid_utf8(text) || text.find('\0') != std::string_view::npos) {
    return invalid_argument("YAML is not UTF-8");
  }
  try {
    const std::string copy(text);
    if (const auto second = second_document(copy)) {
      return invalid_argument("YAML has more than one document" + place(*second));
    }
    return Converter(limits).convert(YAML::Load(copy), 0);
  } catch (const YAML::DeepRecursion& e) {
    return Error(Code::kResourceExhausted, "YAML nests too deep" + place(e.mark));
  } catch (const YAML::Exception& e) {
    return invalid_argument("YAML: " + e.msg + place(e.mark));
  }
}

}  // namespace skerry::yaml
