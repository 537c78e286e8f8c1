// SPDX-License-Identifier: Apache-2.0
//
// Children of this program: a job as JSON on standard input, JSON lines on standard output.
#include <iostream>
#include <iterator>

#include "app/commands.h"
#include "sys/files.h"
#include "train/worker.h"
#include "train/xgboost/booster.h"

namespace skerry::app {
namespace {

Result<Output> run_train(const Invocation&) {
  const std::string order{std::istreambuf_iterator<char>(std::cin), {}};
  TRY(train::run_worker(sys::real_file_system(), order, train::xgboost::fit,
                        [](const std::string& line) {
                          std::cout << line << "\n" << std::flush;
                          return std::cout.good();
                        }));
  return Output{};
}

}  // namespace

std::vector<Command> worker_commands() {
  return {{"worker train", "Train one booster (started by train run)", {}, {}, run_train, true}};
}

}  // namespace skerry::app
