// SPDX-License-Identifier: Apache-2.0
#include "registry/remote/challenge.h"

#include <algorithm>
#include <utility>

namespace skerry::registry {
namespace {

constexpr std::size_t kChallengesMax = 8;
constexpr std::size_t kParametersMax = 16;
constexpr std::string_view kSpace = " \t";

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool is_token_character(char c) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         kOthers.find(c) != std::string_view::npos;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  void skip(std::string_view characters) {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(characters), rest_.size()));
  }

  std::string_view token() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_token_character);
    const std::string_view token = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(token.size());
    return token;
  }

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // A token or a quoted string.
  std::string value() {
    if (!take('"')) return std::string(token());
    std::string text;
    while (!rest_.empty() && !take('"')) {
      take('\\');
      if (rest_.empty()) break;
      text += rest_.front();
      rest_.remove_prefix(1);
    }
    return text;
  }

 private:
  std::string_view rest_;
};

}  // namespace

std::vector<Challenge> parse_challenges(std::string_view header) {
  std::vector<Challenge> challenges;
  Reader reader(header);
  while (true) {
    reader.skip(" \t,");
    const std::string_view word = reader.token();
    if (word.empty()) return challenges;
    reader.skip(kSpace);
    // "name=value" belongs to the challenge before; any other word begins a new one.
    if (reader.take('=')) {
      reader.skip(kSpace);
      std::string value = reader.value();
      if (challenges.empty()) return challenges;
      auto& parameters = challenges.back().parameters;
      if (parameters.size() < kParametersMax) parameters.emplace(lower(word), std::move(value));
    } else {
      if (challenges.size() == kChallengesMax) return challenges;
      challenges.push_back({lower(word), {}});
    }
  }
}

}  // namespace skerry::registry
