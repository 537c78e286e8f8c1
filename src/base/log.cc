// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace skerry::log {
namespace {

spdlog::level::level_enum spd_level(Level level) {
  switch (level) {
    case Level::kDebug: return spdlog::level::debug;
    case Level::kInfo: return spdlog::level::info;
    case Level::kWarning: return spdlog::level::warn;
    case Level::kError: return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::shared_ptr<spdlog::logger> make_logger(spdlog::sink_ptr sink, Level level) {
  auto logger = std::make_shared<spdlog::logger>("skerry", std::move(sink));
  logger->set_level(spd_level(level));
  logger->flush_on(spdlog::level::info);
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  return logger;
}

// The process has one log; main replaces it before threads start.
std::shared_ptr<spdlog::logger>& logger() {
  static auto instance =
      make_logger(std::make_shared<spdlog::sinks::stderr_sink_mt>(), Level::kWarning);
  return instance;
}

}  // namespace

Status open(Level level, const std::string& path) {
  if (path.empty()) {
    logger()->set_level(spd_level(level));
    return ok_status();
  }
  try {
    logger() = make_logger(std::make_shared<spdlog::sinks::basic_file_sink_mt>(path), level);
  } catch (const spdlog::spdlog_ex& e) {
    return unavailable(std::string("open the log file: ") + e.what());
  }
  return ok_status();
}

bool enabled(Level level) { return logger()->should_log(spd_level(level)); }

void write(Level level, std::string_view line) { logger()->log(spd_level(level), line); }

}  // namespace skerry::log
