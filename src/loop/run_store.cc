// SPDX-License-Identifier: Apache-2.0
#include "loop/run_store.h"

#include <algorithm>
#include <charconv>

#include "base/ids.h"
#include "base/limits.h"
#include "data/json.h"
#include "loop/run_record.h"

namespace skerry::loop {
namespace {

// The version in "<model>-v<version>", 0 for any other name.
std::int64_t version_of(std::string_view name, std::string_view model) {
  const std::string prefix = std::string(model) + "-v";
  if (!name.starts_with(prefix)) return 0;
  const std::string_view digits = name.substr(prefix.size());
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  const bool whole = error == std::errc() && end == digits.data() + digits.size();
  return whole && version > 0 ? version : 0;
}

}  // namespace

std::string RunStore::path_of(std::string_view id, std::string_view file) const {
  return sys::join_path(sys::join_path(folder_, id), file);
}

Result<RunStore::Claim> RunStore::claim(const std::string& model) {
  TRY(files_.make_directories(folder_).with("folder of runs"));
  Claim claim;
  for (const auto& name : TRY(files_.list(folder_))) {
    claim.version = std::max(claim.version, version_of(name, model));
  }
  while (true) {
    ++claim.version;
    claim.id = model + "-v" + std::to_string(claim.version);
    TRY(check_name(claim.id).with("run id"));
    TRY(files_.make_directories(sys::join_path(folder_, claim.id)));
    const auto file = files_.open(path_of(claim.id, kRunFile), sys::OpenMode::kCreate, 0644);
    if (file) return claim;
    if (file.error().code() != Code::kAlreadyExists) return file.error();
  }
}

Status RunStore::save(const RunRecord& record) {
  return write(record.id, kRunFile, json::dump_pretty(to_json(record)));
}

Status RunStore::write(const std::string& id, std::string_view file, std::string_view bytes) {
  return sys::write_file_atomically(files_, path_of(id, file), bytes);
}

Result<RunRecord> RunStore::load(const std::string& id) {
  TRY(check_name(id).with("run"));
  auto text = sys::read_file(files_, path_of(id, kRunFile), limits::kJsonBytesMax);
  if (!text && text.error().code() == Code::kNotFound) {
    const auto names = files_.list(folder_);
    const std::string nearest = names ? nearest_word(id, *names) : "";
    return not_found("no run \"" + id + "\"" +
                     (nearest.empty() ? "" : ", did you mean \"" + nearest + "\"?"));
  }
  if (!text) return std::move(text).error();
  const auto value = json::parse(*text);
  if (!value) return data_loss("run \"" + id + "\": " + value.error().message());
  auto record = run_record_from_json(*value);
  if (!record) return data_loss("run \"" + id + "\": " + record.error().message());
  return record;
}

Result<RunStore::Listing> RunStore::list() {
  Listing listing;
  if (!sys::exists(files_, folder_)) return listing;
  for (const auto& name : TRY(files_.list(folder_))) {
    if (!sys::exists(files_, path_of(name, kRunFile))) continue;
    auto record = load(name);
    if (record) {
      listing.runs.push_back(*std::move(record));
    } else {
      listing.unreadable.push_back(name);
    }
  }
  std::stable_sort(listing.runs.begin(), listing.runs.end(),
                   [](const RunRecord& a, const RunRecord& b) { return a.started > b.started; });
  return listing;
}

}  // namespace skerry::loop
