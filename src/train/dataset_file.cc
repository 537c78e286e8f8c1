// SPDX-License-Identifier: Apache-2.0
#include "train/dataset_file.h"

#include <bit>
#include <cstring>
#include <span>

#include "base/digest.h"
#include "base/limits.h"

namespace skerry::train {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

constexpr std::string_view kMagic = "SKERRYDS";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kChecksumBytes = 64;  // sha256 in hexadecimal.
constexpr std::uint64_t kRowsMax = 1ull << 32;
constexpr std::uint32_t kFoldsMax = 1024;

template <typename T>
void put(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

template <typename T>
void put_all(std::string& out, const std::vector<T>& values) {
  out.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

Error damaged(std::string_view what) { return data_loss("dataset: " + std::string(what)); }

// Takes values off the front of the bytes, never more than are there.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : rest_(bytes) {}

  template <typename T>
  Result<T> take() {
    if (rest_.size() < sizeof(T)) return damaged("truncated");
    T value;
    std::memcpy(&value, rest_.data(), sizeof(T));
    rest_.remove_prefix(sizeof(T));
    return value;
  }

  Result<std::string> take_text(std::size_t size) {
    if (rest_.size() < size) return damaged("truncated");
    std::string text(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return text;
  }

  template <typename T>
  Result<std::vector<T>> take_all(std::uint64_t count) {
    if (count > rest_.size() / sizeof(T)) return damaged("truncated");
    std::vector<T> values(count);
    if (count > 0) std::memcpy(values.data(), rest_.data(), count * sizeof(T));
    rest_.remove_prefix(count * sizeof(T));
    return values;
  }

  std::size_t left() const { return rest_.size(); }

 private:
  std::string_view rest_;
};

Result<std::string_view> check_frame(std::string_view bytes) {
  if (bytes.size() < kMagic.size() + kChecksumBytes || !bytes.starts_with(kMagic)) {
    return damaged("no dataset file");
  }
  const std::string_view body = bytes.substr(0, bytes.size() - kChecksumBytes);
  if (Digest::of(body).hex() != bytes.substr(body.size())) return damaged("wrong checksum");
  return body.substr(kMagic.size());
}

}  // namespace

std::string encode_dataset(const DatasetFile& dataset) {
  SKERRY_CHECK(dataset.features.size() == dataset.rows.columns);
  SKERRY_CHECK(dataset.fold.size() == dataset.rows.rows());
  SKERRY_CHECK(dataset.rows.values.size() == dataset.rows.rows() * dataset.rows.columns);
  std::string out(kMagic);
  put(out, kVersion);
  put(out, static_cast<std::uint32_t>(dataset.rows.columns));
  put(out, static_cast<std::uint64_t>(dataset.rows.rows()));
  put(out, static_cast<std::uint32_t>(dataset.folds));
  for (const auto& name : dataset.features) {
    put(out, static_cast<std::uint16_t>(name.size()));
    out += name;
  }
  put_all(out, dataset.rows.values);
  put_all(out, dataset.rows.labels);
  put_all(out, dataset.fold);
  out += Digest::of(out).hex();
  return out;
}

Result<DatasetFile> decode_dataset(std::string_view bytes) {
  Cursor cursor(TRY(check_frame(bytes)));
  const auto version = TRY(cursor.take<std::uint32_t>());
  if (version != kVersion) {
    return invalid_argument("dataset: format version " + std::to_string(version) +
                            ", this program reads " + std::to_string(kVersion));
  }
  const auto columns = TRY(cursor.take<std::uint32_t>());
  const auto rows = TRY(cursor.take<std::uint64_t>());
  const auto folds = TRY(cursor.take<std::uint32_t>());
  if (columns == 0 || columns > limits::kFeaturesMax) return damaged("number of features");
  if (rows > kRowsMax || folds > kFoldsMax) return damaged("number of rows or folds");
  DatasetFile dataset;
  dataset.folds = static_cast<int>(folds);
  for (std::uint32_t i = 0; i < columns; ++i) {
    dataset.features.push_back(TRY(cursor.take_text(TRY(cursor.take<std::uint16_t>()))));
  }
  dataset.rows.columns = columns;
  dataset.rows.values = TRY(cursor.take_all<float>(rows * columns));
  dataset.rows.labels = TRY(cursor.take_all<float>(rows));
  dataset.fold = TRY(cursor.take_all<std::uint16_t>(rows));
  if (cursor.left() != 0) return damaged("bytes after the last row");
  for (const auto fold : dataset.fold) {
    if (fold >= std::max<std::uint32_t>(folds, 1)) return damaged("a fold out of range");
  }
  return dataset;
}

Result<Sides> hold_out(const DatasetFile& dataset, int fold) {
  if (fold < 0 || fold >= dataset.folds) {
    return invalid_argument("dataset: no fold " + std::to_string(fold));
  }
  Sides sides;
  const std::size_t columns = dataset.rows.columns;
  sides.kept.columns = sides.held_out.columns = columns;
  for (std::size_t row = 0; row < dataset.rows.rows(); ++row) {
    Matrix& side = dataset.fold[row] == fold ? sides.held_out : sides.kept;
    const std::span<const float> values(&dataset.rows.values[row * columns], columns);
    side.values.insert(side.values.end(), values.begin(), values.end());
    side.labels.push_back(dataset.rows.labels[row]);
  }
  if (sides.kept.rows() == 0 || sides.held_out.rows() == 0) {
    return invalid_argument("dataset: fold " + std::to_string(fold) +
                            " leaves a side without rows");
  }
  return sides;
}

}  // namespace skerry::train
