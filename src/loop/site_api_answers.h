// SPDX-License-Identifier: Apache-2.0
//
// The last answers of one asset by observation id, so that a repeated observation gets the answer
// it got (step 3). 16 bytes and a slot of a table for each; nothing is allocated beyond what was
// remembered. Threads: single-thread; the shard that owns it serialises.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "stats/conformal.h"

namespace skerry::loop {

// What turns a stored prediction back into its answer: constant for one loaded model.
struct AnswerSource {
  std::string model;
  std::int64_t version = 0;
  std::string digest;
  std::string output_name;
  std::optional<stats::ConformalTable> conformal;
};

struct Answer {
  std::shared_ptr<const AnswerSource> source;
  float prediction = 0;
};

class RecentAnswers {
 public:
  // Remembers up to `capacity` answers, 1 to 65,534; the oldest goes first.
  explicit RecentAnswers(std::size_t capacity) : capacity_(capacity) {}

  std::optional<Answer> find(std::uint64_t key) const;
  // `key` is not remembered yet.
  void remember(std::uint64_t key, const Answer& answer);

  std::size_t size() const { return ring_.size(); }

 private:
  struct Entry {
    std::uint64_t key = 0;
    float prediction = 0;
    std::uint32_t source = 0;  // Number of a source since the beginning, modulo 2^32.
  };
  struct Source {
    std::shared_ptr<const AnswerSource> source;
    std::size_t uses = 0;
  };

  std::uint32_t use_source(const std::shared_ptr<const AnswerSource>& source);
  void drop_source(std::uint32_t number);
  std::size_t home(std::uint64_t key) const;
  std::optional<std::size_t> slot_of(std::uint64_t key) const;
  void insert_slot(std::size_t position);
  void erase_slot(std::size_t slot);
  void grow_table();

  const std::size_t capacity_;
  std::vector<Entry> ring_;
  std::size_t oldest_ = 0;  // Position of the oldest entry once the ring is full.
  // Open addressing, at most half full: position in the ring + 1, or 0.
  std::vector<std::uint16_t> table_;
  // Models that answered the remembered ones, oldest first; those in front go when nothing uses
  // them.
  std::deque<Source> sources_;
  std::uint32_t first_source_ = 0;
};

}  // namespace skerry::loop
