// SPDX-License-Identifier: Apache-2.0
#include "app/train_worker.h"

#include <cstdio>
#include <iostream>
#include <iterator>
#include <string>

#include "sys/files.h"
#include "train/worker.h"
#include "train/xgboost/booster.h"

namespace skerry::app {

int run_train_worker() {
  const std::string order{std::istreambuf_iterator<char>(std::cin),
                          std::istreambuf_iterator<char>()};
  const auto emit = [](const std::string& line) {
    return std::puts(line.c_str()) != EOF && std::fflush(stdout) == 0;
  };
  const Status status =
      train::run_worker(sys::real_file_system(), order, train::xgboost::fit, emit);
  return status ? 0 : static_cast<int>(status.error().code());
}

}  // namespace skerry::app
