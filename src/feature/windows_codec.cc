// SPDX-License-Identifier: Apache-2.0
//
// Bytes of a Windows: header, then for each tracker its counter and the cells that must be kept,
// then a checksum. All numbers little-endian.
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "base/digest.h"
#include "feature/windows.h"

namespace skerry::feature {
namespace {

static_assert(std::endian::native == std::endian::little, "the codec copies numbers as they are");

constexpr std::string_view kMagic = "SKFS";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kChecksumBytes = 16;  // Hex digits: 64 bits of the SHA-256.
// advance() accepts values up to the largest float; a mean of such may round above it.
constexpr double kKeptMax = 2.0 * std::numeric_limits<float>::max();

std::string checksum(std::string_view bytes) {
  return Digest::of(bytes).hex().substr(0, kChecksumBytes);
}

template <typename T>
void append(std::string& out, T number) {
  static_assert(std::is_arithmetic_v<T>);
  char bytes[sizeof(T)];
  std::memcpy(bytes, &number, sizeof(T));
  out.append(bytes, sizeof(T));
}

// Takes numbers off the front of borrowed bytes.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  template <typename T>
  Result<T> take() {
    if (rest_.size() < sizeof(T)) return data_loss("feature state is cut short");
    T number;
    std::memcpy(&number, rest_.data(), sizeof(T));
    rest_.remove_prefix(sizeof(T));
    return number;
  }

  Result<double> take_value() {
    const double value = TRY(take<double>());
    if (!(std::abs(value) <= kKeptMax)) {
      return data_loss("feature state holds a value out of range");
    }
    return value;
  }

  bool skip(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace

std::string Windows::serialize() const {
  std::string out(kMagic);
  append(out, kVersion);
  out += plan_->digest.hex();
  append(out, observations_);
  for (std::size_t at = 0; at < counters_.size(); ++at) {
    const Tracker& tracker = plan_->trackers[at];
    append(out, counters_[at]);
    const std::uint32_t kept = tracker.cells_kept(counters_[at]);
    for (std::uint32_t i = 0; i < kept; ++i) append(out, cells_[tracker.cells_at + i]);
  }
  out += checksum(out);
  return out;
}

Result<std::unique_ptr<Windows>> Windows::restore(std::shared_ptr<const Plan> plan,
                                                  std::string_view bytes) {
  if (bytes.size() < kChecksumBytes) return data_loss("feature state is cut short");
  const std::string_view body = bytes.substr(0, bytes.size() - kChecksumBytes);
  if (bytes.substr(body.size()) != checksum(body)) {
    return data_loss("feature state fails its checksum");
  }
  Reader reader(body);
  if (!reader.skip(kMagic)) return data_loss("these bytes are no feature state");
  if (TRY(reader.take<std::uint32_t>()) != kVersion) {
    return data_loss("feature state has a version that this program does not know");
  }
  if (!reader.skip(plan->digest.hex())) return data_loss("feature state of another pipeline");

  auto windows = std::make_unique<Windows>(std::move(plan));
  windows->observations_ = TRY(reader.take<std::uint64_t>());
  for (std::size_t at = 0; at < windows->counters_.size(); ++at) {
    const Tracker& tracker = windows->plan_->trackers[at];
    const std::uint32_t counter = TRY(reader.take<std::uint32_t>());
    if (counter > tracker.counter_max()) {
      return data_loss("feature state holds a count out of range");
    }
    const std::span<double> cells = windows->cells_of(tracker);
    const std::uint32_t kept = tracker.cells_kept(counter);
    for (std::uint32_t i = 0; i < kept; ++i) cells[i] = TRY(reader.take_value());
    if (tracker.kind == Tracker::Kind::kWindow) tracker.window.rebuild(cells, counter);
    windows->counters_[at] = counter;
  }
  if (!reader.empty()) return data_loss("feature state has bytes after its end");
  return windows;
}

}  // namespace skerry::feature
