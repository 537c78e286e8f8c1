// SPDX-License-Identifier: Apache-2.0
//
// The dataset file: what a trainer gets, wherever it runs. Rows with features, labels and folds in
// one little-endian file with a checksum. Format: docs/formats/dataset.md. Threads: functions may
// be called from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "train/trainer.h"

namespace skerry::train {

struct DatasetFile {
  std::vector<std::string> features;  // One name for each column of `rows`.
  Matrix rows;
  std::vector<std::uint16_t> fold;  // One for each row, below `folds` (0 folds: all zero).
  int folds = 0;
};

// The bytes of a dataset file; the same dataset gives the same bytes.
std::string encode_dataset(const DatasetFile& dataset);

// Errors: kDataLoss for bytes that are truncated, too long, of a wrong checksum or with sizes that
// do not fit together; kInvalidArgument for another format version.
Result<DatasetFile> decode_dataset(std::string_view bytes);

// The rows whose fold is `fold`, and the others.
struct Sides {
  Matrix kept;
  Matrix held_out;
};
// Errors: kInvalidArgument for a fold that the dataset does not have, or a side without rows.
Result<Sides> hold_out(const DatasetFile& dataset, int fold);

}  // namespace skerry::train
