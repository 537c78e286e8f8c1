// SPDX-License-Identifier: Apache-2.0
#include "app/settings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include "base/ids.h"
#include "data/yaml/yaml.h"
#include "domain/site_spec.h"

namespace skerry::app {
namespace {

using enum SettingType;

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

constexpr std::array kSettings{
    Setting{"hub.listen", kText, "127.0.0.1:8080", 0, 0, "", false,
            "Address of the hub's API and web app."},
    Setting{"hub.poll", kDuration, "15s", 100, 86'400'000, "duration", false,
            "How often sites shall ask for their desired state; written into each SiteSpec."},
    Setting{"registry.listen", kText, "127.0.0.1:5000", 0, 0, "", false,
            "Address of the embedded OCI registry."},
    Setting{"registry.url", kText, "", 0, 0, "", false,
            "Registry to push to and pull from; the embedded one of this state folder when empty."},
    Setting{"registry.user", kText, "skerry", 0, 0, "", false,
            "User name for a registry that asks for Basic or a token."},
    Setting{"registry.password", kText, "", 0, 0, "", true, "Password for that registry."},
    Setting{"registry.blob_bytes_max", kBytes, "16GiB", 1, 1024 * kGiB, "bytes", false,
            "Largest blob the embedded registry accepts."},
    Setting{"registry.upload_ttl", kDuration, "24h", 1000, 31'536'000'000, "duration", false,
            "An upload without progress for this long is removed."},
    Setting{"site.enrolment", kText, "", 0, 0, "", false,
            "Enrolment file of the site; without one it serves site.models and follows no ring."},
    Setting{"site.listen", kText, "127.0.0.1:8100", 0, 0, "", false,
            "Address of a site's scoring API."},
    Setting{"site.metrics_listen", kText, "", 0, 0, "", false,
            "Address of a site's Prometheus metrics; the scoring port + 2 when empty."},
    Setting{"site.reactors", kInteger, "1", 1, 256, "threads", false,
            "Threads that serve requests; one is right below four cores."},
    Setting{
        "site.assets_max", kInteger, "10000", 1, 10'000'000, "assets", false,
        "Assets whose windows a site keeps; beyond it the one unseen for longest is forgotten."},
    Setting{"site.poll", kDuration, "", 0, 86'400'000, "duration", false,
            "How often a site asks for its desired state; what the SiteSpec says when empty."},
    Setting{"site.models", kText, "", 0, 0, "", false,
            "Folder or file with a bundle that a site without enrolment serves."},
    Setting{
        "tls.certificate", kText, "", 0, 0, "", false,
        "PEM file with the certificate chain of this program's listeners; plain HTTP when empty."},
    Setting{"tls.key", kText, "", 0, 0, "", false, "PEM file with its private key."},
    Setting{
        "tls.ca", kText, "", 0, 0, "", false,
        "PEM file with the authorities that outbound connections trust; the system's when empty."},
    Setting{"http.allowed_hosts", kText, "", 0, 0, "", false,
            "Further host names, separated by commas, that clients may use to reach a listener."},
    Setting{"ort.library", kText, "", 0, 0, "", false,
            "Path of libonnxruntime.so.1; searched beside the program when empty."},
    Setting{"train.threads", kInteger, "0", 0, 1024, "threads", false,
            "Threads of a training; all cores when 0."},
    Setting{"train.memory_bytes_max", kBytes, "16GiB", 64 << 20, 1024 * kGiB, "bytes", false,
            "Address space of a training process."},
    Setting{"log.level", kText, "info", 0, 0, "", false, "debug, info, warning or error."},
    Setting{"log.file", kText, "", 0, 0, "", false, "Log file; standard error when empty."},
};

const Setting* find_setting(std::string_view path) {
  const auto found = std::ranges::find(kSettings, path, &Setting::path);
  return found == kSettings.end() ? nullptr : &*found;
}

std::vector<std::string> all_paths() {
  std::vector<std::string> paths;
  for (const Setting& setting : kSettings) paths.emplace_back(setting.path);
  return paths;
}

std::string type_name(SettingType type) {
  switch (type) {
    case kText: return "text";
    case kInteger: return "whole number";
    case kBoolean: return "true or false";
    case kDuration: return "duration such as 15s";
    case kBytes: return "size such as 64MiB";
  }
  return "";
}

Result<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) {
    return invalid_argument("not a whole number");
  }
  return value;
}

Result<std::int64_t> numeric_value(const Setting& setting, const std::string& value) {
  if (setting.type == kInteger) return parse_integer(value);
  if (setting.type == kBytes) return parse_bytes(value);
  return TRY(parse_duration(value)).count();
}

std::string bound_text(const Setting& setting, std::int64_t bound) {
  if (setting.type == kDuration) return format_duration(std::chrono::milliseconds(bound));
  return std::to_string(bound) + (setting.type == kBytes ? " bytes" : "");
}

Status check_value(const Setting& setting, const std::string& value) {
  if (setting.type == kText) return ok_status();
  if (setting.type == kBoolean) {
    if (value == "true" || value == "false") return ok_status();
    return invalid_argument("is neither true nor false");
  }
  if (value.empty() && setting.fallback.empty()) return ok_status();
  const Result<std::int64_t> number = numeric_value(setting, value);
  if (!number.ok()) return invalid_argument("is not a " + type_name(setting.type));
  if (*number < setting.min || *number > setting.max) {
    return invalid_argument("is not between " + bound_text(setting, setting.min) + " and " +
                            bound_text(setting, setting.max));
  }
  return ok_status();
}

std::string scalar_text(const json::Value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_null()) return "";
  return json::dump(value);
}

// Flattens {hub: {listen: x}} to ("hub.listen", x).
void flatten(const json::Value& value, const std::string& prefix,
             std::vector<std::pair<std::string, json::Value>>& out) {
  if (const json::Object* object = value.if_object()) {
    for (const auto& member : *object) {
      const std::string key(member.key());
      flatten(member.value(), prefix.empty() ? key : prefix + "." + key, out);
    }
    return;
  }
  out.emplace_back(prefix, value);
}

json::Object schema_of(const Setting& setting) {
  json::Object out;
  switch (setting.type) {
    case kText:
    case kDuration: out["type"] = "string"; break;
    case kBytes: out["type"] = json::Array{"string", "integer"}; break;
    case kBoolean: out["type"] = "boolean"; break;
    case kInteger:
      out["type"] = "integer";
      out["minimum"] = setting.min;
      out["maximum"] = setting.max;
      break;
  }
  const Result<std::int64_t> number = parse_integer(setting.fallback);
  if (setting.type == kBoolean) {
    out["default"] = setting.fallback == "true";
  } else if (setting.type == kInteger && number.ok()) {
    out["default"] = *number;
  } else {
    out["default"] = setting.fallback;
  }
  out["description"] = setting.sentence;
  return out;
}

std::string unknown_setting(const std::string& path, const std::string& origin) {
  const std::string near = nearest_word(path, all_paths());
  return origin + ": unknown setting \"" + path + "\"" +
         (near.empty() ? "" : "; did you mean \"" + near + "\"?");
}

}  // namespace

std::span<const Setting> all_settings() { return kSettings; }

std::string variable_name(std::string_view path) {
  std::string name = "SKERRY_";
  for (const char c : path) {
    name += c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return name;
}

Result<Settings> Settings::load(std::string_view yaml_text, std::string_view yaml_name,
                                const std::map<std::string, std::string>& environment,
                                const std::vector<std::pair<std::string, std::string>>& overrides) {
  Settings settings;
  std::vector<std::string> problems;
  for (const Setting& setting : kSettings) {
    settings.entries_[std::string(setting.path)] = {std::string(setting.fallback), "default"};
  }
  const auto apply = [&](const std::string& path, const std::string& value,
                         const std::string& origin) {
    const Setting* setting = find_setting(path);
    if (setting == nullptr) {
      problems.push_back(unknown_setting(path, origin));
    } else if (const Status status = check_value(*setting, value); !status.ok()) {
      problems.push_back(origin + ": " + path + " " + status.error().message());
    } else {
      settings.entries_[path] = {value, origin};
    }
  };
  std::vector<std::pair<std::string, json::Value>> from_file;
  const json::Value document = TRY(yaml::parse(yaml_text).with(yaml_name));
  if (!document.is_null()) {
    if (!document.is_object()) return invalid_argument(std::string(yaml_name) + ": not a mapping");
    flatten(document, "", from_file);
  }
  const std::string file = "file " + std::string(yaml_name);
  for (const auto& [path, value] : from_file) {
    if (value.is_array()) {
      problems.push_back(file + ": " + path + " is a list; write one value");
    } else {
      apply(path, scalar_text(value), file);
    }
  }
  for (const Setting& setting : kSettings) {
    const std::string name = variable_name(setting.path);
    const auto found = environment.find(name);
    if (found != environment.end()) {
      apply(std::string(setting.path), found->second, "environment " + name);
    }
  }
  for (const auto& [path, value] : overrides) apply(path, value, "flag");
  if (problems.empty()) return settings;
  std::string all;
  for (const std::string& problem : problems) all += (all.empty() ? "" : "\n  ") + problem;
  return invalid_argument("configuration: " + all);
}

const Settings::Entry& Settings::entry(std::string_view path) const {
  const auto found = entries_.find(path);
  SKERRY_CHECK(found != entries_.end());
  return found->second;
}

const std::string& Settings::text(std::string_view path) const { return entry(path).value; }

std::int64_t Settings::integer(std::string_view path) const {
  const Result<std::int64_t> value = parse_integer(entry(path).value);
  SKERRY_CHECK(value.ok());  // load() let nothing else in.
  return *value;
}

bool Settings::boolean(std::string_view path) const { return entry(path).value == "true"; }

std::int64_t Settings::milliseconds(std::string_view path) const {
  const auto value = parse_duration(entry(path).value);
  SKERRY_CHECK(value.ok());
  return value->count();
}

std::int64_t Settings::bytes(std::string_view path) const {
  const Result<std::int64_t> value = parse_bytes(entry(path).value);
  SKERRY_CHECK(value.ok());
  return *value;
}

json::Array Settings::show() const {
  json::Array out;
  for (const Setting& setting : kSettings) {
    const Entry& entry = this->entry(setting.path);
    json::Object row;
    row["path"] = setting.path;
    row["value"] = setting.secret && !entry.value.empty() ? "****" : entry.value;
    row["origin"] = entry.origin;
    row["unit"] = setting.unit;
    out.push_back(std::move(row));
  }
  return out;
}

json::Object settings_schema() {
  json::Object groups;
  for (const Setting& setting : kSettings) {
    const auto dot = setting.path.find('.');
    const std::string group(setting.path.substr(0, dot));
    const std::string key(setting.path.substr(dot + 1));
    if (!groups.contains(group)) {
      groups[group] = json::Object{
          {"type", "object"}, {"additionalProperties", false}, {"properties", json::Object()}};
    }
    groups[group].get_object()["properties"].get_object()[key] = schema_of(setting);
  }
  json::Object schema;
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "Skerry configuration";
  schema["type"] = "object";
  schema["additionalProperties"] = false;
  schema["properties"] = std::move(groups);
  return schema;
}

std::string settings_page() {
  std::string page =
      "# Configuration\n\n"
      "Generated by `skerry config schema --markdown`; do not edit.\n\n"
      "Sources in rising order: defaults, the YAML file named by `--config` or `SKERRY_CONFIG`, "
      "environment\n"
      "variables, `--set path=value`. `skerry config show` prints each value with its origin.\n\n"
      "| setting | variable | type | default | meaning |\n|---|---|---|---|---|\n";
  for (const Setting& setting : kSettings) {
    page += "| `" + std::string(setting.path) + "` | `" + variable_name(setting.path) + "` | " +
            type_name(setting.type) + " | " +
            (setting.fallback.empty() ? "" : "`" + std::string(setting.fallback) + "`") + " | " +
            std::string(setting.sentence) + (setting.secret ? " Secret." : "") + " |\n";
  }
  page +=
      "\nThe state folder is `--state` or `SKERRY_STATE`, else `$XDG_STATE_HOME/skerry`, else\n"
      "`~/.local/state/skerry`.\n";
  return page;
}

Result<std::int64_t> parse_bytes(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> kUnits{
      {{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", kGiB}, {"TiB", 1024 * kGiB}, {"", 1}}};
  for (const auto& [suffix, factor] : kUnits) {
    if (!text.ends_with(suffix)) continue;
    const std::int64_t count = TRY(parse_integer(text.substr(0, text.size() - suffix.size())));
    if (count < 0 || count > std::numeric_limits<std::int64_t>::max() / factor) break;
    return count * factor;
  }
  return invalid_argument("not a size such as 64MiB");
}

}  // namespace skerry::app
