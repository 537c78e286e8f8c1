// SPDX-License-Identifier: Apache-2.0
//
// Every setting is declared once, in settings.cc: its path, type, default, range, unit and
// sentence. The YAML parser, environment variables, --set flags, `config` commands, JSON Schema and
// docs/reference/config.md derive from that table.
// Threads: a Settings is immutable after load().
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "data/json.h"

namespace skerry::app {

enum class SettingType { kText, kInteger, kBoolean, kDuration, kBytes };

struct Setting {
  std::string_view path;  // "hub.listen"; its variable is SKERRY_HUB_LISTEN.
  SettingType type;
  std::string_view fallback;
  std::int64_t min;  // Integers, durations (ms) and bytes.
  std::int64_t max;
  std::string_view unit;
  bool secret;
  std::string_view sentence;
};

std::span<const Setting> all_settings();
std::string variable_name(std::string_view path);

class Settings {
 public:
  // Sources in rising order: defaults, the YAML text (may be empty), the environment, `overrides`
  // (path, value). Errors: kInvalidArgument listing every problem at once, unknown keys with the
  // nearest known one.
  static Result<Settings> load(std::string_view yaml_text, std::string_view yaml_name,
                               const std::map<std::string, std::string>& environment,
                               const std::vector<std::pair<std::string, std::string>>& overrides);

  const std::string& text(std::string_view path) const;
  std::int64_t integer(std::string_view path) const;
  bool boolean(std::string_view path) const;
  std::int64_t milliseconds(std::string_view path) const;
  std::int64_t bytes(std::string_view path) const;

  // [{path, value, origin, unit}]; secrets are masked.
  json::Array show() const;

 private:
  struct Entry {
    std::string value;
    std::string origin;  // "default", "environment SKERRY_X", "file skerry.yaml", "flag"
  };
  const Entry& entry(std::string_view path) const;
  std::map<std::string, Entry, std::less<>> entries_;
};

// JSON Schema (2020-12) of the configuration file.
json::Object settings_schema();
// docs/reference/config.md.
std::string settings_page();

// "64MiB", "2GiB", "512". Errors: kInvalidArgument.
Result<std::int64_t> parse_bytes(std::string_view text);

}  // namespace skerry::app
