// SPDX-License-Identifier: Apache-2.0
#include "loop/site_api_answers.h"

#include <algorithm>

namespace skerry::loop {
namespace {

constexpr std::size_t kTableMin = 16;

}  // namespace

std::size_t RecentAnswers::home(std::uint64_t key) const { return key & (table_.size() - 1); }

std::optional<std::size_t> RecentAnswers::slot_of(std::uint64_t key) const {
  if (table_.empty()) return std::nullopt;
  for (std::size_t slot = home(key); table_[slot] != 0; slot = (slot + 1) & (table_.size() - 1)) {
    if (ring_[table_[slot] - 1].key == key) return slot;
  }
  return std::nullopt;
}

std::optional<Answer> RecentAnswers::find(std::uint64_t key) const {
  const auto slot = slot_of(key);
  if (!slot) return std::nullopt;
  const Entry& entry = ring_[table_[*slot] - 1];
  return Answer{sources_[entry.source - first_source_].source, entry.prediction};
}

void RecentAnswers::insert_slot(std::size_t position) {
  std::size_t slot = home(ring_[position].key);
  while (table_[slot] != 0) slot = (slot + 1) & (table_.size() - 1);
  table_[slot] = static_cast<std::uint16_t>(position + 1);
}

// Moves later entries of the same run back, so that no search ends early.
void RecentAnswers::erase_slot(std::size_t slot) {
  const std::size_t mask = table_.size() - 1;
  table_[slot] = 0;
  for (std::size_t next = (slot + 1) & mask; table_[next] != 0; next = (next + 1) & mask) {
    const std::size_t wanted = home(ring_[table_[next] - 1].key);
    if (((next - wanted) & mask) < ((next - slot) & mask))
      continue;  // Its home lies behind the hole.
    table_[slot] = table_[next];
    table_[next] = 0;
    slot = next;
  }
}

void RecentAnswers::grow_table() {
  table_.assign(std::max(kTableMin, table_.size() * 2), 0);
  for (std::size_t position = 0; position < ring_.size(); ++position) insert_slot(position);
}

std::uint32_t RecentAnswers::use_source(const std::shared_ptr<const AnswerSource>& source) {
  const bool same = !sources_.empty() && sources_.back().source->version == source->version &&
                    sources_.back().source->digest == source->digest;
  if (!same) sources_.push_back({source, 0});
  ++sources_.back().uses;
  return first_source_ + static_cast<std::uint32_t>(sources_.size() - 1);
}

void RecentAnswers::drop_source(std::uint32_t number) {
  --sources_[number - first_source_].uses;
  while (!sources_.empty() && sources_.front().uses == 0) {
    sources_.pop_front();
    ++first_source_;
  }
}

void RecentAnswers::remember(std::uint64_t key, const Answer& answer) {
  const Entry entry{key, answer.prediction, use_source(answer.source)};
  if (ring_.size() < capacity_) {
    ring_.push_back(entry);
    if (ring_.size() * 2 > table_.size()) {
      grow_table();
    } else {
      insert_slot(ring_.size() - 1);
    }
    return;
  }
  erase_slot(*slot_of(ring_[oldest_].key));
  drop_source(ring_[oldest_].source);
  ring_[oldest_] = entry;
  insert_slot(oldest_);
  oldest_ = (oldest_ + 1) % capacity_;
}

}  // namespace skerry::loop
